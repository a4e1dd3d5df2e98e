"""What was concluded before stays; who wrote the last one is known from the timeline

Revision ID: conclusions
Revises: topics_listed
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "conclusions"
down_revision = "topics_listed"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
TOPICS = sa.table(
    "topics",
    *map(sa.column, ("id", "starter_id", "started_at", "conclusion", "conclusion_html")),
)
LINES = sa.table("topic_lines", *map(sa.column, ("id", "topic_id", "deed", "actor_id", "done_at")))


def upgrade() -> None:
    conclusions = op.create_table(
        "conclusions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("topic_id", ID, sa.ForeignKey("topics.id"), nullable=False),
        sa.Column("author_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
    )
    op.create_index(op.f("ix_conclusions_topic_id"), "conclusions", ["topic_id"], unique=False)
    concluded = (LINES.c.topic_id == TOPICS.c.id, LINES.c.deed == "concluded")
    last = sa.select(sa.func.max(LINES.c.id)).where(*concluded).scalar_subquery()
    line = LINES.alias("line")
    there = (
        sa.select(
            TOPICS.c.id,
            sa.func.coalesce(line.c.actor_id, TOPICS.c.starter_id),
            TOPICS.c.conclusion,
            TOPICS.c.conclusion_html,
            sa.func.coalesce(line.c.done_at, TOPICS.c.started_at),
        )
        .select_from(TOPICS.outerjoin(line, line.c.id == last))
        .where(TOPICS.c.conclusion != "")
    )
    names = ["topic_id", "author_id", "body", "html", "written_at"]
    op.execute(sa.insert(conclusions).from_select(names, there))


def downgrade() -> None:
    op.drop_table("conclusions")
