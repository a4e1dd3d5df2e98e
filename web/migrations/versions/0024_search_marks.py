"""What a thing is besides its words stands in the index of the search, too

By whom and for whom it was said, where, with which tags: so that few among many are found. What is
there is given its marks here (community/search/models.py makes the same ones); its words stay.

Revision ID: search_marks
Revises: attachments
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "search_marks"
down_revision = "attachments"
branch_labels = None
depends_on = None

ENTRIES = sa.table("search_entries", sa.column("id"), sa.column("kind"), sa.column("thing_id"))
ENTRY = ("id", "stream_id", "seq", "author_id", "mandate_id", "html", "attachments")
POSTS = sa.table("posts", *map(sa.column, ENTRY))
MESSAGES = sa.table("messages", *map(sa.column, ENTRY))
PLACED = ("id", "category_id", "region", "cluster")
TOPICS = sa.table("topics", *map(sa.column, PLACED))
TAGS = sa.table("topic_tags", sa.column("topic_id"), sa.column("tag"))
SIGNS = (("%<a %", "link"), ("%<code%", "code"))


def upgrade() -> None:
    connection = op.get_bind()
    marks = _marks(sqlite=connection.dialect.name == "sqlite").subquery()
    if connection.dialect.name == "sqlite":
        _made_anew("title, words, marks")
        op.execute("CREATE TABLE search_words_marks (id INTEGER PRIMARY KEY, marks TEXT)")
        into = sa.table("search_words_marks", sa.column("id"), sa.column("marks"))
        connection.execute(sa.insert(into).from_select(["id", "marks"], sa.select(marks)))
        op.execute(
            "INSERT INTO search_words (rowid, title, words, marks)"
            " SELECT old.rowid, title, words, marks || ' ' FROM search_words_old old"
            " JOIN search_words_marks ON search_words_marks.id = old.rowid"
        )
        op.execute("DROP TABLE search_words_marks")
        op.execute("DROP TABLE search_words_old")
    else:
        words = sa.table("search_words", sa.column("id"), sa.column("tokens"))
        listed = sa.func.string_to_array(sa.func.trim(marks.c.marks), " ")
        more = words.c.tokens.op("||")(sa.func.array_to_tsvector(listed))
        op.execute("DROP INDEX ix_search_words_tokens")
        connection.execute(sa.update(words).where(words.c.id == marks.c.id).values(tokens=more))
        op.execute("CREATE INDEX ix_search_words_tokens ON search_words USING gin (tokens)")


def downgrade() -> None:
    """Marks that nobody asks for do no harm in a tsvector."""
    if op.get_bind().dialect.name == "sqlite":
        _made_anew("title, words")
        op.execute(
            "INSERT INTO search_words (rowid, title, words)"
            " SELECT rowid, title, words FROM search_words_old"
        )
        op.execute("DROP TABLE search_words_old")


def _made_anew(columns: str) -> None:
    op.execute("ALTER TABLE search_words RENAME TO search_words_old")
    op.execute(
        f"CREATE VIRTUAL TABLE search_words"
        f" USING fts5({columns}, tokenize = 'unicode61 remove_diacritics 0')"
    )


def _marks(*, sqlite: bool) -> Any:
    """Of every entry: " a7 c3"."""
    entry = ENTRIES.c.kind, ENTRIES.c.thing_id
    tagged = sa.literal(" t0") + _hex(TAGS.c.tag, sqlite=sqlite)
    together = sa.func.group_concat if sqlite else sa.func.string_agg
    tags = sa.select(together(tagged, "")).where(TAGS.c.topic_id == TOPICS.c.id).scalar_subquery()
    file = _if(sa.cast(POSTS.c.attachments, sa.Text) != "[]", _named("h", "file"))
    of_post = (
        _said(POSTS) + file + _numbered("c", TOPICS.c.category_id) + sa.func.coalesce(tags, "")
    )
    of_post += _placed(sqlite=sqlite) + _if(POSTS.c.seq == 1, _named("k", "topic"))
    of_message = _said(MESSAGES) + _named("k", "message") + _numbered("s", MESSAGES.c.stream_id)
    posts = sa.select(ENTRIES.c.id, of_post.label("marks")).select_from(
        ENTRIES.join(POSTS, sa.and_(entry[0] == "post", POSTS.c.id == entry[1])).join(
            TOPICS, TOPICS.c.id == POSTS.c.stream_id
        )
    )
    messages = sa.select(ENTRIES.c.id, of_message.label("marks")).select_from(
        ENTRIES.join(MESSAGES, sa.and_(entry[0] == "message", MESSAGES.c.id == entry[1]))
    )
    others = (
        sa.select(ENTRIES.c.id, sa.literal(_named("k", kind)).label("marks")).where(
            entry[0] == kind
        )
        for kind in ("announcement", "member", "organisation")
    )
    return sa.union_all(posts, messages, *others)


def _said(entries: Any) -> Any:
    spoken_for = _if(entries.c.mandate_id.is_not(None), _numbered("m", entries.c.mandate_id))
    has = [_if(entries.c.html.like(sign), _named("h", what)) for sign, what in SIGNS]
    return _numbered("a", entries.c.author_id) + spoken_for + has[0] + has[1]


def _placed(*, sqlite: bool) -> Any:
    region, cluster = TOPICS.c.region, TOPICS.c.cluster
    province = sa.literal(" r0") + _hex(sa.func.substr(region, 1, 2), sqlite=sqlite)
    regency = sa.literal(" r0") + _hex(region, sqlite=sqlite)
    of_cluster = sa.literal(" l0") + _hex(cluster, sqlite=sqlite)
    parts = _if(region != "", province) + _if(sa.func.length(region) > 2, regency)
    return parts + _if(cluster != "", of_cluster)


def _if(true: Any, mark: Any) -> Any:
    return sa.case((true, mark), else_="")


def _numbered(letter: str, number: Any) -> Any:
    return sa.literal(f" {letter}") + sa.cast(number, sa.Text)


def _named(letter: str, name: str) -> str:
    return f" {letter}0{name.encode().hex()}"


def _hex(text: Any, *, sqlite: bool) -> Any:
    if sqlite:
        return sa.func.lower(sa.func.hex(text))
    return sa.func.encode(sa.func.convert_to(text, "UTF8"), "hex")
