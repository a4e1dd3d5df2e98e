"""Organisations close, applications nobody answers end by themselves, and evidence is blanked

Revision ID: organisations_end
Revises: notice_actors
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "organisations_end"
down_revision = "notice_actors"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ENDS = (("unanswered", 3, 72), ("closed", 3, 72))  # code, priority, hours
BEGAN = "fk_organisations_closing_by_id"
LAST = 92  # their place among the reasons, after those that people apply for
MOMENTS = (
    ("organisations", "closing_at"),
    ("organisations", "closed_at"),
    ("organisations", "badge_ended_at"),
    ("mandates", "owned_until"),
    ("questions", "reminded_at"),
    ("verifications", "blanked_at"),
)


def upgrade() -> None:
    for table, name in MOMENTS:
        moment = community.database.Moment(timezone=True)
        op.add_column(table, sa.Column(name, moment, nullable=True))
    op.add_column(
        "organisations",
        sa.Column("closed_because", sa.String(), nullable=False, server_default=""),
    )
    with op.batch_alter_table("organisations") as organisations:
        organisations.add_column(sa.Column("closing_by_id", ID, nullable=True))
        organisations.create_foreign_key(BEGAN, "members", ["closing_by_id"], ["id"])
    op.execute("UPDATE organisations SET badge_ended_at = verified_until WHERE level = 0")
    _may_be_decided_by_nobody()
    reasons = _reasons()
    there = set(op.get_bind().scalars(sa.select(reasons.c.code)))
    op.bulk_insert(reasons, [
        {"code": code, "priority": priority, "hours": hours, "position": position, "in_use": False,
         "label_id": "", "label_en": "", "hint_id": "", "hint_en": ""}
        for position, (code, priority, hours) in enumerate(ENDS, LAST) if code not in there
    ])  # fmt: skip


def downgrade() -> None:
    """What nobody decided is kept for good, too: those decisions stay, and the reasons they give."""
    with op.batch_alter_table("organisations") as organisations:
        organisations.drop_constraint(BEGAN, type_="foreignkey")
        organisations.drop_column("closing_by_id")
    op.drop_column("organisations", "closed_because")
    for table, name in reversed(MOMENTS):
        op.drop_column(table, name)


def _may_be_decided_by_nobody() -> None:
    """On SQLite the table is made anew, without the triggers that keep it for good."""
    with op.batch_alter_table("decisions") as decisions:
        decisions.alter_column("moderator_id", existing_type=ID, nullable=True)
    if op.get_bind().dialect.name == "sqlite":
        refused = "BEGIN SELECT RAISE(ABORT, 'kept for good'); END"
        op.execute(f"CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions {refused}")
        op.execute(f"CREATE TRIGGER decisions_do_not_change BEFORE UPDATE ON decisions {refused}")


def _reasons() -> sa.TableClause:
    names = ("code", "priority", "hours", "position", "label_id", "label_en", "hint_id", "hint_en")
    return sa.table("reasons", sa.column("in_use", sa.Boolean), *(sa.column(n) for n in names))
