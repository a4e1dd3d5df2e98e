"""Who is on call, and who was called when something could not wait

Revision ID: on_call
Revises: said_knowingly
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "on_call"
down_revision = "said_knowingly"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
URGENT = sa.text("priority = 0 AND closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "duties",
        sa.Column("id", ID, primary_key=True),
        sa.Column("member_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("days", sa.String(), nullable=False),
        sa.Column("from_hour", ID, nullable=False),
        sa.Column("to_hour", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
    )
    op.create_table(
        "calls",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("member_id", ID, sa.ForeignKey("members.id"), nullable=True),
        sa.Column("to_all", sa.Boolean(), nullable=False),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.UniqueConstraint("case_id", "member_id", name="uq_calls_case_id_member_id"),
    )
    op.create_index(
        "ix_cases_urgent", "cases", ["id"], sqlite_where=URGENT, postgresql_where=URGENT
    )


def downgrade() -> None:
    op.drop_index("ix_cases_urgent", "cases")
    op.drop_table("calls")
    op.drop_table("duties")
