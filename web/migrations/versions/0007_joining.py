"""what members agreed to last

Revision ID: joining
Revises: profiles
"""

import sqlalchemy as sa
from alembic import op


revision = "joining"
down_revision = "profiles"
branch_labels = None
depends_on = None

LATEST = sa.text(
    "UPDATE members SET agreed_to = coalesce("
    "(SELECT max(terms) FROM consents WHERE consents.member_id = members.id), '')"
)


def upgrade() -> None:
    op.add_column("members", sa.Column("agreed_to", sa.String(), nullable=False, server_default=""))
    op.execute(LATEST)


def downgrade() -> None:
    op.drop_column("members", "agreed_to")
