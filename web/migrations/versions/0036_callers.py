"""Who may call everybody who is in a channel

Revision ID: callers
Revises: shown_here
"""

import sqlalchemy as sa
from alembic import op

revision = "callers"
down_revision = "shown_here"
branch_labels = None
depends_on = None


def upgrade() -> None:
    callers = sa.Column("callers", sa.String(), server_default="hosts", nullable=False)
    op.add_column("channels", callers)


def downgrade() -> None:
    op.drop_column("channels", "callers")
