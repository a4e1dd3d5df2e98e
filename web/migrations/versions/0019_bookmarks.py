"""Bookmarks on topics and posts, with a note

Revision ID: bookmarks
Revises: polls
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "bookmarks"
down_revision = "polls"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bookmarks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("member_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("topic_id", ID, sa.ForeignKey("topics.id"), nullable=True),
        sa.Column("post_id", ID, sa.ForeignKey("posts.id"), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_at", community.database.Moment(timezone=True), nullable=False),
        sa.UniqueConstraint("member_id", "topic_id", name=op.f("uq_bookmarks_member_id_topic_id")),
        sa.UniqueConstraint("member_id", "post_id", name=op.f("uq_bookmarks_member_id_post_id")),
        sa.CheckConstraint(
            "(topic_id IS NULL) != (post_id IS NULL)", name=op.f("ck_bookmarks_of_one_thing")
        ),
    )
    op.create_index(op.f("ix_bookmarks_topic_id"), "bookmarks", ["topic_id"], unique=False)
    op.create_index(op.f("ix_bookmarks_post_id"), "bookmarks", ["post_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bookmarks")
