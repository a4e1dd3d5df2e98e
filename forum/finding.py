"""Finding in the posts of one topic what was said there."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.members.models import Member
from community.text import plain
from forum.readings import STANDING
from forum.topics.models import Post, Topic
from forum.topics.queries import topic_for

MOST = 50  # posts that are shown; who finds more says more words
MOST_WORDS = 8
AROUND = 90  # characters before and after the first word that was found


class Hit(NamedTuple):
    post: Post
    excerpt: Sequence[tuple[str, bool]]  # pieces of its text, and whether each is what was asked


class Finds(NamedTuple):
    topic: Topic
    hits: Sequence[Hit]
    more: bool  # than are shown


def finds_in(session: Session, reader: Member | None, topic_id: int, asked: str) -> Finds:
    """Posts that hold all of the words, in any order, the first first."""
    topic, words = topic_for(session, reader, topic_id), asked.split()[:MOST_WORDS]
    if not words:
        return Finds(topic, [], more=False)
    holding = select(Post).where(
        Post.stream_id == topic.id,
        *STANDING,
        *(Post.body.icontains(word, autoescape=True) for word in words),
    )
    posts = session.scalars(holding.order_by(Post.seq).limit(MOST + 1)).all()
    hits = [Hit(post, excerpt(post.body, words)) for post in posts[:MOST]]
    return Finds(topic, hits, more=len(posts) > MOST)


def excerpt(body: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The text around the first of the words; those among its marks (a link's address) are not in
    what is read, and then it is how the text begins."""
    text, sought = plain(body, len(body) + 1), re.compile("|".join(map(re.escape, words)), re.I)
    first = sought.search(text)
    start = max(first.start() - AROUND, 0) if first else 0
    end = (first.end() if first else start) + AROUND
    shown = f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"
    return list(_pieces(shown, sought))


def _pieces(text: str, sought: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    at = 0
    for found in sought.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False
