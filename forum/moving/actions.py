"""Posts keep their id wherever they go, so that all that hangs at them goes along, and every link
leads to them. Where one stood stays a stub: its seq is given for good, and leads there, too."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import aliased

from community import audit
from community.clock import now
from community.database import Transaction, batches
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import require
from community.search.actions import put_anew
from community.words import _
from forum.categories import Category, category_for
from forum.echoes import hear_others
from forum.indexing import mark_posts_anew
from forum.moving.along import Passage, carry_read, hear_along, leave_nothing, tell_along
from forum.moving.events import TopicMerged, TopicRearranged, TopicRestricted
from forum.moving.policies import may_bring, may_merge, may_move
from forum.moving.queries import Leaving, every_post, posts_chosen
from forum.timeline import Deed, note, numbered
from forum.topics.models import Post, Topic
from forum.topics.queries import topic_for, topic_going_on


def move(
    tx: Transaction, moderator: Member, topic_id: int, category_id: int, reason: str = ""
) -> Topic:
    """To another category. Its line names none: one of them may be for a few only. Where it was
    pinned it is not any more. Pages of it come back and are told whether they may go on."""
    topic = tx.hold(topic_for, moderator, topic_id)
    category = tx.hold(category_for, moderator, category_id)
    require(may_move(moderator, live_appointment_of(tx, moderator), topic, category))
    if topic.category_id == category.id:
        raise Conflict(_("It is there already."))
    audit.record(tx, moderator, "topic.moved", topic.address, category=category.id)
    before = topic.marks
    topic.category, topic.pinned_until = category, None
    mark_posts_anew(tx, topic, before)
    note(tx, topic, moderator, Deed.MOVED, reason)
    if category.restricted:
        tx.publish(TopicRestricted(topic_id=topic.id))
    return topic


def split(
    tx: Transaction, moderator: Member, topic_id: int, ids: Collection[int],
    title: str, category_id: int, *, reason: str,
) -> Topic:  # fmt: skip
    """These posts are a topic of their own from now on. Posts leave a topic once, so who sends this
    twice is told of the topic they made."""
    topic = tx.hold(topic_for, moderator, topic_id)
    if made := _made_of(tx, ids, topic):
        return topic_for(tx, moderator, made)
    category = tx.hold(category_for, moderator, category_id)
    require(may_move(moderator, live_appointment_of(tx, moderator), topic, category))
    _must_say(reason)
    posts = posts_chosen(tx, topic, ids)
    passage = _moved(tx, topic, _begun(tx, topic, category, title, posts[0]), posts)
    hear_along(tx, passage)
    return _told(tx, moderator, "topic.split", passage, reason)


def bring(
    tx: Transaction, moderator: Member, topic_id: int, ids: Collection[int],
    target_id: int, *, reason: str,
) -> Topic:  # fmt: skip
    """Into a topic that is there already, at its end. Twice is once."""
    topic, target = _hold_both(tx, moderator, topic_id, target_id)
    require(may_bring(moderator, live_appointment_of(tx, moderator), topic, target))
    if ids and _topics_of(tx, ids) == {target.id}:
        return target
    _must_say(reason)
    passage = _moved(tx, topic, target, posts_chosen(tx, topic, ids))
    return _told(tx, moderator, "topic.posts_moved", passage, reason)


def merge(
    tx: Transaction, moderator: Member, topic_id: int, target_id: int, *, reason: str
) -> Topic:
    """All of a topic, which leads to the other one from now on. Twice is once."""
    if topic_going_on(tx, moderator, topic_id).id == target_id != topic_id:
        return topic_for(tx, moderator, target_id)
    topic, target = _hold_both(tx, moderator, topic_id, target_id)
    require(may_merge(moderator, live_appointment_of(tx, moderator), topic, target))
    _must_say(reason)
    passage = _moved(tx, topic, target, every_post(tx, topic))
    topic.merged_at, topic.pinned_until, topic.closes_at = now(tx), None, None
    hear_along(tx, passage)
    leave_nothing(tx, passage)
    tx.publish(TopicMerged(topic_id=topic.id))
    return _told(tx, moderator, "topic.merged", passage, reason)


def _hold_both(
    tx: Transaction, moderator: Member, topic_id: int, target_id: int
) -> tuple[Topic, Topic]:
    """Raises Conflict where one of them was merged meanwhile."""
    tx.lock(*(topic_going_on(tx, moderator, id) for id in {topic_id, target_id}))
    topic, target = (topic_going_on(tx, moderator, id) for id in (topic_id, target_id))
    if (topic.id, target.id) != (topic_id, target_id):
        raise Conflict(_("One of these topics was merged with another one. Please look again."))
    return topic, target


def _begun(tx: Transaction, topic: Topic, category: Category, title: str, first: Leaving) -> Topic:
    """It began when its first post was written: nothing of it is new."""
    at = tx.scalars(select(Post.written_at).where(Post.id == first.id)).one()
    begun = Topic(
        category=category, starter_id=first.author_id, title=title, started_at=at, moved_at=at,
        region=topic.region, cluster=topic.cluster, theme=topic.theme,
    )  # fmt: skip
    tx.add(begun)
    tx.flush()
    return begun


def _moved(tx: Transaction, source: Topic, target: Topic, posts: Sequence[Leaving]) -> Passage:
    """The caller holds both, and with them their posts."""
    base, parents = target.last_seq, _parents_in(tx, target, posts)
    target.rev = max(target.rev, source.rev)  # the revs of a post only ever grow, wherever it goes
    tx.flush()
    places = [
        {"id": post.id, "stream_id": target.id, "seq": base + n, "rev": target.rev + n,
         "parent_id": parents.get(post.parent_id), "came_at": now(tx)}
        for n, post in enumerate(posts, 1)
    ]  # fmt: skip
    tx.execute(update(Post), places)
    target.last_seq += len(posts)
    target.rev += len(posts)
    passage = Passage(source, target, posts, base, _leave_stubs(tx, source, posts))
    tx.flush()
    tx.expire_all()  # what is in memory says where they stood before
    _settle(tx, passage)
    return passage


def _settle(tx: Transaction, passage: Passage) -> None:
    """What follows from where posts stand. The first is or was found by the title of its topic."""
    source, target, posts, base, _stub = passage
    if source.answer_seq in passage.arrived:
        source.answer_seq = None
    for topic in (source, target):
        topic.moved_at = _last_written(tx, topic) or topic.moved_at
        hear_others(tx, topic)
    mark_posts_anew(tx, target, source.marks, since=base + 1)
    put_anew(tx, tx.get_one(Post, posts[0].id).thing)
    carry_read(tx, passage)


def _parents_in(
    tx: Transaction, target: Topic, posts: Sequence[Leaving]
) -> Mapping[int | None, int]:
    """What each post answers there: one that comes along, or one that came before."""
    ids = {post.id for post in posts}
    parents: dict[int | None, int] = {id: id for id in ids}
    stub, home = aliased(Post), aliased(Post)
    came = select(stub.id, home.id).join(home, home.id == stub.moved_to_id)
    for some in batches({post.parent_id for post in posts if post.parent_id} - ids):
        there = came.where(stub.id.in_(some), home.stream_id == target.id)
        parents |= {left: id for left, id in tx.execute(there)}
    return parents


def _leave_stubs(tx: Transaction, source: Topic, posts: Sequence[Leaving]) -> int:
    """Each where its post stood, with what was replied to it below. Answers the least id."""
    rows = [
        {"stream_id": source.id, "seq": post.seq, "rev": source.rev + n, "moved_to_id": post.id,
         "author_id": post.author_id, "parent_id": post.parent_id, "key": f"stub-{uuid4().hex}",
         "first_rev": source.rev + n, "first_hash": "", "body": "", "html": "",
         "written_at": now(tx)}
        for n, post in enumerate(posts, 1)
    ]  # fmt: skip
    stubs = {
        was: id for id, was in tx.execute(insert(Post).returning(Post.id, Post.moved_to_id), rows)
    }
    source.rev += len(posts)
    source.stubs += len(posts)
    below = select(Post.id, Post.parent_id).where(Post.stream_id == source.id).order_by(Post.seq)
    left = [
        row for some in batches(stubs) for row in tx.execute(below.where(Post.parent_id.in_(some)))
    ]
    if left:
        tx.execute(update(Post), [
            {"id": id, "parent_id": stubs[parent], "rev": source.rev + n}
            for n, (id, parent) in enumerate(left, 1)
        ])  # fmt: skip
    source.rev += len(left)
    return min(stubs.values())


def _told(tx: Transaction, moderator: Member, verb: str, passage: Passage, reason: str) -> Topic:
    source, target = passage.source, passage.target
    audit.record(tx, moderator, verb, source.address, about=target.address)
    tell_along(tx, moderator, passage, reason)
    if source.merged_at:
        note(tx, target, moderator, Deed.MERGED, reason)
    else:
        left, came = numbered(passage.arrived), numbered(passage.arrived.values())
        note(tx, source, moderator, Deed.TOOK_AWAY, reason, numbers=left)
        note(tx, target, moderator, Deed.BROUGHT, reason, numbers=came)
        tx.publish(TopicRearranged.of(source))
    tx.publish(TopicRearranged.of(target))
    return target


def _made_of(tx: Transaction, ids: Collection[int], topic: Topic) -> int | None:
    """The other topic that begins with one of these posts and has them all."""
    first = select(Post.stream_id).where(Post.id.in_(list(ids)), Post.seq == 1)
    made = tx.scalar(first.where(Post.stream_id != topic.id))
    return made if _topics_of(tx, ids) == {made} else None


def _topics_of(tx: Transaction, ids: Collection[int]) -> set[int]:
    return set(tx.scalars(select(Post.stream_id).where(Post.id.in_(list(ids)))))


def _last_written(tx: Transaction, topic: Topic) -> datetime | None:
    standing = (Post.stream_id == topic.id, Post.moved_to_id.is_(None))
    return tx.scalar(select(func.max(Post.written_at)).where(*standing))


def _must_say(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Please say why: their authors and everybody here will read it."))
