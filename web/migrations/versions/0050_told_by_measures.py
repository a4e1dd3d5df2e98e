"""What was decided by hiding, muting and suspending is told by its measures; an organisation to be
verified is a verification, for organisations will be reported, too

Revision ID: told_by_measures
Revises: word_rules
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "told_by_measures"
down_revision = "word_rules"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFUSED = "BEGIN SELECT RAISE(ABORT, 'kept for good'); END"
DONE_BY = {
    "hide": ("hide",),
    "hide_and_mute": ("hide", "mute"),
    "hide_and_suspend": ("hide", "suspend"),
}


def upgrade() -> None:
    _release()
    op.add_column("cases", sa.Column("escalated_at", _moment(), nullable=True))
    op.add_column("cases", sa.Column("decided_at", _moment(), nullable=True))
    op.execute("UPDATE cases SET decided_at = closed_at")
    op.drop_index("one_open_case_per_subject", "cases")
    _one("one_undecided_case_per_subject", "decided_at")
    op.execute("UPDATE cases SET subject_kind = 'verification' WHERE subject_kind = 'organisation'")
    _tell_by_measures()
    op.drop_column("decisions", "days")
    _keep()


def downgrade() -> None:
    """What was decided in ways that had no name before is told as hiding."""
    _release()
    op.add_column("decisions", sa.Column("days", ID, nullable=False, server_default="0"))
    _tell_by_rulings()
    op.execute("UPDATE cases SET subject_kind = 'organisation' WHERE subject_kind = 'verification'")
    op.drop_index("one_undecided_case_per_subject", "cases")
    _one("one_open_case_per_subject", "closed_at")
    op.drop_column("cases", "decided_at")
    op.drop_column("cases", "escalated_at")
    _keep()


def _one(name: str, moment: str) -> None:
    where = sa.text(f"{moment} IS NULL")
    op.create_index(name, "cases", ["subject_kind", "subject_id"], unique=True,
                    sqlite_where=where, postgresql_where=where)  # fmt: skip


def _moment() -> community.database.Moment:
    return community.database.Moment(timezone=True)


DECISIONS = sa.table(
    "decisions",
    *(sa.column(one) for one in ("id", "case_id", "ruling", "days", "ends_at", "decided_at")),
)
MEASURES = sa.table(
    "measures",
    *(sa.column(one) for one in ("decision_id", "kind", "subject", "days", "ends_at", "words",
                                 "from_id", "to_id")),
)  # fmt: skip
CASES = sa.table(
    "cases", *(sa.column(one) for one in ("id", "subject_kind", "subject_id", "author_id"))
)
RESTRICTIONS = sa.table(
    "restrictions", *(sa.column(one) for one in ("case_id", "decision_id", "kind", "imposed_at"))
)


def _tell_by_measures() -> None:
    told = sa.select(DECISIONS, CASES.c.subject_kind, CASES.c.subject_id, CASES.c.author_id)
    told = told.join(CASES, CASES.c.id == DECISIONS.c.case_id)
    for one in op.get_bind().execute(told.where(DECISIONS.c.ruling.in_(DONE_BY))).all():
        for kind in DONE_BY[one.ruling]:
            on_text = kind == "hide"
            about = f"{one.subject_kind}:{one.subject_id}" if on_text else f"member:{one.author_id}"
            op.execute(MEASURES.insert().values(
                decision_id=one.id, kind=kind, subject=about, words="", from_id=0, to_id=0,
                days=0 if on_text else one.days, ends_at=None if on_text else one.ends_at,
            ))  # fmt: skip
    op.execute(DECISIONS.update().where(DECISIONS.c.ruling.in_(DONE_BY)).values(ruling="act"))
    same = (DECISIONS.c.case_id == RESTRICTIONS.c.case_id) & (
        DECISIONS.c.decided_at == RESTRICTIONS.c.imposed_at
    )
    imposed_by = sa.select(sa.func.max(DECISIONS.c.id)).where(same).scalar_subquery()
    op.execute(RESTRICTIONS.update().values(decision_id=sa.func.coalesce(imposed_by, 0)))


def _tell_by_rulings() -> None:
    for one in op.get_bind().execute(sa.select(DECISIONS).where(DECISIONS.c.ruling == "act")).all():
        did = sa.select(MEASURES.c.kind, MEASURES.c.days).where(MEASURES.c.decision_id == one.id)
        days = {kind: lasted for kind, lasted in op.get_bind().execute(did)}
        kind = next((kind for kind in ("suspend", "mute") if kind in days), "")
        ruling = f"hide_and_{kind}" if kind else "hide"
        told = DECISIONS.update().where(DECISIONS.c.id == one.id)
        op.execute(told.values(ruling=ruling, days=days.get(kind, 0)))


def _release() -> None:
    on = "" if _on_sqlite() else " ON decisions"
    op.execute(f"DROP TRIGGER decisions_do_not_change{on}")


def _keep() -> None:
    row, refused = (
        ("", REFUSED) if _on_sqlite() else (" FOR EACH ROW", "EXECUTE FUNCTION kept_for_good()")
    )
    op.execute(f"CREATE TRIGGER decisions_do_not_change BEFORE UPDATE ON decisions{row} {refused}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
