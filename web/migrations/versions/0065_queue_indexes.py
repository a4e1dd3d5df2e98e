"""What waits is read in the order in which it is due; what an authority ordered is found at once

Revision ID: queue_indexes
Revises: held_posts
"""

import sqlalchemy as sa
from alembic import op

revision = "queue_indexes"
down_revision = "held_posts"
branch_labels = None
depends_on = None

CLOSED = sa.text("closed_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_cases_closed", "cases")
    op.create_index(
        "ix_cases_closed", "cases", ["closed_at"], sqlite_where=CLOSED, postgresql_where=CLOSED
    )
    op.create_index(
        "ix_cases_ordered",
        "cases",
        ["ordered", "rev"],
        sqlite_where=sa.text("ordered IS 1"),
        postgresql_where=sa.text("ordered IS true"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_ordered", "cases")
    op.drop_index("ix_cases_closed", "cases")
    op.create_index("ix_cases_closed", "cases", ["closed_at"])
