"""Entries are labelled or hidden until their author has changed them; who is slowed writes little

Revision ID: measures_more
Revises: reports_withdrawn
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "measures_more"
down_revision = "reports_withdrawn"
branch_labels = None
depends_on = None

ENTRIES = ("posts", "messages")
WORDS = ("hidden_as", "label")


def upgrade() -> None:
    for table in ENTRIES:
        for name in WORDS:
            op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=""))
        op.execute(f"UPDATE {table} SET hidden_as = 'hidden' WHERE hidden_at IS NOT NULL")
    moment = community.database.Moment(timezone=True)
    op.add_column("members", sa.Column("slowed_until", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("members", "slowed_until")
    for table in ENTRIES:
        for name in reversed(WORDS):
            op.drop_column(table, name)
