"""Posts wait for a moderator, as messages do

Revision ID: held_posts
Revises: erasure
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "held_posts"
down_revision = "erasure"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "held_posts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("author_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("mandate_id", ID, sa.ForeignKey("mandates.id"), nullable=True),
        sa.Column("topic_id", ID, sa.ForeignKey("topics.id"), nullable=True),
        sa.Column("parent_id", ID, sa.ForeignKey("posts.id"), nullable=True),
        sa.Column("category_id", ID, sa.ForeignKey("categories.id"), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("cluster", sa.String(20), nullable=False),
        sa.Column("theme", sa.String(20), nullable=False),
        sa.Column("aim", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sent", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("blanked_at", MOMENT, nullable=True),
        sa.UniqueConstraint("author_id", "key", name="uq_held_posts_author_id_key"),
    )
    op.create_index("ix_held_posts_in_topic", "held_posts", ["topic_id", "author_id"])
    op.add_column("members", sa.Column("let_through", ID, nullable=False, server_default="0"))
    op.execute("UPDATE members SET let_through = (SELECT count(*) FROM held_messages"
               " WHERE held_messages.author_id = members.id AND state = 'released')"
               " WHERE observed")  # fmt: skip


def downgrade() -> None:
    op.drop_column("members", "let_through")
    op.drop_table("held_posts")
