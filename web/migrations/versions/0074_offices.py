"""Offices keep templates, name deputies, and say who answers what

Revision ID: offices
Revises: responses
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "offices"
down_revision = "responses"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)


def _place() -> list[sa.Column[str]]:
    return [
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("cluster", sa.String(20), nullable=False),
        sa.Column("theme", sa.String(20), nullable=False),
    ]


def _content() -> list[sa.Column[object]]:
    """What an announcement says."""
    return [
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False, server_default=""),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False, server_default="id"),
        sa.Column("other_title", sa.String(), nullable=False, server_default=""),
        sa.Column("other_body", sa.String(), nullable=False, server_default=""),
        sa.Column("other_html", sa.String(), nullable=False, server_default=""),
        sa.Column("purpose", sa.String(), nullable=False, server_default="information"),
        sa.Column("number", sa.String(), nullable=False, server_default=""),
        sa.Column("commodities", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("acknowledge_by", MOMENT, nullable=True),
        sa.Column("by_organisation", sa.Boolean(), nullable=False),
        sa.Column("discussion", sa.String(), nullable=False, server_default="closed"),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("late_joiners", sa.Boolean(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]"),
    ]


def upgrade() -> None:
    op.create_table(
        "announcement_templates",
        sa.Column("id", ID, primary_key=True),
        sa.Column("organisation_id", ID, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kept_by_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        *_place(),
        *_content(),
        sa.UniqueConstraint("key", name="uq_announcement_templates_key"),
    )
    op.create_index(
        "ix_announcement_templates_organisation_id", "announcement_templates", ["organisation_id"]
    )
    op.create_table(
        "deputies",
        sa.Column("id", ID, primary_key=True),
        sa.Column("absent_id", ID, sa.ForeignKey("mandates.id"), nullable=False),
        sa.Column("present_id", ID, sa.ForeignKey("mandates.id"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("named_by_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by_id", ID, sa.ForeignKey("members.id"), nullable=True),
        sa.UniqueConstraint("key", name="uq_deputies_key"),
    )
    op.create_index("ix_deputies_absent_id", "deputies", ["absent_id"])
    op.create_index("ix_deputies_present_id", "deputies", ["present_id"])
    op.create_index("ix_deputies_open", "deputies", ["ended_at", "begins_at"])
    op.create_table(
        "fields_of_answering",
        sa.Column("id", ID, primary_key=True),
        sa.Column("organisation_id", ID, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("mandate_id", ID, sa.ForeignKey("mandates.id"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        *_place(),
        sa.UniqueConstraint("key", name="uq_fields_of_answering_key"),
    )
    op.create_index(
        "ix_fields_of_answering_organisation_id", "fields_of_answering", ["organisation_id"]
    )


def downgrade() -> None:
    for table in ("fields_of_answering", "deputies", "announcement_templates"):
        op.drop_table(table)
