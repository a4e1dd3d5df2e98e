"""A report that was taken back can be made again

Revision ID: reports_withdrawn
Revises: counted
"""

import sqlalchemy as sa
from alembic import op

from community.migrating import ALONE

revision = "reports_withdrawn"
down_revision = "counted"
branch_labels = None
depends_on = None

STANDS = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("flags", reflect_kwargs=ALONE) as flags:
        flags.drop_constraint("uq_flags_case_id_member_id", type_="unique")
    op.create_index("one_report_each", "flags", ["case_id", "member_id"], unique=True,
                    sqlite_where=STANDS, postgresql_where=STANDS)  # fmt: skip


def downgrade() -> None:
    op.drop_index("one_report_each", "flags")
    op.execute("DELETE FROM flags WHERE withdrawn_at IS NOT NULL")
    with op.batch_alter_table("flags", reflect_kwargs=ALONE) as flags:
        flags.create_unique_constraint("uq_flags_case_id_member_id", ["case_id", "member_id"])
