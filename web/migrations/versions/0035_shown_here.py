"""Whether others see that a member is here and writes

Revision ID: shown_here
Revises: threads
"""

import sqlalchemy as sa
from alembic import op

revision = "shown_here"
down_revision = "threads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    shown = sa.Column("shown_here", sa.Boolean(), server_default=sa.true(), nullable=False)
    op.add_column("members", shown)


def downgrade() -> None:
    op.drop_column("members", "shown_here")
