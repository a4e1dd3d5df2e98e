"""Announcements are written as manuscripts, approved, planned; they say what they are

Revision ID: manuscripts
Revises: meanwhile
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "manuscripts"
down_revision = "meanwhile"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)


def _content() -> list[sa.Column[object]]:
    """What both have and announcements did not have before."""
    return [
        sa.Column("role", sa.String(), nullable=False, server_default=""),
        sa.Column("language", sa.String(), nullable=False, server_default="id"),
        sa.Column("other_title", sa.String(), nullable=False, server_default=""),
        sa.Column("other_body", sa.String(), nullable=False, server_default=""),
        sa.Column("other_html", sa.String(), nullable=False, server_default=""),
        sa.Column("purpose", sa.String(), nullable=False, server_default="information"),
        sa.Column("number", sa.String(), nullable=False, server_default=""),
        sa.Column("commodities", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("by_organisation", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("discussion", sa.String(), nullable=False, server_default="closed"),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("late_joiners", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]"),
    ]


def upgrade() -> None:
    for column in _content():
        op.add_column("announcements", column)
    op.create_table(
        "manuscripts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("organisation_id", ID, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("author_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("publish_at", MOMENT, nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by_id", ID, sa.ForeignKey("members.id"), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("approved_by_id", ID, sa.ForeignKey("members.id"), nullable=True),
        sa.Column("became_id", ID, sa.ForeignKey("announcements.id"), nullable=True),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("cluster", sa.String(20), nullable=False),
        sa.Column("theme", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("acknowledge_by", MOMENT, nullable=True),
        *_content(),
        sa.UniqueConstraint("key", name="uq_manuscripts_key"),
    )
    op.create_index("ix_manuscripts_of_office", "manuscripts", ["organisation_id", "state", "id"])
    op.create_index("ix_manuscripts_planned", "manuscripts", ["state", "publish_at"])
    op.add_column(
        "site", sa.Column("seconding", sa.String(), nullable=False, server_default="national")
    )
    op.add_column(
        "site",
        sa.Column("facilitators_publish", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("site", "facilitators_publish")
    op.drop_column("site", "seconding")
    op.drop_table("manuscripts")
    for column in _content():
        op.drop_column("announcements", column.name)
