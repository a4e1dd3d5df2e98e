"""What members want to hear of topics, categories and places: whoever wrote in a topic follows it

Revision ID: following
Revises: search
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "following"
down_revision = "search"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LISTS = (
    ("ix_topics_in_category", ["category_id", "moved_at"]),
    ("ix_topics_started_at", ["started_at"]),
    ("ix_topics_started_by", ["starter_id", "moved_at"]),
)


def upgrade() -> None:
    _levels("topic", sa.Column("topic_id", ID, sa.ForeignKey("topics.id"), primary_key=True))
    op.create_index("ix_topic_levels_topic", "topic_levels", ["topic_id"], unique=False)
    _levels(
        "category",
        sa.Column("category_id", ID, sa.ForeignKey("categories.id"), primary_key=True),
        _since(),
    )
    axes = (("region", 5), ("cluster", 20), ("theme", 20))
    _levels("lens", *(_axis(*axis) for axis in axes), _since())
    op.execute(
        "INSERT INTO topic_levels (member_id, topic_id, level) "
        "SELECT DISTINCT author_id, stream_id, 'following' FROM posts"
    )
    for name, columns in LISTS:
        op.create_index(name, "topics", columns, unique=False)


def downgrade() -> None:
    for name, _columns in reversed(LISTS):
        op.drop_index(name, table_name="topics")
    for name in ("lens", "category", "topic"):
        op.drop_table(f"{name}_levels")


def _levels(name: str, *columns: sa.Column) -> None:
    op.create_table(
        f"{name}_levels",
        sa.Column("member_id", ID, sa.ForeignKey("members.id"), primary_key=True),
        *columns,
        sa.Column("level", sa.String(), nullable=False),
    )


def _axis(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length), primary_key=True)


def _since() -> sa.Column:
    return sa.Column("since", community.database.Moment(timezone=True), nullable=False)
