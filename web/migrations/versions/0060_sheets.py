"""Announcements, profiles and what organisations say of themselves can be hidden

Revision ID: sheets
Revises: legal_orders
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "sheets"
down_revision = "legal_orders"
branch_labels = None
depends_on = None

HIDDEN = (
    ("announcements", "hidden_at", ()),
    ("members", "profile_hidden_at", ("hidden_about", "hidden_picture")),
    ("organisations", "words_hidden_at", ("hidden_about",)),
)


def upgrade() -> None:
    for table, moment, words in HIDDEN:
        since = sa.Column(moment, community.database.Moment(timezone=True), nullable=True)
        op.add_column(table, since)
        for word in words:
            op.add_column(table, sa.Column(word, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """What was hidden is shown again: nothing would say that it is not."""
    op.execute("UPDATE members SET about = hidden_about, picture = hidden_picture"
               " WHERE profile_hidden_at IS NOT NULL")  # fmt: skip
    op.execute("UPDATE organisations SET about = hidden_about WHERE words_hidden_at IS NOT NULL")
    for table, moment, words in HIDDEN:
        for column in (moment, *words):
            op.drop_column(table, column)
