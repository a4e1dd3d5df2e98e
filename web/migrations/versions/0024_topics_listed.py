"""Lists of topics are as quick through every lens and in every view

Whether somebody else has written in a topic stands in its row, and its place is in an index in the
order of lists.

Revision ID: topics_listed
Revises: posts_move
"""

import sqlalchemy as sa
from alembic import op

revision = "topics_listed"
down_revision = "posts_move"
branch_labels = None
depends_on = None

PROVINCE = sa.text("substr(region, 1, 2)")
PLACES: dict[str, list[str | sa.TextClause]] = {
    "ix_topics_in_region": ["region", "moved_at"],
    "ix_topics_started_in_region": ["region", "started_at"],
    "ix_topics_in_province": [PROVINCE, "moved_at"],
    "ix_topics_started_in_province": [PROVINCE, "started_at"],
}
TOPICS = sa.table("topics", *map(sa.column, ("id", "starter_id")), sa.column("echoed", sa.Boolean))
WHERE = ("stream_id", "author_id", "hidden_at", "withdrawn_at", "moved_to_id")
POSTS = sa.table("posts", *map(sa.column, WHERE))


def upgrade() -> None:
    waiting = sa.Column("echoed", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("topics", waiting)
    there = (POSTS.c[gone].is_(None) for gone in WHERE[2:])
    others = (POSTS.c.stream_id == TOPICS.c.id, POSTS.c.author_id != TOPICS.c.starter_id, *there)
    op.execute(sa.update(TOPICS).where(sa.exists().where(*others)).values(echoed=True))
    never = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    unanswered = sa.text(f"answer_seq IS NULL AND (aim = 'question' OR echoed IS {never})")
    op.create_index("ix_topics_unanswered", "topics", ["started_at"], sqlite_where=unanswered,
                    postgresql_where=unanswered)  # fmt: skip
    for name, columns in PLACES.items():
        op.create_index(name, "topics", columns)


def downgrade() -> None:
    for name in ("ix_topics_unanswered", *PLACES):
        op.drop_index(name, table_name="topics")
    op.drop_column("topics", "echoed")
