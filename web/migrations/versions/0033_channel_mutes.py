"""Who is muted in a channel, as their restrictions add up

Revision ID: channel_mutes
Revises: held_messages
"""

import sqlalchemy as sa
from alembic import op

revision = "channel_mutes"
down_revision = "held_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    mutes = sa.Column("mutes", sa.JSON(), nullable=False, server_default="{}")
    op.add_column("channels", mutes)


def downgrade() -> None:
    op.drop_column("channels", "mutes")
