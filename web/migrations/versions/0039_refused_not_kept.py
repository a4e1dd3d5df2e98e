"""What was held and refused is kept no longer than its channel keeps what is said

Revision ID: refused_not_kept
Revises: because
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "refused_not_kept"
down_revision = "because"
branch_labels = None
depends_on = None

HERE = sa.text("blanked_at IS NULL")


def upgrade() -> None:
    moment = community.database.Moment(timezone=True)
    op.add_column("held_messages", sa.Column("blanked_at", moment, nullable=True))
    op.execute("UPDATE held_messages SET blanked_at = settled_at WHERE state = 'released'")
    op.create_index("ix_held_messages_here", "held_messages", ["said_at"],
                    sqlite_where=HERE, postgresql_where=HERE)  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_held_messages_here", "held_messages")
    op.drop_column("held_messages", "blanked_at")
