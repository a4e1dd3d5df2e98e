"""What goes along when posts move: how far members have read, what they follow, what they were
told, what they marked and began to write. Each is a statement, however many members there are.

Reactions, edits, polls, files, reports and search need nothing: they know a post by its id.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from community.database import Transaction
from community.drafts import drafts_move
from community.files import File
from community.members.models import Member
from community.notices.actions import notices_move, notify
from community.notices.models import NoticeKind
from forum.bookmarks import Bookmark
from forum.following.models import Level, TopicLevel
from forum.holding import HeldPost
from forum.moving.queries import Leaving
from forum.readings import ReadBefore, Reading
from forum.topics.models import Post, Topic
from forum.topics.queries import still_reading


class Passage(NamedTuple):
    """Posts that have just come from one topic into another, where they stand after `base`."""

    source: Topic
    target: Topic
    posts: Sequence[Leaving]
    base: int
    first_stub: int  # the id; the others have greater ones

    @property
    def arrived(self) -> dict[int, int]:
        """The seq each has now, by the one it had."""
        return {post.seq: seq for seq, post in enumerate(self.posts, self.base + 1)}


STUB, HOME, OTHER = aliased(Post), aliased(Post), aliased(Reading)


def carry_read(tx: Transaction, passage: Passage) -> None:
    """Who has read a post has read it, who has not has not."""
    source, first = passage.source.id, passage.posts[0].seq
    behind = _arrived(passage, HOME.seq).where(STUB.seq <= Reading.read_seq)
    farthest = behind.order_by(STUB.seq.desc()).limit(1)
    marked = select(
        Reading.member_id,
        literal(passage.target.id, BigInteger),
        literal(passage.base + 1, BigInteger),
        farthest.correlate(Reading).scalar_subquery(),
    ).where(Reading.topic_id == source, Reading.read_seq >= first)
    spans = (
        _arrived(passage, ReadBefore.member_id, literal(passage.target.id, BigInteger),
                 func.min(HOME.seq), func.max(HOME.seq))
        .join(ReadBefore, STUB.seq.between(ReadBefore.first_seq, ReadBefore.last_seq))
        .where(ReadBefore.topic_id == source)
        .group_by(ReadBefore.id, ReadBefore.member_id)
    )  # fmt: skip
    columns = [ReadBefore.member_id, ReadBefore.topic_id, ReadBefore.first_seq, ReadBefore.last_seq]
    for read in (spans, marked):
        tx.execute(insert(ReadBefore).from_select(columns, read))


def hear_along(tx: Transaction, passage: Passage) -> None:
    """Where a topic goes on in another: who follows, muted or opened the one does so with the other
    unless they chose something for that; nobody mutes what they had opened."""
    source, target = passage.source.id, passage.target.id
    there = literal(target, BigInteger)
    chosen, opened = _has(TopicLevel, aliased(TopicLevel), target), _has(TopicLevel, OTHER, target)
    levels = select(TopicLevel.member_id, there, TopicLevel.level).where(
        TopicLevel.topic_id == source, ~chosen, or_(TopicLevel.level != Level.MUTED, ~opened)
    )
    tx.execute(insert(TopicLevel).from_select(["member_id", "topic_id", "level"], levels))
    readings = select(Reading.member_id, there, literal(0, BigInteger)).where(
        Reading.topic_id == source, ~_has(Reading, OTHER, target)
    )
    tx.execute(insert(Reading).from_select(["member_id", "topic_id", "read_seq"], readings))


def tell_along(tx: Transaction, moderator: Member, passage: Passage, reason: str) -> None:
    """The authors, once each. Who may not see where they went is not led there."""
    source, target = passage.source, passage.target
    notices_move(tx, source.address, target.address, passage.arrived)
    authors = {post.author_id for post in passage.posts} - {moderator.id}
    seeing = {who for who, _topic in still_reading(tx, {(one, target.id) for one in authors})}
    for members, link, stream in (
        (seeing, f"/posts/{passage.posts[0].id}", target.address),
        (authors - seeing, f"/topics/{source.id}", ""),
    ):
        notify(tx, members, NoticeKind.MOVED, actor=moderator, title=source.title, reason=reason,
               link=link, stream=stream, seq=passage.base + 1)  # fmt: skip


def leave_nothing(tx: Transaction, passage: Passage) -> None:
    """What hung at the topic itself, which is not there any more. A bookmark of it is one of its
    first post from now on; what waits for a moderator waits where it went."""
    source, first = passage.source, passage.posts[0].id
    drafts_move(tx, source.address, passage.target.address)
    waiting = update(File).where(File.place == source.address)
    tx.execute(waiting.values(place=passage.target.address))
    held = update(HeldPost).where(HeldPost.topic_id == source.id)
    tx.execute(held.values(topic_id=passage.target.id))
    for kind in (Reading, ReadBefore, TopicLevel):
        tx.execute(delete(kind).where(kind.topic_id == source.id))
    other = aliased(Bookmark)
    marked = exists().where(other.member_id == Bookmark.member_id, other.post_id == first)
    moved = update(Bookmark).where(Bookmark.topic_id == source.id, ~marked)
    tx.execute(moved.values(topic_id=None, post_id=first))


def _arrived(passage: Passage, *what: SQLColumnExpression[int]) -> Select[*tuple[int, ...]]:
    """Of the posts, where they were and where they are."""
    between = STUB.seq.between(passage.posts[0].seq, passage.posts[-1].seq)
    stubs = and_(STUB.stream_id == passage.source.id, between, STUB.id >= passage.first_stub)
    return select(*what).select_from(STUB).join(HOME, HOME.id == STUB.moved_to_id).where(stubs)


def _has(mine: type[TopicLevel | Reading], other: Any, topic_id: int) -> ColumnElement[bool]:
    """The member of a row in `mine`, in that topic."""
    return exists().where(other.member_id == mine.member_id, other.topic_id == topic_id)
