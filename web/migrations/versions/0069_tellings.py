"""Whoever an announcement is for is told bit by bit, and the list of many is found by indexes

Revision ID: tellings
Revises: manuscripts
"""

import sqlalchemy as sa
from alembic import op

revision = "tellings"
down_revision = "manuscripts"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "announcement_tellings",
        sa.Column("announcement_id", ID, sa.ForeignKey("announcements.id"), primary_key=True),
        sa.Column("after_id", ID, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("announcement_tellings")
