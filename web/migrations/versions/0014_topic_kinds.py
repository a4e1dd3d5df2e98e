"""Topics have a timeline, a kind and tags, are pinned and closed by time; what came of them

Revision ID: topic_kinds
Revises: posts
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "topic_kinds"
down_revision = "posts"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


WORDS = (("aim", "discussion"), ("tags", ""), ("conclusion", ""), ("conclusion_html", ""))
MOMENTS = (("ix_topics_pinned", "pinned_until"), ("ix_topics_closing", "closes_at"))


def upgrade() -> None:
    for name, at_first in WORDS:
        column = sa.Column(name, sa.String(), nullable=False, server_default=at_first)
        op.add_column("topics", column)
    op.add_column("topics", sa.Column("answer_seq", ID, nullable=True))
    for index, name in MOMENTS:
        moment = community.database.Moment(timezone=True)
        op.add_column("topics", sa.Column(name, moment, nullable=True))
        some = sa.text(f"{name} IS NOT NULL")
        op.create_index(index, "topics", [name], sqlite_where=some, postgresql_where=some)
    op.create_table(
        "topic_tags",
        sa.Column("tag", sa.String(length=30), nullable=False),
        sa.Column("topic_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_topic_tags_topic_id"),
        sa.PrimaryKeyConstraint("tag", "topic_id", name="pk_topic_tags"),
    )
    op.create_index("ix_topic_tags_topic_id", "topic_tags", ["topic_id"])
    op.create_table(
        "topic_lines",
        sa.Column("id", ID, nullable=False),
        sa.Column("topic_id", ID, nullable=False),
        sa.Column("rev", ID, nullable=False),
        sa.Column("after_seq", ID, nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("until", community.database.Moment(timezone=True), nullable=True),
        sa.Column("done_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["members.id"], name="fk_topic_lines_actor_id"),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_topic_lines_topic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_topic_lines"),
        sa.UniqueConstraint("topic_id", "rev", name="uq_topic_lines_topic_id_rev"),
    )
    op.create_index("ix_topic_lines_place", "topic_lines", ["topic_id", "after_seq", "id"])


def downgrade() -> None:
    op.drop_table("topic_lines")
    op.drop_table("topic_tags")
    for index, name in MOMENTS:
        op.drop_index(index, "topics")
        op.drop_column("topics", name)
    op.drop_column("topics", "answer_seq")
    for name, _at_first in reversed(WORDS):
        op.drop_column("topics", name)
