"""Polls at posts

Revision ID: polls
Revises: following
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "polls"
down_revision = "following"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)


def upgrade() -> None:
    op.add_column("posts", sa.Column("poll", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "polls",
        sa.Column("post_id", ID, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("multiple", sa.Boolean(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("of_organisations", sa.Boolean(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_polls_post_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_polls")),
    )
    op.create_index(
        "ix_polls_due",
        "polls",
        ["ends_at"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "poll_votes",
        sa.Column("id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("voter", sa.String(), nullable=False),
        sa.Column("choice", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_poll_votes_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_poll_votes_organisation_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["polls.post_id"], name=op.f("fk_poll_votes_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_votes")),
        sa.UniqueConstraint(
            "post_id", "voter", "choice", name=op.f("uq_poll_votes_post_id_voter_choice")
        ),
    )
    op.create_index(op.f("ix_poll_votes_member_id"), "poll_votes", ["member_id"])


def downgrade() -> None:
    op.drop_table("poll_votes")
    op.drop_table("polls")
    op.drop_column("posts", "poll")
