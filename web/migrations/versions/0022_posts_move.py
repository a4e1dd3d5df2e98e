"""Posts move to other topics and leave a stub; what had been read of them stays read

Revision ID: posts_move
Revises: composing
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "posts_move"
down_revision = "composing"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LEFT = sa.text("moved_to_id IS NOT NULL")


def upgrade() -> None:
    moment = community.database.Moment(timezone=True)
    op.add_column("topics", sa.Column("stubs", ID, nullable=False, server_default="0"))
    op.add_column("topics", sa.Column("merged_at", moment, nullable=True))
    with op.batch_alter_table("posts") as posts:
        posts.add_column(sa.Column("came_at", moment, nullable=True))
        posts.add_column(sa.Column("moved_to_id", ID, nullable=True))
        posts.create_foreign_key("fk_posts_moved_to_id", "posts", ["moved_to_id"], ["id"])
    op.create_index(
        "ix_posts_stubs", "posts", ["moved_to_id"], sqlite_where=LEFT, postgresql_where=LEFT
    )
    op.create_table(
        "topic_read_before",
        sa.Column("id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("topic_id", ID, nullable=False),
        sa.Column("first_seq", ID, nullable=False),
        sa.Column("last_seq", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_topic_read_before_member_id"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_topic_read_before_topic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_topic_read_before"),
    )
    op.create_index(
        "ix_topic_read_before_of_member", "topic_read_before", ["member_id", "topic_id"]
    )
    op.create_index("ix_topic_read_before_topic", "topic_read_before", ["topic_id"])


def downgrade() -> None:
    op.drop_table("topic_read_before")
    op.execute("UPDATE posts SET withdrawn_at = written_at WHERE moved_to_id IS NOT NULL")
    op.drop_index("ix_posts_stubs", "posts")
    with op.batch_alter_table("posts") as posts:
        posts.drop_constraint("fk_posts_moved_to_id", type_="foreignkey")
        posts.drop_column("moved_to_id")
        posts.drop_column("came_at")
    op.drop_column("topics", "merged_at")
    op.drop_column("topics", "stubs")
