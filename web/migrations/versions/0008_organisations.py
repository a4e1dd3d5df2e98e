"""what organisations show to be verified, what applicants are asked, and who ended a mandate

Revision ID: organisations
Revises: second_factors
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "organisations"
down_revision = "second_factors"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REASONS = (("office", 2, 72), ("organisation", 3, 72))  # code, priority, hours
LAST = 90  # their place among the reasons, after those that members give


def upgrade() -> None:
    op.create_table(
        "verifications",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("nib", sa.String(), nullable=False),
        sa.Column("office_mail", sa.String(), nullable=False),
        sa.Column("office_mail_proven_at", community.database.Moment(timezone=True), nullable=True),
        sa.Column("asked_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("closed_at", community.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["members.id"], name=op.f("fk_verifications_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_verifications_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )
    op.create_index(
        "one_open_verification_per_organisation",
        "verifications",
        ["organisation_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "questions",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("moderator_id", ID, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("asked_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("answered_at", community.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_questions_case_id")),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["members.id"], name=op.f("fk_questions_moderator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index(op.f("ix_questions_case_id"), "questions", ["case_id"], unique=False)
    op.add_column(
        "organisations", sa.Column("reminded", ID, nullable=False, server_default=sa.text("0"))
    )
    op.add_column("decisions", sa.Column("level", ID, nullable=False, server_default=sa.text("0")))
    with op.batch_alter_table("mandates") as mandates:
        mandates.add_column(sa.Column("ended_by_id", ID, nullable=True))
        mandates.create_foreign_key(
            op.f("fk_mandates_ended_by_id"), "members", ["ended_by_id"], ["id"]
        )
    op.bulk_insert(_reasons(), [
        {"code": code, "priority": priority, "hours": hours, "position": position, "in_use": False,
         "label_id": "", "label_en": "", "hint_id": "", "hint_en": ""}
        for position, (code, priority, hours) in enumerate(REASONS, LAST)
    ])  # fmt: skip


def downgrade() -> None:
    reasons = _reasons()
    op.execute(reasons.delete().where(reasons.c.code.in_([code for code, _, _ in REASONS])))
    with op.batch_alter_table("mandates") as mandates:
        mandates.drop_constraint(op.f("fk_mandates_ended_by_id"), type_="foreignkey")
        mandates.drop_column("ended_by_id")
    op.drop_column("decisions", "level")
    op.drop_column("organisations", "reminded")
    op.drop_index(op.f("ix_questions_case_id"), table_name="questions")
    op.drop_table("questions")
    op.drop_index(
        "one_open_verification_per_organisation",
        table_name="verifications",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("verifications")


def _reasons() -> sa.TableClause:
    names = ("code", "priority", "hours", "position", "label_id", "label_en", "hint_id", "hint_en")
    return sa.table("reasons", sa.column("in_use", sa.Boolean), *(sa.column(n) for n in names))
