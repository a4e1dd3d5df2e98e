"""Members are erased on their request; what was said around something reported goes with them

Revision ID: erasure
Revises: authorities
"""

import sqlalchemy as sa
from alembic import op

from community.database import Moment

revision = "erasure"
down_revision = "authorities"
branch_labels = None
depends_on = None

MOMENTS = ("erased_at", "wiped_at")
LEFT = "erased_at IS NOT NULL AND wiped_at IS NULL"

# What may be done to evidence: blank its words, or only what stood around them.
STAYS = ("id", "case_id", "taken_at", "entry_rev", "hash", "organisation", "place", "link",
         "written_at")  # fmt: skip
BLANKED = (
    "NEW.body = '' AND NEW.html = '' AND CAST(NEW.versions AS TEXT) = '[]' AND NEW.author = ''"
)
WORDS = ("body", "html", "author", "CAST({}.versions AS TEXT)", "CAST({}.attachments AS TEXT)")
NOTHING_AROUND = "CAST(NEW.context AS TEXT) = '[]'"


def upgrade() -> None:
    for moment in MOMENTS:
        op.add_column("members", sa.Column(moment, Moment(timezone=True), nullable=True))
    where = sa.text(LEFT)
    op.create_index("ix_members_left", "members", ["id"], sqlite_where=where,
                    postgresql_where=where)  # fmt: skip
    _allow(f"{BLANKED} AND {_same(STAYS)} OR {NOTHING_AROUND} AND {_same((*STAYS, *WORDS))}")


def downgrade() -> None:
    """Who was erased stays so: there is nothing left to bring back."""
    _allow(f"{BLANKED} AND {_same(STAYS)}")
    op.drop_index("ix_members_left", table_name="members")
    for moment in MOMENTS:
        op.drop_column("members", moment)


def _allow(change: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER evidence_do_not_change")
        refused = "BEGIN SELECT RAISE(ABORT, 'kept for good'); END"
        op.execute(f"CREATE TRIGGER evidence_do_not_change BEFORE UPDATE ON evidence"
                   f" WHEN NOT ({change}) {refused}")  # fmt: skip
        return
    op.execute("DROP TRIGGER evidence_do_not_change ON evidence")
    op.execute(f"CREATE TRIGGER evidence_do_not_change BEFORE UPDATE ON evidence FOR EACH ROW"
               f" WHEN (NOT ({change})) EXECUTE FUNCTION kept_for_good()")  # fmt: skip


def _same(columns: tuple[str, ...]) -> str:
    same = "IS" if op.get_bind().dialect.name == "sqlite" else "IS NOT DISTINCT FROM"
    return " AND ".join(f"{_of('NEW', name)} {same} {_of('OLD', name)}" for name in columns)


def _of(row: str, column: str) -> str:
    return column.format(row) if "{" in column else f"{row}.{column}"
