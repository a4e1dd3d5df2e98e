"""What members have written in the forum, as a reader may see it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from community.members.models import Member
from community.organisations.models import Mandate
from forum.readings import STANDING
from forum.topics.models import Post, Topic
from forum.topics.queries import topics_of

RECENT = 20


def writings_of(session: Session, reader: Member | None, author: Member) -> Sequence[Post]:
    """The newest posts that say something, with their topics."""
    theirs = select(Post).where(Post.author_id == author.id, _seen_by(reader), *STANDING)
    newest = theirs.order_by(Post.id.desc()).limit(RECENT)
    return session.scalars(newest.options(joinedload(Post.topic))).all()


def is_met_in_public(session: Session, member: Member, mandates: Iterable[Mandate]) -> bool:
    """Whether visitors meet them: they speak for an organisation that is verified, or their name
    stands in the forum where visitors read. `mandates` are their live ones."""
    verified = any(one.organisation.verified for one in mandates)
    return verified or _is_known_in_public(session, member)


def post_is_there(session: Session, reader: Member, topic_id: int, seq: int) -> bool:
    """Whether the reader may see that post, and it says something."""
    there = select(Post.id).where(
        Post.stream_id == topic_id, Post.seq == seq, _seen_by(reader), *STANDING
    )
    return session.scalar(there) is not None


def _is_known_in_public(session: Session, author: Member) -> bool:
    theirs = (Post.author_id == author.id, Post.moved_to_id.is_(None))
    posts = select(Post.id).where(*theirs, _seen_by(None))
    topics = topics_of(None).where(Topic.starter_id == author.id).with_only_columns(Topic.id)
    known = select(Member.id).where(Member.id == author.id, or_(posts.exists(), topics.exists()))
    return session.scalar(known) is not None


def _seen_by(reader: Member | None) -> ColumnElement[bool]:
    return Post.stream_id.in_(topics_of(reader).with_only_columns(Topic.id))
