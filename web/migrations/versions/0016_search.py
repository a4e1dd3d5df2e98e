"""An index over everything that is said, and what members look for again and again

What was written before is put into it by `akar reindex`.

Revision ID: search
Revises: topic_kinds
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "search"
down_revision = "topic_kinds"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("thing_id", ID, nullable=False),
        sa.Column("written_at", community.database.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("kind", "thing_id", name=op.f("uq_search_entries_kind_thing_id")),
    )
    op.create_index(op.f("ix_search_entries_written_at"), "search_entries", ["written_at"])
    if op.get_bind().dialect.name == "sqlite":
        # Our tokens have neither accents nor capitals any more: it only has to find the spaces.
        op.execute(
            "CREATE VIRTUAL TABLE search_words"
            " USING fts5(title, words, tokenize = 'unicode61 remove_diacritics 0')"
        )
    else:
        op.execute("CREATE TABLE search_words (id bigint PRIMARY KEY, tokens tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_search_words_tokens ON search_words USING gin (tokens)")


def downgrade() -> None:
    op.execute("DROP TABLE search_words")
    op.drop_table("search_entries")
