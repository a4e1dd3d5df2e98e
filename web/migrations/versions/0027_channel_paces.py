"""When a member last spoke in a channel is found at once, and so are channels of one type

Revision ID: channel_paces
Revises: channel_kinds
"""

from alembic import op

revision = "channel_paces"
down_revision = "channel_kinds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_messages_spoken", "messages", ["author_id", "stream_id", "written_at"])
    op.create_index("ix_channels_type", "channels", ["type"])


def downgrade() -> None:
    op.drop_index("ix_channels_type", "channels")
    op.drop_index("ix_messages_spoken", "messages")
