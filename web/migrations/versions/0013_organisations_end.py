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
LAST = 92  # their place among the reasons, after those that people apply for
MOMENTS = (
    ("organisations", "closing_at"),
    ("organisations", "closed_at"),
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
    _decided_by(nobody=True)
    op.bulk_insert(_reasons(), [
        {"code": code, "priority": priority, "hours": hours, "position": position, "in_use": False,
         "label_id": "", "label_en": "", "hint_id": "", "hint_en": ""}
        for position, (code, priority, hours) in enumerate(ENDS, LAST)
    ])  # fmt: skip


def downgrade() -> None:
    reasons = _reasons()
    op.execute(reasons.delete().where(reasons.c.code.in_([code for code, _, _ in ENDS])))
    _decided_by(nobody=False)
    op.drop_column("organisations", "closed_because")
    for table, name in reversed(MOMENTS):
        op.drop_column(table, name)


def _decided_by(*, nobody: bool) -> None:
    """On SQLite the table is made anew, without the triggers that keep it for good."""
    with op.batch_alter_table("decisions") as decisions:
        decisions.alter_column("moderator_id", existing_type=ID, nullable=nobody)
    if op.get_bind().dialect.name == "sqlite":
        refused = "BEGIN SELECT RAISE(ABORT, 'kept for good'); END"
        op.execute(f"CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions {refused}")
        op.execute(f"CREATE TRIGGER decisions_do_not_change BEFORE UPDATE ON decisions {refused}")


def _reasons() -> sa.TableClause:
    names = ("code", "priority", "hours", "position", "label_id", "label_en", "hint_id", "hint_en")
    return sa.table("reasons", sa.column("in_use", sa.Boolean), *(sa.column(n) for n in names))
