"""How far members are known; whoever is here already is known well

Revision ID: trust
Revises: told_by_measures
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "trust"
down_revision = "told_by_measures"
branch_labels = None
depends_on = None

ON_THE_WAY = sa.text("trust <> 'regular'")


def upgrade() -> None:
    op.add_column(
        "members", sa.Column("trust", sa.String(), nullable=False, server_default="regular")
    )
    op.add_column("members", sa.Column("weighed_at", community.database.Moment()))
    op.create_index(
        "ix_members_on_the_way", "members", ["weighed_at"],
        sqlite_where=ON_THE_WAY, postgresql_where=ON_THE_WAY,
    )  # fmt: skip
    op.create_index("ix_restrictions_imposed_at", "restrictions", ["imposed_at"])


def downgrade() -> None:
    op.drop_index("ix_restrictions_imposed_at", "restrictions")
    op.drop_index("ix_members_on_the_way", "members")
    op.drop_column("members", "weighed_at")
    op.drop_column("members", "trust")
