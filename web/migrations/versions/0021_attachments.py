"""Files at posts

Revision ID: attachments
Revises: kept_searches
"""

import sqlalchemy as sa
from alembic import op

revision = "attachments"
down_revision = "kept_searches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("posts", "attachments")
