"""What came, what went and what was decided is counted by its day

Revision ID: counted
Revises: notifiers
"""

import sqlalchemy as sa
from alembic import op

revision = "counted"
down_revision = "notifiers"
branch_labels = None
depends_on = None

ANEW = sa.text("answers_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_cases_opened", "cases", ["opened_at"])
    op.create_index("ix_cases_closed", "cases", ["closed_at"])
    op.create_index("ix_decisions_decided", "decisions", ["decided_at"])
    op.create_index(
        "ix_decisions_anew", "decisions", ["answers_id"], sqlite_where=ANEW, postgresql_where=ANEW
    )


def downgrade() -> None:
    op.drop_index("ix_decisions_anew", table_name="decisions")
    op.drop_index("ix_decisions_decided", table_name="decisions")
    op.drop_index("ix_cases_closed", table_name="cases")
    op.drop_index("ix_cases_opened", table_name="cases")
