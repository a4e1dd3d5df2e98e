"""Since which rev of its entry a version is no longer what it says

Revision ID: versions_since
Revises: called
"""

import sqlalchemy as sa
from alembic import op

revision = "versions_since"
down_revision = "called"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("versions", sa.Column("rev", ID, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("versions", "rev")
