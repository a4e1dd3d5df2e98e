"""What was said elsewhere becomes posts: in a topic of its own, or at the end of one that is there.
Authors, times and whom they spoke for stay as they were. For some minutes all of it can go back.

Where it comes from is not known here: web/crossings.py calls both.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import BigInteger, Select, delete, func, insert, literal, select

from community.attachments import Attached, hang_anew
from community.blocks import away_from
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, NotFound
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.places import Lens
from community.policies import require
from community.reactions import Given, carry
from community.reactions import Reaction as Reactions
from community.search.actions import put, take_out
from community.streams import Entry, Version
from community.words import _
from forum.arriving.policies import may_go_back, may_see_theirs
from forum.arriving.queries import posts_made_of
from forum.categories import Category, category_for, sees
from forum.echoes import hear_others
from forum.following.actions import follow_written
from forum.following.models import TopicLevel
from forum.moving.events import TopicEmptied, TopicRearranged
from forum.reactions import Reaction
from forum.readings import ReadBefore, Reading
from forum.timeline import Deed, note, numbered
from forum.topics.models import Post, Topic
from forum.topics.policies import may_reply, may_start
from forum.topics.queries import topic_going_on


class Said(NamedTuple):
    """Something that becomes a post."""

    entry: Entry
    answers: int | None = None  # the id of what it answers where it was said
    reactions: Mapping[str, Given] = {}
    attachments: Sequence[Attached] = ()


class Origin(NamedTuple):
    """Where all of it was said."""

    kind: str  # of the stream
    name: str  # if all members may see it
    place: Lens
    reactions: type[Reactions]
    read: Select[Any]  # members, with how many of the first of these they have read


def begin(
    tx: Transaction, member: Member, category_id: int, title: str, said: Sequence[Said],
    origin: Origin,
) -> Topic:  # fmt: skip
    """A topic of its own, which began when the first of these was said: nothing of it is new."""
    category = category_for(tx, member, category_id)
    require(may_start(member, category))
    first, place = said[0].entry, origin.place
    topic = Topic(
        category=category, starter_id=first.author_id, title=title, started_at=first.written_at,
        moved_at=first.written_at, region=place.region or category.region,
        cluster=place.cluster or category.cluster, theme=place.theme or category.theme,
    )  # fmt: skip
    tx.add(topic)
    tx.flush()
    return _arrived(tx, member, topic, said, origin, Deed.MADE_OF)


def take_in(
    tx: Transaction, member: Member, topic_id: int, said: Sequence[Said], origin: Origin
) -> Topic:
    """At the end of a topic."""
    topic = tx.hold(topic_going_on, member, topic_id)
    require(may_reply(member, topic))
    return _arrived(tx, member, topic, said, origin, Deed.TOOK_IN)


def send_back(tx: Transaction, member: Member, kind: str, message_ids: Collection[int]) -> Topic:
    """Posts that were said as these, of that kind. Where each stood stays a line, as its number is
    given for good; a topic in which nothing else stands is none any more."""
    topic = _topic_of(posts_made_of(tx, message_ids))
    tx.lock(topic)
    posts = posts_made_of(tx, message_ids)
    if len(posts) < len(message_ids) or _topic_of(posts) != topic:
        raise Conflict(_("Some of these posts have left the topic, so this cannot be undone."))
    others = _standing_in(tx, topic) - len(posts)
    require(may_go_back(topic, posts, others))
    hang_anew(tx, {f"{Post.kind}:{p.id}": f"{kind}:{p.message_id}" for p in posts})
    for post in posts:
        _leave_line(topic, post)
    if topic.answer_seq in {post.seq for post in posts}:
        topic.answer_seq = None
    take_out(tx, Post.kind, [post.id for post in posts])
    if not others:
        return _emptied(tx, topic)
    _settle(tx, topic)
    note(tx, topic, member, Deed.SENT_BACK, numbers=numbered(post.seq for post in posts))
    tx.publish(TopicRearranged.of(topic))
    return topic


def _arrived(
    tx: Transaction, member: Member, topic: Topic, said: Sequence[Said], origin: Origin, deed: Deed
) -> Topic:
    authors = {one.entry.author_id for one in said}
    require(may_see_theirs(len(authors) - _seeing(tx, topic.category, authors)))
    base = topic.last_seq
    posts = _posts(tx, topic, said, origin)
    _answer(tx, topic, said, posts)
    _carry_along(tx, origin, said, posts)
    _carry_read(tx, topic, base, origin)
    put(tx, [post.thing for post in posts])
    for author in {one.entry.author for one in said}:
        follow_written(tx, author, topic)
    _settle(tx, topic)
    note(tx, topic, member, deed, numbers=numbered(post.seq for post in posts))
    tx.publish(TopicRearranged.of(topic))
    _tell(tx, member, topic, posts[0], authors)
    return topic


def _seeing(tx: Transaction, category: Category, authors: Collection[int]) -> int:
    seeing = select(func.count(Member.id)).where(Member.id.in_(authors), sees(category))
    return tx.scalars(seeing).one()


def _posts(tx: Transaction, topic: Topic, said: Sequence[Said], origin: Origin) -> list[Post]:
    posts = [_post(tx, topic, one, origin) for one in said]
    tx.add_all(posts)
    tx.flush()
    return posts


def _post(tx: Transaction, topic: Topic, said: Said, origin: Origin) -> Post:
    entry = said.entry
    topic.last_seq += 1
    topic.rev += 1
    return Post(
        topic=topic, seq=topic.last_seq, rev=topic.rev, first_rev=topic.rev, first_hash="",
        key=f"said-{uuid4().hex}", author=entry.author, mandate=entry.mandate, body=entry.body,
        html=entry.html, written_at=entry.written_at, edited_at=entry.edited_at,
        came_at=now(tx), message_id=entry.id, said_in=origin.name,
        reactions=dict(said.reactions), attachments=list(said.attachments),
    )  # fmt: skip


def _answer(tx: Transaction, topic: Topic, said: Sequence[Said], posts: Sequence[Post]) -> None:
    """What it answered, where that came along, or stands in the topic since before."""
    answered = {one.answers for one in said if one.answers}
    there = [post for post in posts_made_of(tx, answered) if post.stream_id == topic.id]
    by_message = {post.message_id: post for post in there}
    for one, post in zip(said, posts, strict=True):
        parent = by_message.get(one.answers)
        post.parent = parent if parent and parent.seq < post.seq else None
    tx.flush()


def _carry_along(
    tx: Transaction, origin: Origin, said: Sequence[Said], posts: Sequence[Post]
) -> None:
    """What was said to them, what hangs at them, what they said before."""
    ids = {one.entry.id: post.id for one, post in zip(said, posts, strict=True)}
    carry(tx, origin.reactions, ids, Reaction)
    hung = [one.entry for one in said if one.attachments]
    hang_anew(tx, {f"{one.kind}:{one.id}": f"{Post.kind}:{ids[one.id]}" for one in hung})
    edited = [one.entry.id for one in said if one.entry.edited_at]
    before = select(Version).where(Version.kind == origin.kind, Version.entry_id.in_(edited))
    for version in tx.scalars(before.order_by(Version.id)).all():
        tx.add(Version(kind=Topic.kind, entry_id=ids[version.entry_id], body=version.body,
                       html=version.html, replaced_at=version.replaced_at,
                       reason=version.reason))  # fmt: skip


def _carry_read(tx: Transaction, topic: Topic, base: int, origin: Origin) -> None:
    """Who has read it has read it, who has not has not."""
    read = origin.read.subquery()
    member_id, count = read.c
    spans = select(
        member_id, literal(topic.id, BigInteger), literal(base + 1, BigInteger), base + count
    ).where(count > 0)
    columns = [ReadBefore.member_id, ReadBefore.topic_id, ReadBefore.first_seq, ReadBefore.last_seq]
    tx.execute(insert(ReadBefore).from_select(columns, spans))


def _settle(tx: Transaction, topic: Topic) -> None:
    topic.moved_at = _last_written(tx, topic) or topic.moved_at
    hear_others(tx, topic)


def _tell(
    tx: Transaction, member: Member, topic: Topic, first: Post, authors: Collection[int]
) -> None:
    others = set(authors) - {member.id}
    notify(tx, others - away_from(tx, member, others), NoticeKind.TOPIC, actor=member,
           title=topic.title, link=f"/posts/{first.id}", stream=topic.address,
           seq=first.seq)  # fmt: skip


def _leave_line(topic: Topic, post: Post) -> None:
    topic.rev += 1
    topic.stubs += 1
    post.rev, post.moved_to_id = topic.rev, post.id
    post.body = post.html = ""
    post.reactions, post.attachments = {}, []


def _emptied(tx: Transaction, topic: Topic) -> Topic:
    topic.merged_at, topic.pinned_until, topic.closes_at = now(tx), None, None
    for kind in (Reading, ReadBefore, TopicLevel):
        tx.execute(delete(kind).where(kind.topic_id == topic.id))
    tx.publish(TopicEmptied(topic_id=topic.id))
    return topic


def _topic_of(posts: Sequence[Post]) -> Topic:
    if not posts:
        raise NotFound
    return posts[0].topic


def _standing_in(tx: Transaction, topic: Topic) -> int:
    there = (Post.stream_id == topic.id, Post.moved_to_id.is_(None))
    return tx.scalars(select(func.count(Post.id)).where(*there)).one()


def _last_written(tx: Transaction, topic: Topic) -> datetime | None:
    tx.flush()
    there = (Post.stream_id == topic.id, Post.moved_to_id.is_(None))
    return tx.scalar(select(func.max(Post.written_at)).where(*there))
