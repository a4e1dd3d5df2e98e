"""An announcement is acknowledged for an organisation, reminded of, and remarked upon

Revision ID: acknowledging
Revises: tellings
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "acknowledging"
down_revision = "tellings"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
OF_RECEIPTS = ("seen_at", "joined_at", "mailed_at", "refused_at")
OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    for name in OF_RECEIPTS:
        op.add_column("announcement_receipts", sa.Column(name, MOMENT, nullable=True))
    # Who acknowledged it has seen it.
    op.execute("UPDATE announcement_receipts SET seen_at = acknowledged_at")
    op.create_table(
        "announcement_answers",
        sa.Column("announcement_id", ID, sa.ForeignKey("announcements.id"), primary_key=True),
        sa.Column("organisation_id", ID, sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("member_id", ID, sa.ForeignKey("members.id"), nullable=True),
        sa.Column("mandate_id", ID, sa.ForeignKey("mandates.id"), nullable=True),
        sa.Column("joined_at", MOMENT, nullable=True),
    )
    op.create_index(
        "ix_announcement_answers_organisation", "announcement_answers", ["organisation_id"]
    )
    op.create_table(
        "announcement_reminders",
        sa.Column("announcement_id", ID, sa.ForeignKey("announcements.id"), primary_key=True),
        sa.Column("step", sa.String(), primary_key=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("after", ID, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
    )
    op.create_index("ix_announcement_reminders_due", "announcement_reminders", ["due_at"],
                    sqlite_where=OPEN, postgresql_where=OPEN)  # fmt: skip

    op.create_table(
        "announcement_late_looks",
        sa.Column("announcement_id", ID, sa.ForeignKey("announcements.id"), primary_key=True),
        sa.Column("after_id", ID, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
    )
    op.create_index("ix_announcement_late_looks_due_at", "announcement_late_looks", ["due_at"])
    op.create_table(
        "announcement_remarks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("announcement_id", ID, sa.ForeignKey("announcements.id"), nullable=False),
        sa.Column("member_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("organisation_id", ID, sa.ForeignKey("organisations.id"), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
    )
    op.create_index("ix_announcement_remarks_member", "announcement_remarks", ["member_id"])
    one_of_each = ["announcement_id", "member_id"]
    op.create_index("one_remark_of_each", "announcement_remarks", one_of_each, unique=True)


def downgrade() -> None:
    op.drop_table("announcement_remarks")
    op.drop_table("announcement_late_looks")
    op.drop_table("announcement_reminders")
    op.drop_table("announcement_answers")
    for name in OF_RECEIPTS:
        op.drop_column("announcement_receipts", name)
