"""A message knows how many answered beside it, and when the last

Revision ID: threads
Revises: channel_mutes
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "threads"
down_revision = "channel_mutes"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)


def upgrade() -> None:
    replies = sa.Column("replies", ID, nullable=False, server_default="0")
    op.add_column("messages", replies)
    op.add_column("messages", sa.Column("replied_at", MOMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "replied_at")
    op.drop_column("messages", "replies")
