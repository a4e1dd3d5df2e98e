"""The queue is read in its order, and so is what was decided for a reason

Revision ID: queue_in_order
Revises: on_call
"""

import sqlalchemy as sa
from alembic import op

revision = "queue_in_order"
down_revision = "on_call"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_cases_waiting",
        "cases",
        ["due_at", "id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_cases_for_reason", "cases", ["reason_code", "rev"])


def downgrade() -> None:
    op.drop_index("ix_cases_for_reason", table_name="cases")
    op.drop_index("ix_cases_waiting", table_name="cases")
