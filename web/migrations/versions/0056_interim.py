"""What enough people report is hidden until somebody has looked, and cases go to the seniors before
their time is over

Revision ID: interim
Revises: measures_more
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op

import community.database

revision = "interim"
down_revision = "measures_more"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
ENDING = sa.text("ends_at IS NOT NULL AND lifted_at IS NULL")
INTERIM = sa.text("interim")
ESCALATING = sa.text("escalates_at IS NOT NULL")
BOUNDS = ("hide_at", "reporters", "rush", "rush_minutes", "rush_days")
CASES = sa.table(
    "cases",
    *map(sa.column, ("id", "subject_kind")),
    *(
        sa.column(name, MOMENT)
        for name in ("opened_at", "due_at", "decided_at", "escalated_at", "escalates_at")
    ),
)


def upgrade() -> None:
    op.create_table(
        "thresholds",
        sa.Column("id", ID, primary_key=True),
        *(sa.Column(name, ID, nullable=False) for name in BOUNDS),
    )
    op.create_index("ix_restrictions_ending", "restrictions", ["ends_at"],
                    sqlite_where=ENDING, postgresql_where=ENDING)  # fmt: skip
    op.create_index("ix_restrictions_interim", "restrictions", ["subject"],
                    sqlite_where=INTERIM, postgresql_where=INTERIM)  # fmt: skip
    op.add_column("cases", sa.Column("escalates_at", MOMENT, nullable=True))
    _wind_up()
    op.create_index("ix_cases_escalating", "cases", ["escalates_at"],
                    sqlite_where=ESCALATING, postgresql_where=ESCALATING)  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_cases_escalating", "cases")
    op.drop_column("cases", "escalates_at")
    op.drop_index("ix_restrictions_interim", "restrictions")
    op.drop_index("ix_restrictions_ending", "restrictions")
    op.drop_table("thresholds")


def _wind_up() -> None:
    """The clocks of what is reported and open."""
    reported = CASES.c.subject_kind.in_(("post", "message"))
    waiting = sa.and_(reported, CASES.c.decided_at.is_(None), CASES.c.escalated_at.is_(None))
    asked = sa.select(CASES.c.id, CASES.c.opened_at, CASES.c.due_at).where(waiting)
    for id, opened_at, due_at in op.get_bind().execute(asked).all():
        late = CASES.update().where(CASES.c.id == id)
        op.execute(late.values(escalates_at=_late_at(opened_at, due_at)))


def _late_at(opened_at: datetime, due_at: datetime) -> datetime:
    lasts: timedelta = due_at - opened_at
    return opened_at + 0.75 * lasts
