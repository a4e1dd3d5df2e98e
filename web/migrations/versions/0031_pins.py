"""What is pinned in a channel is found without looking at all that was said

Revision ID: pins
Revises: kept_for_days
"""

import sqlalchemy as sa
from alembic import op

revision = "pins"
down_revision = "kept_for_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pinned = sa.text("pinned_at IS NOT NULL")
    op.create_index(
        "ix_messages_pinned", "messages", ["stream_id"], sqlite_where=pinned,
        postgresql_where=pinned,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_messages_pinned", "messages")
