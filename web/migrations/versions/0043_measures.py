"""What decisions do as rows of their own, appeals, proposals and notes; who reports may be no member

Revision ID: measures
Revises: direct_called
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import community.database
from community.migrating import ALONE

revision = "measures"
down_revision = "direct_called"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFUSED = "BEGIN SELECT RAISE(ABORT, 'kept for good'); END"
KEPT = ("decisions", "measures", "evidence")
# What erasure may do to evidence: blank the words. The hash stays, and so does everything else.
BLANKED = (
    "NEW.body = '' AND NEW.html = '' AND CAST(NEW.versions AS TEXT) = '[]' AND NEW.author = ''"
    " AND CAST(NEW.attachments AS TEXT) = '[]' AND CAST(NEW.context AS TEXT) = '[]'"
)
LEFT = ("id", "case_id", "taken_at", "entry_rev", "hash", "organisation", "place", "link",
        "written_at")  # fmt: skip


def upgrade() -> None:
    _release(("decisions", "evidence"))
    op.add_column(
        "evidence", sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]")
    )
    op.add_column("evidence", sa.Column("context", sa.JSON(), nullable=False, server_default="[]"))
    _cases()
    _flags()
    _decisions()
    _measures()
    op.add_column("restrictions", _number("decision_id"))
    op.add_column(
        "restrictions",
        sa.Column("interim", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _appeals()
    _proposals()
    _notes()
    _keep(KEPT, BLANKED)


def downgrade() -> None:
    _release(KEPT)
    for table in ("case_notes", "proposals", "appeals", "measures"):
        op.drop_table(table)
    op.drop_column("restrictions", "interim")
    op.drop_column("restrictions", "decision_id")
    with op.batch_alter_table("decisions", reflect_kwargs=ALONE) as decisions:
        decisions.drop_column("second_id")
        decisions.drop_column("answers_id")
    op.execute("DELETE FROM flags WHERE member_id IS NULL")
    with op.batch_alter_table("flags", reflect_kwargs=ALONE) as flags:
        flags.alter_column("member_id", existing_type=ID, nullable=False)
        flags.drop_column("source")
        flags.drop_column("weight")
        flags.drop_column("withdrawn_at")
    with op.batch_alter_table("cases", reflect_kwargs=ALONE) as cases:
        cases.drop_column("prior_id")
        cases.drop_column("score")
        cases.drop_column("first_action_at")
    op.drop_column("evidence", "context")
    op.drop_column("evidence", "attachments")
    _keep(("decisions", "evidence"), BLANKED.partition(" AND CAST(NEW.attachments")[0])


def _number(name: str, **more: Any) -> sa.Column[int]:
    return sa.Column(name, ID, nullable=False, server_default="0", **more)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, community.database.Moment(timezone=True), nullable=nullable)


def _cases() -> None:
    with op.batch_alter_table("cases", reflect_kwargs=ALONE) as cases:
        cases.add_column(sa.Column("prior_id", ID, nullable=True))
        cases.add_column(sa.Column("score", sa.Double(), nullable=False, server_default="0"))
        cases.add_column(_moment("first_action_at", nullable=True))
        cases.create_foreign_key("fk_cases_prior_id", "cases", ["prior_id"], ["id"])
    first = "SELECT MIN(done_at) FROM audit WHERE verb = 'case.claimed' AND audit.subject ="
    op.execute(f"UPDATE cases SET first_action_at = ({first} 'case:' || cases.id)")


def _flags() -> None:
    with op.batch_alter_table("flags", reflect_kwargs=ALONE) as flags:
        flags.alter_column("member_id", existing_type=ID, nullable=True)
        flags.add_column(sa.Column("source", sa.String(), nullable=False, server_default="member"))
        flags.add_column(sa.Column("weight", sa.Double(), nullable=False, server_default="1"))
        flags.add_column(_moment("withdrawn_at", nullable=True))


def _decisions() -> None:
    with op.batch_alter_table("decisions", reflect_kwargs=ALONE) as decisions:
        decisions.add_column(sa.Column("second_id", ID, nullable=True))
        decisions.add_column(sa.Column("answers_id", ID, nullable=True))
        decisions.create_foreign_key("fk_decisions_second_id", "members", ["second_id"], ["id"])
        decisions.create_foreign_key("fk_decisions_answers_id", "decisions", ["answers_id"], ["id"])


def _measures() -> None:
    op.create_table(
        "measures",
        sa.Column("id", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("days", ID, nullable=False),
        _moment("ends_at", nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("from_id", ID, nullable=False),
        sa.Column("to_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_measures_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
    )
    op.create_index(op.f("ix_measures_decision_id"), "measures", ["decision_id"])


def _appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("flag_id", ID, nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        _moment("made_at"),
        sa.Column("answer_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appeals_case_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_appeals_decision_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_appeals_member_id")),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_appeals_flag_id")),
        sa.ForeignKeyConstraint(["answer_id"], ["decisions.id"], name=op.f("fk_appeals_answer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("decision_id", "party", name=op.f("uq_appeals_decision_id_party")),
    )
    op.create_index(op.f("ix_appeals_case_id"), "appeals", ["case_id"])
    op.create_index(op.f("ix_appeals_member_id"), "appeals", ["member_id"])


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("judgement", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("proposed_by_id", ID, nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        _moment("proposed_at"),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by_id", ID, nullable=True),
        _moment("answered_at", nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proposals_case_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["members.id"], name=op.f("fk_proposals_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["members.id"], name=op.f("fk_proposals_answered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("key", name=op.f("uq_proposals_key")),
    )
    open_one = sa.text("answer = ''")
    op.create_index(
        "one_open_proposal_per_case", "proposals", ["case_id"], unique=True,
        sqlite_where=open_one, postgresql_where=open_one,
    )  # fmt: skip


def _notes() -> None:
    op.create_table(
        "case_notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        _moment("written_at"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notes_case_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_case_notes_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    op.create_index(op.f("ix_case_notes_case_id"), "case_notes", ["case_id"])


def _release(tables: tuple[str, ...]) -> None:
    on = "" if _on_sqlite() else " ON {}"
    for table in tables:
        for name in ("stay", "do_not_change", *(() if _on_sqlite() else ("are_not_emptied",))):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}" + on.format(table))


def _keep(tables: tuple[str, ...], blanked: str) -> None:
    same = "IS" if _on_sqlite() else "IS NOT DISTINCT FROM"
    unless = " AND ".join([blanked, *(f"NEW.{name} {same} OLD.{name}" for name in LEFT)])
    for table in tables:
        when = f" WHEN (NOT ({unless}))" if table == "evidence" else ""
        if _on_sqlite():
            op.execute(f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} {REFUSED}")
            op.execute(
                f"CREATE TRIGGER {table}_do_not_change BEFORE UPDATE ON {table}{when} {REFUSED}"
            )
            continue
        refused = "EXECUTE FUNCTION kept_for_good()"
        op.execute(f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} FOR EACH ROW {refused}")
        op.execute(
            f"CREATE TRIGGER {table}_do_not_change BEFORE UPDATE ON {table}"
            f" FOR EACH ROW{when} {refused}"
        )
        op.execute(f"CREATE TRIGGER {table}_are_not_emptied BEFORE TRUNCATE ON {table} {refused}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
