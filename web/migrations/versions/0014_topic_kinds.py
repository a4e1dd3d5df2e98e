"""Topics have a timeline and a kind; questions have an answer, decisions a conclusion

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


WORDS = (("aim", "discussion"), ("conclusion", ""), ("conclusion_html", ""))


def upgrade() -> None:
    for name, at_first in WORDS:
        column = sa.Column(name, sa.String(), nullable=False, server_default=at_first)
        op.add_column("topics", column)
    op.add_column("topics", sa.Column("answer_seq", ID, nullable=True))
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
        sa.Column("done_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["members.id"], name="fk_topic_lines_actor_id"),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_topic_lines_topic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_topic_lines"),
        sa.UniqueConstraint("topic_id", "rev", name="uq_topic_lines_topic_id_rev"),
    )
    op.create_index("ix_topic_lines_place", "topic_lines", ["topic_id", "after_seq", "id"])


def downgrade() -> None:
    op.drop_table("topic_lines")
    op.drop_column("topics", "answer_seq")
    for name, _at_first in reversed(WORDS):
        op.drop_column("topics", name)
