"""Which second step of a member a browser was let in by

Revision ID: factors_rev
Revises: accounts_elsewhere
"""

import sqlalchemy as sa
from alembic import op


revision = "factors_rev"
down_revision = "accounts_elsewhere"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "members",
        sa.Column(
            "factors_rev",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            server_default="0",
        ),
    )


def downgrade() -> None:
    op.drop_column("members", "factors_rev")
