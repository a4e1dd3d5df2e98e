"""Channels that keep what is said for so many days only, and messages of which the words are gone

Revision ID: kept_for_days
Revises: departures
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "kept_for_days"
down_revision = "departures"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("channels", sa.Column("blanked_seq", ID, nullable=False, server_default="0"))
    moment = community.database.Moment(timezone=True)
    op.add_column("messages", sa.Column("blanked_at", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "blanked_at")
    op.drop_column("channels", "blanked_seq")
