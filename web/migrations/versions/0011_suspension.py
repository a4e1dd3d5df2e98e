"""Who is suspended, and what members were given also while it rests

Revision ID: suspension
Revises: organisations_end
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "suspension"
down_revision = "organisations_end"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "members",
        sa.Column("suspended_until", community.database.Moment(timezone=True), nullable=True),
    )
    op.add_column(
        "members", sa.Column("granted", sa.String(), nullable=False, server_default="member")
    )
    op.execute(
        "UPDATE members SET granted = a.role FROM appointments AS a"
        " WHERE a.member_id = members.id AND a.ended_at IS NULL"
    )
    _rename("mute_days", "days")


def downgrade() -> None:
    _rename("days", "mute_days")
    op.drop_column("members", "granted")
    op.drop_column("members", "suspended_until")


def _rename(before: str, after: str) -> None:
    """In place: a new table would stand there without its triggers (0002_append_only.py)."""
    op.execute(f"ALTER TABLE decisions RENAME COLUMN {before} TO {after}")
