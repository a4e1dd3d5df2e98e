from datetime import datetime
from typing import Any

from community import audit
from community.attachments import ALONE, Along, forget_files, prints_of
from community.clock import now
from community.database import Transaction
from community.drafts import use_draft
from community.errors import Conflict, Refusal
from community.histories import words_after
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.notices.actions import read_along
from community.places import Lens
from community.policies import require
from community.restrictions import active_on
from community.streams import change, earlier, fingerprint, revise, rewrite
from community.text import written
from community.words import _
from forum.attachments import hang
from forum.categories import category_for
from forum.echoes import hear_others
from forum.holding import may_edit
from forum.mentions import Scene, called_in, tell_of_edit
from forum.readings import read_to, unread_from
from forum.replying import Replying, begin, reply_all
from forum.tags import put_tags
from forum.timeline import Deed, note
from forum.topics.events import PostChanged, TopicChanged, TopicStarted
from forum.topics.models import Filed, Post, Topic, Wanted
from forum.topics.policies import (
    may_bring_back,
    may_change,
    may_close,
    may_lock,
    may_start,
)
from forum.topics.queries import post_for, topic_for

AS_USUAL = Filed()


def start(
    tx: Transaction,
    member: Member,
    category_id: int,
    title: str,
    body: str,
    place: Lens,
    *,
    key: str,
    mandate_id: int | None = None,
    filed: Filed = AS_USUAL,
) -> Post:
    """A topic with its first post. Where the place is empty it is that of the category."""
    along = filed.along
    sent = sent_with(tx, member, Wanted(category_id, title, body, place, key, mandate_id, filed))
    if post := earlier(tx, Post, member, key, sent):
        forget_files(tx, member, along)
        return post

    category = category_for(tx, member, category_id)
    require(may_start(member, category))
    topic = Topic(
        category=category,
        starter=member,
        title=title,
        started_at=now(tx),
        moved_at=now(tx),
        aim=filed.aim,
        region=place.region or category.region,
        cluster=place.cluster or category.cluster,
        theme=place.theme or category.theme,
    )
    tx.add(topic)
    tx.flush()
    if filed.tags:
        put_tags(tx, topic, filed.tags)
    first = Replying(
        member=member, topic_id=topic.id, body=body, written=written(body), key=key,
        mandate_id=mandate_id, along=along,
    )  # fmt: skip
    post = begin(tx, topic, first, sent)
    tx.publish(TopicStarted.of(topic))
    return post


def sent_with(tx: Transaction, member: Member, wanted: Wanted) -> str:
    """The hash of all of it."""
    filed, said = wanted.filed, f"{wanted.title}\n{wanted.body}"
    more = () if filed._replace(along=ALONE) == AS_USUAL else (filed.aim, *filed.tags)
    more += tuple(prints_of(tx, member, filed.along.files))
    return fingerprint(wanted.category_id, said, wanted.mandate_id, *wanted.place, *more)


def reply(
    tx: Transaction,
    member: Member,
    topic_id: int | None,
    body: str,
    *,
    key: str,
    parent_id: int | None = None,
    mandate_id: int | None = None,
    along: Along = ALONE,
) -> Post:
    """Doing it again with the same key answers the same. The case of one of `reply_all`."""
    replying = Replying(
        member=member, topic_id=topic_id, body=body, written=written(body), key=key,
        parent_id=parent_id, mandate_id=mandate_id, along=along,
    )  # fmt: skip
    (outcome,) = reply_all(tx, [replying])
    if isinstance(outcome, Refusal):
        raise outcome
    return tx.get_one(Post, outcome.id)


def answer(tx: Transaction, member: Member, parent_id: int, body: str, **about: Any) -> Post:
    """A reply to this post, in the topic it stands in."""
    return reply(tx, member, None, body, parent_id=parent_id, **about)


def edit(
    tx: Transaction,
    member: Member,
    post_id: int,
    body: str,
    reason: str = "",
    *,
    along: Along = ALONE,
    began: int | None = None,
) -> Post:
    """`began` is the rev of the post that was edited. Raises EditedElsewhere where it says
    something else by now."""
    post = tx.hold(post_for, member, post_id)
    require(may_edit(tx, member, post))
    sent, body = body, words_after(tx, Topic.kind, post, body, began)
    use_draft(tx, member, f"post:{post.id}", sent, along.version)
    rehung = hang(tx, member, post, along)
    if body == post.body and not rehung:  # sent twice, or nothing to change: that is no version
        return post
    before = post.body
    called = called_in(tx, Scene.of(post.topic), body)
    rewrite(tx, post.topic, post, body, reason, called.ways)
    tell_of_edit(tx, post, called.names, before)
    return _published(tx, post)


def withdraw(tx: Transaction, member: Member, post_id: int) -> Post:
    post = tx.hold(post_for, member, post_id)
    if post.withdrawn_at and post.author_id == member.id:
        return post
    require(may_change(member, post))
    post.withdrawn_at = now(tx)
    return gone_or_back(tx, post)


def bring_back(tx: Transaction, member: Member, post_id: int) -> Post:
    """What its author withdrew says again what it said, where it stood."""
    post = tx.hold(post_for, member, post_id)
    require(may_bring_back(member, post))
    if not post.withdrawn_at:
        return post
    post.withdrawn_at = None
    return gone_or_back(tx, post)


def read(tx: Transaction, member: Member, topic_id: int, seq: int) -> None:
    """Remembers how far; what notices were about up to there is read, too."""
    _read(tx, member, topic_for(tx, member, topic_id), seq)


def mark_unread(tx: Transaction, member: Member, post_id: int) -> Post:
    """From this post on."""
    post = post_for(tx, member, post_id)
    unread_from(tx, member, post)
    return post


def lock(tx: Transaction, moderator: Member, topic_id: int, reason: str = "") -> Topic:
    topic = tx.hold(topic_for, moderator, topic_id)
    require(may_close(moderator, live_appointment_of(tx, moderator), topic))
    if topic.locked_at:
        return topic
    topic.locked_at, topic.closes_at = now(tx), None
    audit.record(tx, moderator, "topic.locked", topic.address)
    return note(tx, topic, moderator, Deed.LOCKED, reason)


def unlock(tx: Transaction, moderator: Member, topic_id: int, reason: str = "") -> Topic:
    topic = tx.hold(topic_for, moderator, topic_id)
    require(may_lock(moderator, live_appointment_of(tx, moderator), topic))
    if not topic.locked_at:
        return topic
    if locking := active_on(tx, topic.address):
        if all(one.interim for one in locking):
            raise Conflict(
                _("It is locked until the case about what was written in it is decided.")
            )
        raise Conflict(_("A decision has locked it. Who wants it open reverses the decision."))
    topic.locked_at = None
    audit.record(tx, moderator, "topic.unlocked", topic.address)
    return note(tx, topic, moderator, Deed.UNLOCKED, reason)


def hide_post(tx: Transaction, post: Post, how: str = "hidden") -> None:
    """Called by moderation, which has checked who may and writes down why."""
    post.hidden_as = how
    _hidden_since(tx, post, post.hidden_at or now(tx))


def restore_post(tx: Transaction, post: Post) -> None:
    post.hidden_as = ""
    _hidden_since(tx, post, None)


def label_post(tx: Transaction, post: Post, label: str) -> None:
    """Called by moderation, too."""
    tx.lock(*post.chain)
    post.label = label
    revise(post.topic, post)
    _published(tx, post)


def close_by_decision(tx: Transaction, topic: Topic, at: datetime | None) -> None:
    """Called by moderation: locked since then, or not by its decision any more. Whoever locked it
    otherwise did so at another moment, and it stays locked."""
    if at:
        topic.locked_at = topic.locked_at or at
    else:
        topic.locked_at = None
    note(tx, topic, None, Deed.LOCKED if at else Deed.UNLOCKED)


def _hidden_since(tx: Transaction, post: Post, at: datetime | None) -> None:
    tx.lock(*post.chain)
    post.hidden_at = at
    gone_or_back(tx, post)


def gone_or_back(tx: Transaction, post: Post) -> Post:
    """It reads differently, or not at all. The caller holds it."""
    revise(post.topic, post)
    hear_others(tx, post.topic)
    return _published(tx, post)


def _read(tx: Transaction, member: Member, topic: Topic, seq: int) -> None:
    read_to(tx, member, topic, seq)
    read_along(tx, member, topic.address, seq)


def show_anew(tx: Transaction, post: Post) -> Post:
    """With what hangs at it, not with what it says. The caller holds the lock of its topic."""
    revise(post.topic, post)
    tx.publish(PostChanged.of(post.topic, post))
    return post


def _published(tx: Transaction, post: Post) -> Post:
    topic = post.topic
    tx.publish(PostChanged.of(topic, post))
    if post.seq == topic.answer_seq:  # its beginning stands in the head of the topic, too
        change(topic)
        tx.publish(TopicChanged.of(topic))
    return post
