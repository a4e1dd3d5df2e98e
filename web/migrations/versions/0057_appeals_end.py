"""What nobody asks to be looked at again is decided for good: found by when it was decided

Revision ID: appeals_end
Revises: interim
"""

from alembic import op

revision = "appeals_end"
down_revision = "interim"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cases_decided", "cases", ["state", "decided_at"])


def downgrade() -> None:
    op.drop_index("ix_cases_decided", table_name="cases")
