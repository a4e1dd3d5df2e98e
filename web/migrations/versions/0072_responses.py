"""Offices are asked for official responses, which are due in working days

Revision ID: responses
Revises: acknowledging
"""

import sqlalchemy as sa
from alembic import op

from community.migrating import ALONE

import community.database

revision = "responses"
down_revision = "acknowledging"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
OPEN = sa.text("state IN ('received', 'assigned', 'paused')")
RUNNING = sa.text("state IN ('received', 'assigned')")
UNANSWERING = sa.text("answers_id IS NOT NULL AND withdrawn_at IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("posts", reflect_kwargs=ALONE) as posts:
        posts.add_column(sa.Column("asked", sa.JSON(none_as_null=True), nullable=True))
        posts.add_column(sa.Column("answers_id", ID, nullable=True))
        posts.create_foreign_key("fk_posts_answers_id", "posts", ["answers_id"], ["id"])
    op.create_index("ix_posts_unanswering", "posts", ["answers_id"], sqlite_where=UNANSWERING,
                    postgresql_where=UNANSWERING)  # fmt: skip
    op.create_table(
        "changed_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("holiday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("change", ID, nullable=False),
        sa.Column("changed_by_id", ID, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["members.id"],
                                name="fk_changed_days_changed_by_id"),
        sa.PrimaryKeyConstraint("day", name="pk_changed_days"),
        sa.UniqueConstraint("change", name="uq_changed_days_change"),
    )  # fmt: skip
    op.create_table(
        "responses",
        sa.Column("id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("term", ID, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("counted_under", ID, nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("tell_at", MOMENT, nullable=True),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.Column("answer_id", ID, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("took", ID, nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_responses_post_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"],
                                name="fk_responses_agency_id"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["members.id"], name="fk_responses_asked_by_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["members.id"], name="fk_responses_owner_id"),
        sa.ForeignKeyConstraint(["answer_id"], ["posts.id"], name="fk_responses_answer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_responses"),
    )  # fmt: skip
    op.create_index("one_open_response_per_post", "responses", ["post_id"], unique=True,
                    sqlite_where=OPEN, postgresql_where=OPEN)  # fmt: skip
    op.create_index("ix_responses_of_post", "responses", ["post_id", "id"])
    op.create_index("ix_responses_of_agency", "responses", ["agency_id", "state", "due_at"])
    op.create_index("ix_responses_due", "responses", ["state", "due_at"])
    op.create_index("ix_responses_telling", "responses", ["tell_at"], sqlite_where=RUNNING,
                    postgresql_where=RUNNING)  # fmt: skip
    op.create_index("ix_responses_counted", "responses", ["counted_under"], sqlite_where=OPEN,
                    postgresql_where=OPEN)  # fmt: skip
    op.create_index("ix_responses_asked_by_id", "responses", ["asked_by_id"])
    op.create_index("ix_responses_answer_id", "responses", ["answer_id"])
    op.create_table(
        "response_stages",
        sa.Column("id", ID, nullable=False),
        sa.Column("response_id", ID, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"],
                                name="fk_response_stages_response_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["members.id"], name="fk_response_stages_actor_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"],
                                name="fk_response_stages_agency_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["members.id"], name="fk_response_stages_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_response_stages"),
    )  # fmt: skip
    op.create_index("ix_response_stages", "response_stages", ["response_id", "id"])
    op.create_index("ix_response_stages_actor_id", "response_stages", ["actor_id"])


def downgrade() -> None:
    op.drop_table("response_stages")
    op.drop_table("responses")
    op.drop_table("changed_days")
    op.drop_index("ix_posts_unanswering", "posts")
    with op.batch_alter_table("posts", reflect_kwargs=ALONE) as posts:
        posts.drop_constraint("fk_posts_answers_id", type_="foreignkey")
        posts.drop_column("answers_id")
        posts.drop_column("asked")
