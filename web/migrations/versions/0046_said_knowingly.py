"""What authors were asked about and said knowingly, so that they are not asked again

Revision ID: said_knowingly
Revises: audit_sealed
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "said_knowingly"
down_revision = "audit_sealed"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "said_knowingly",
        sa.Column("member_id", ID, sa.ForeignKey("members.id"), primary_key=True),
        sa.Column("print", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("said_at", community.database.Moment(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("said_knowingly")
