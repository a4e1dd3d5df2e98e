"""What members want to find again, with a note to themselves. Nobody else sees it.

Sections in house order: models, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from community.clock import now
from community.database import Base, Transaction
from community.errors import Invalid, NotFound
from community.members.models import Member
from community.words import _
from forum.readings import STANDING
from forum.topics.models import Post, Topic
from forum.topics.queries import post_for, topic_for, topics_of

MOST = 1_000  # of one member
PAGE = 20

# Models


class Bookmark(Base):
    """Of a topic or of a post."""

    __tablename__ = "bookmarks"
    __table_args__ = (
        UniqueConstraint("member_id", "topic_id"),
        UniqueConstraint("member_id", "post_id"),
        CheckConstraint("(topic_id IS NULL) != (post_id IS NULL)", name="of_one_thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]

    topic: Mapped[Topic | None] = relationship()
    post: Mapped[Post | None] = relationship()


# Queries


class Place(NamedTuple):
    """Where a bookmark is, or would be laid."""

    topic: Topic
    post: Post | None
    bookmark: Bookmark | None


def place_of_topic(session: Session, member: Member, topic_id: int) -> Place:
    topic = topic_for(session, member, topic_id)
    mine = select(Bookmark).where(Bookmark.member_id == member.id)
    return Place(topic, None, session.scalar(mine.where(Bookmark.topic_id == topic.id)))


def place_of_post(session: Session, member: Member, post_id: int) -> Place:
    """What is gone has no text to find again. Raises NotFound."""
    post = post_for(session, member, post_id)
    if post.gone:
        raise NotFound
    mine = select(Bookmark).where(Bookmark.member_id == member.id)
    return Place(post.topic, post, session.scalar(mine.where(Bookmark.post_id == post.id)))


def bookmarks_of(session: Session, member: Member, before: int = 0) -> Sequence[Bookmark]:
    """Of what they may still see, the newest first; `before` is the id of the last one seen."""
    seen = topics_of(member).with_only_columns(Topic.id)
    there = select(Post.id).where(Post.id == Bookmark.post_id, Post.stream_id.in_(seen), *STANDING)
    listed = (
        select(Bookmark)
        .where(Bookmark.member_id == member.id)
        .where(or_(Bookmark.topic_id.in_(seen), there.exists()))
        .options(joinedload(Bookmark.topic), joinedload(Bookmark.post).joinedload(Post.topic))
        .order_by(Bookmark.id.desc())
        .limit(PAGE)
    )
    return session.scalars(listed.where(Bookmark.id < before) if before else listed).all()


# Actions


def bookmark_topic(tx: Transaction, member: Member, topic_id: int, note: str) -> Place:
    return _lay(tx, member, place_of_topic(tx, member, topic_id), note)


def bookmark_post(tx: Transaction, member: Member, post_id: int, note: str) -> Place:
    return _lay(tx, member, place_of_post(tx, member, post_id), note)


def remove_bookmark(tx: Transaction, member: Member, bookmark_id: int) -> None:
    bookmark = tx.get(Bookmark, bookmark_id)
    if bookmark is None or bookmark.member_id != member.id:
        raise NotFound
    tx.delete(bookmark)


def _lay(tx: Transaction, member: Member, place: Place, note: str) -> Place:
    """Where there is one already, it is given this note."""
    if place.bookmark:
        place.bookmark.note = note
        return place
    theirs = select(func.count()).where(Bookmark.member_id == member.id)
    if tx.scalars(theirs).one() >= MOST:
        raise Invalid(_("You have as many bookmarks as you can: at most %(most)s."), most=MOST)
    of = {"post_id": place.post.id} if place.post else {"topic_id": place.topic.id}
    bookmark = Bookmark(member_id=member.id, note=note, made_at=now(tx), **of)
    tx.add(bookmark)
    tx.flush()
    return place._replace(bookmark=bookmark)
