"""A topic as a whole, for those who carry it away: on paper, as Markdown, as JSON."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, lazyload, load_only

from community.members.models import Member
from community.organisations.models import Mandate
from forum.topics.models import Post, Topic
from forum.topics.queries import topic_for

PART = 200  # posts that are carried at once


class Load(NamedTuple):
    """So many posts of a topic, in the order of their seq, and where the next part begins."""

    topic: Topic
    first: int
    posts: Sequence[Post]
    further: int | None

    @property
    def earlier(self) -> int | None:
        """Where the part before begins, if parts are carried one after the other."""
        return max(self.first - PART, 1) if self.first > 1 else None


def load_for(session: Session, reader: Member | None, topic_id: int, first: int = 1) -> Load:
    """From the post with that seq on. What is gone is among them, and says nothing."""
    topic = topic_for(session, reader, topic_id)
    within = select(Post).where(Post.stream_id == topic.id, Post.seq >= first).order_by(Post.seq)
    posts = session.scalars(within.limit(PART).options(*_WHOLE)).all()
    end = posts[-1].seq if posts else topic.last_seq
    return Load(topic, first, posts, end + 1 if end < topic.last_seq else None)


_parent = joinedload(Post.parent)
_WHOLE = (
    joinedload(Post.mandate).joinedload(Mandate.organisation),
    _parent.options(load_only(Post.seq), lazyload(Post.author), lazyload(Post.mandate)),
)
