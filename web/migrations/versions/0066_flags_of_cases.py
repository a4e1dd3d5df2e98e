"""What was reported about a case is found by the case, what was withdrawn too

Revision ID: flags_of_cases
Revises: queue_indexes
"""

from alembic import op

revision = "flags_of_cases"
down_revision = "queue_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_flags_case_id", "flags", ["case_id"])


def downgrade() -> None:
    op.drop_index("ix_flags_case_id", "flags")
