"""What holds until somebody has looked is more than what is hidden: a name may be kept, a topic
locked; and a rush of reports ends

Revision ID: meanwhile
Revises: flags_of_cases
"""

import sqlalchemy as sa
from alembic import op

from community.database import Moment

revision = "meanwhile"
down_revision = "flags_of_cases"
branch_labels = None
depends_on = None

RUSHED = sa.text("rushed_until IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "members",
        sa.Column("profile_kept", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("cases", sa.Column("rushed_until", Moment(timezone=True), nullable=True))
    op.create_index("ix_cases_rushed", "cases", ["rushed_until"],
                    sqlite_where=RUSHED, postgresql_where=RUSHED)  # fmt: skip
    op.drop_index("ix_restrictions_interim", "restrictions")
    op.create_index("ix_restrictions_interim", "restrictions", ["case_id"],
                    sqlite_where=sa.text("interim IS 1"),
                    postgresql_where=sa.text("interim IS true"))  # fmt: skip


def downgrade() -> None:
    """What only holds since is of no kind that was known before."""
    op.execute("DELETE FROM restrictions WHERE kind = 'kept'")
    op.drop_index("ix_restrictions_interim", "restrictions")
    op.create_index("ix_restrictions_interim", "restrictions", ["subject"],
                    sqlite_where=sa.text("interim"), postgresql_where=sa.text("interim"))  # fmt: skip
    op.drop_index("ix_cases_rushed", "cases")
    op.drop_column("cases", "rushed_until")
    op.drop_column("members", "profile_kept")
