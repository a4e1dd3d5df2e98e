"""Of what kind the authorities are that send orders

Revision ID: authorities
Revises: proposed_cases
"""

import sqlalchemy as sa
from alembic import op

revision = "authorities"
down_revision = "proposed_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.Column("authority_kind", sa.String(), nullable=False, server_default="other")
    op.add_column("legal_orders", kind)


def downgrade() -> None:
    op.drop_column("legal_orders", "authority_kind")
