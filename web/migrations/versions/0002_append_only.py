"""what is kept for good: audit, decisions and evidence; the queue and the built-in reasons

Revision ID: append_only
Revises: house
"""

import sqlalchemy as sa
from alembic import op

revision = "append_only"
down_revision = "house"
branch_labels = None
depends_on = None

KEPT = ("audit", "decisions", "evidence")

# What erasure may do to evidence: blank the words. The hash stays, and so does everything else.
BLANKED = (
    "NEW.body = '' AND NEW.html = '' AND CAST(NEW.versions AS TEXT) = '[]' AND NEW.author = ''"
)
LEFT = ("id", "case_id", "taken_at", "entry_rev", "hash", "organisation", "place", "link",
        "written_at")  # fmt: skip

# code, priority, hours; what members need most often first
REASONS = (
    ("spam", 3, 24), ("scam_fraud", 1, 4), ("harassment", 2, 24), ("hoax", 2, 24),
    ("doxxing", 1, 4), ("impersonation_official", 1, 2), ("price_collusion", 2, 48),
    ("counterfeit_ip", 2, 48), ("manipulation", 2, 48), ("illegal_goods", 1, 24),
    ("gambling_porn", 1, 4), ("sara_hate", 1, 12), ("threat_selfharm", 0, 1), ("terror", 0, 1),
    ("csam", 0, 1), ("off_topic", 4, 168), ("duplicate", 4, 168), ("language", 4, 168),
    ("other", 3, 72), ("legal_order", 0, 4),
)  # fmt: skip


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if on_sqlite else _postgresql():
        op.execute(statement)
    _lay_out()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in KEPT:
            op.execute(f"DROP TRIGGER {table}_stay")
            op.execute(f"DROP TRIGGER {table}_do_not_change")
        return
    for table in KEPT:
        op.execute(f"DROP TRIGGER {table}_stay ON {table}")
        op.execute(f"DROP TRIGGER {table}_do_not_change ON {table}")
        op.execute(f"DROP TRIGGER {table}_are_not_emptied ON {table}")
    op.execute("DROP FUNCTION kept_for_good()")


def _sqlite() -> list[str]:
    refused = "BEGIN SELECT RAISE(ABORT, 'kept for good'); END"
    statements = [f"CREATE TRIGGER {t}_stay BEFORE DELETE ON {t} {refused}" for t in KEPT]
    for table in KEPT:
        when = f" WHEN NOT ({_blanked('IS')})" if table == "evidence" else ""
        statements.append(
            f"CREATE TRIGGER {table}_do_not_change BEFORE UPDATE ON {table}{when} {refused}"
        )
    return statements


def _postgresql() -> list[str]:
    refused = "EXECUTE FUNCTION kept_for_good()"
    statements = [
        "CREATE FUNCTION kept_for_good() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'kept for good' USING ERRCODE = '23001'; END $$"
    ]
    for table in KEPT:
        when = f" WHEN (NOT ({_blanked('IS NOT DISTINCT FROM')}))" if table == "evidence" else ""
        statements += [
            f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} FOR EACH ROW {refused}",
            f"CREATE TRIGGER {table}_do_not_change BEFORE UPDATE ON {table} FOR EACH ROW{when} {refused}",
            f"CREATE TRIGGER {table}_are_not_emptied BEFORE TRUNCATE ON {table} {refused}",
        ]
    return statements


def _blanked(same: str) -> str:
    return " AND ".join([BLANKED, *(f"NEW.{name} {same} OLD.{name}" for name in LEFT)])


def _lay_out() -> None:
    """The rows every community starts with. Their tables go with the first migration."""
    queues = sa.table("queues", *(sa.column(n) for n in ("id", "last_seq", "rev", "changed_rev")))
    op.bulk_insert(queues, [{"id": 1, "last_seq": 0, "rev": 0, "changed_rev": 0}])
    names = ("code", "priority", "hours", "position", "label_id", "label_en", "hint_id", "hint_en")
    reasons = sa.table("reasons", sa.column("in_use", sa.Boolean), *(sa.column(n) for n in names))
    empty = {"label_id": "", "label_en": "", "hint_id": "", "hint_en": ""}
    op.bulk_insert(reasons, [
        {"code": code, "priority": priority, "hours": hours, "position": position,
         "in_use": code != "legal_order", **empty}
        for position, (code, priority, hours) in enumerate(REASONS, 1)
    ])  # fmt: skip
