"""What somebody said lately, who has a name, who was told of something: each found by an index

Revision ID: found_by_index
Revises: callers
"""

from alembic import op
from sqlalchemy import text

revision = "found_by_index"
down_revision = "callers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_messages_spoken", "messages")
    op.create_index("ix_messages_spoken", "messages", ["author_id", "written_at"])
    op.create_index("ix_members_lower_name", "members", [text("lower(name)")])
    op.create_index("ix_notices_link", "notices", ["link"])


def downgrade() -> None:
    op.drop_index("ix_notices_link", "notices")
    op.drop_index("ix_members_lower_name", "members")
    op.drop_index("ix_messages_spoken", "messages")
    op.create_index("ix_messages_spoken", "messages", ["author_id", "stream_id", "written_at"])
