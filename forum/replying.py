"""The hot path: many members reply, and one pass stores it all, whatever topics they write in.

What every reply does costs a pass the same few statements whether it carries one or five hundred.
What is rare is asked one by one: names, files, a topic that was merged with another. What is wrong
with one of them is that one's answer and nobody else's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from community.attachments import ALONE, Along, forget_files, must_wait, prints_of
from community.clock import now
from community.database import Elsewhere, Transaction, batches
from community.errors import NotFound, Refusal
from community.holding import Held, Waiting
from community.members.models import Member
from community.organisations.models import Mandate
from community.policies import require
from community.streams import fingerprint
from community.text import Written, written
from community.together import (
    Key,
    clash,
    earlier,
    held_together,
    mandates_among,
    must_hold,
    stored_with,
)
from forum.holding import HeldPost, hold, takes
from forum.mentions import Scene, called, must_reach_few
from forum.storing import New, store_all
from forum.topics.models import Post, Topic
from forum.topics.policies import may_answer, may_reply
from forum.topics.queries import still_reading, topic_going_on

# Run with every pass, so built only once.
BEFORE = stored_with(Post, Post.id, Post.stream_id, Post.seq, Post.first_hash)
MERGED = select(Topic.id).where(
    Topic.id.in_(bindparam("ids", expanding=True)), Topic.merged_at.is_not(None)
)
STANDS_IN = select(Post.id, Post.stream_id).where(Post.id.in_(bindparam("ids", expanding=True)))
ANSWERED = (
    select(Post)
    .where(Post.id.in_(bindparam("ids", expanding=True)), Post.moved_to_id.is_(None))
    .options(joinedload(Post.author))
    .execution_options(populate_existing=True)  # as it is now that we hold its topic
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replying:
    """One reply on its way in; `written` was made outside the transaction."""

    member: Member
    body: str
    written: Written
    key: str
    topic_id: int | None = None  # without one where the parent stands
    parent_id: int | None = None
    mandate_id: int | None = None
    along: Along = ALONE
    barred: Refusal | None = None  # why nothing new is taken from them just now
    vetted: bool = False  # a moderator has looked at it
    hold: str = ""  # why a moderator looks at it first, whoever writes it

    @property
    def id(self) -> Key:
        return self.member.id, self.key


@dataclass(frozen=True, slots=True)
class Replied:
    """Where what was sent stands; nowhere yet, where it is held for a moderator."""

    id: int
    stream_id: int
    seq: int
    sent: str
    held: int = 0  # its number among what is held


Outcome = Replied | Refusal


class Pass:
    """What all of a pass need to be judged, looked up together. Every topic is locked before
    anything is looked at, so numbers have no holes, follow the commits, and no right can end in
    between."""

    def __init__(self, tx: Transaction, replies: Sequence[Replying]) -> None:
        self._stands_in = _stands_in(tx, replies)
        self._goes_on = _goes_on(tx, {(one.member, self.asked(one)) for one in replies})
        topics = {self.at(one) for one in replies}
        self._topics = held_together(tx, Topic, topics)
        if any(topic.merged_at for topic in self._topics.values()):
            raise Elsewhere  # while we waited for it
        at = {(one.member.id, self.at(one)) for one in replies}
        self._reading = still_reading(tx, {pair for pair in at if pair[1] in self._topics})
        self._parents = _parents(tx, {one.parent_id for one in replies if one.parent_id})
        self.mandates = mandates_among(tx, {one.mandate_id for one in replies if one.mandate_id})
        self.waiting = Waiting(tx, HeldPost, [one.member for one in replies if not one.vetted])

    def asked(self, reply: Replying) -> int:
        """The topic it was sent to; 0 where there is none."""
        return reply.topic_id or self._stands_in.get(reply.parent_id or 0, 0)

    def topic_of(self, reply: Replying) -> Topic:
        """Raises NotFound where the member sees none."""
        at = self.at(reply)
        if (reply.member.id, at) not in self._reading:
            raise NotFound
        return self._topics[at]

    def parent_of(self, reply: Replying) -> Post | None:
        """Raises NotFound where it does not stand in the topic; Elsewhere where it was moved out of
        it meanwhile."""
        if reply.parent_id is None:
            return None
        parent = self._parents.get(reply.parent_id)
        if parent is None:
            raise NotFound
        if parent.stream_id != self.at(reply):
            raise NotFound if reply.topic_id else Elsewhere
        return parent

    def at(self, reply: Replying) -> int:
        """The topic it goes to; 0 where the member sees none."""
        asked = self.asked(reply)
        return self._goes_on.get((reply.member.id, asked), asked)


def reply_all(tx: Transaction, replies: Sequence[Replying]) -> list[Outcome]:
    """One outcome each, in the order given. The members are held by the caller."""
    found = Pass(tx, replies)
    sent = [_sent(tx, reply, found) for reply in replies]
    done = _earlier(tx, {reply.id for reply in replies})
    new, refused = dict[Key, New](), dict[int, Refusal]()
    held = dict[int, Replied]()
    for n, reply in enumerate(replies):
        if reply.id in done or reply.id in new:
            forget_files(tx, reply.member, reply.along)
            continue
        try:
            match _held_before(tx, reply, sent[n], found) or _new(tx, reply, sent[n], found):
                case New() as made:
                    new[reply.id] = made
                case waits:
                    held[n] = waits
        except Elsewhere:
            raise  # all of it once more
        except Refusal as refusal:
            refused[n] = refusal
    if new:
        store_all(tx, list(new.values()))
    done |= {key: _replied(one.post) for key, one in new.items()}
    return [
        refused.get(n) or held.get(n) or clash(done[reply.id].sent, sent[n]) or done[reply.id]
        for n, reply in enumerate(replies)
    ]


def begin(tx: Transaction, topic: Topic, reply: Replying, sent: str) -> Post:
    """The first post of a new topic, which nobody else sees yet."""
    mandates = mandates_among(tx, {reply.mandate_id} if reply.mandate_id else ())
    new = _made(tx, reply, topic, None, mandates, sent)._replace(place="new")
    store_all(tx, [new])
    return tx.get_one(Post, new.post.id)


def _stands_in(tx: Transaction, replies: Sequence[Replying]) -> Mapping[int, int]:
    """Of the posts that are answered wherever they stand: in which topic."""
    ids = [one.parent_id for one in replies if one.topic_id is None]
    found = tx.execute(STANDS_IN, {"ids": ids}) if ids else ()
    return {post: topic for post, topic in found}


def _goes_on(
    tx: Transaction, asked: Collection[tuple[Member, int]]
) -> Mapping[tuple[int, int], int]:
    """Of topics that were merged with others: where, as far as each member may know it."""
    merged = set(tx.scalars(MERGED, {"ids": list({topic for _member, topic in asked})}))
    found: dict[tuple[int, int], int] = {}
    for member, topic in asked:
        if topic in merged:
            try:
                found[member.id, topic] = topic_going_on(tx, member, topic).id
            except NotFound:
                found[member.id, topic] = 0  # no topic
    return found


def _parents(tx: Transaction, ids: set[int]) -> Mapping[int, Post]:
    found = (tx.scalars(ANSWERED, {"ids": some}) for some in batches(ids))
    return {post.id: post for post in chain.from_iterable(found)}


def _earlier(tx: Transaction, keys: set[Key]) -> dict[Key, Replied]:
    before = earlier(tx, BEFORE, keys).items()
    return {key: Replied(row.id, row.stream_id, row.seq, row.first_hash) for key, row in before}


def _sent(tx: Transaction, reply: Replying, found: Pass) -> str:
    files = prints_of(tx, reply.member, reply.along.files)
    about = (reply.parent_id, reply.mandate_id, *files)
    return fingerprint(found.asked(reply), reply.body, *about)


def _held_before(tx: Transaction, reply: Replying, sent: str, found: Pass) -> Replied | None:
    """Raises why it was not let through."""
    known = None if reply.vetted else found.waiting.known(reply.id, sent)
    if isinstance(known, Refusal):
        raise known
    if known is None:
        return None
    forget_files(tx, reply.member, reply.along)
    return _waits(known, found.at(reply))


def _new(tx: Transaction, reply: Replying, sent: str, found: Pass) -> New | Replied:
    if reply.barred:
        raise reply.barred
    topic = found.topic_of(reply)
    require(may_reply(reply.member, topic))
    parent, mandate = found.parent_of(reply), found.mandates.get(reply.mandate_id or 0)
    require(may_answer(reply.member, topic, parent, mandate))
    if not reply.vetted and takes(found.waiting, reply.member, topic.category, reply.hold):
        return _held(tx, reply, topic, found, sent)
    return _made(tx, reply, topic, parent, found.mandates, sent)


def _held(tx: Transaction, reply: Replying, topic: Topic, found: Pass, sent: str) -> Replied:
    _names, html = _worded(tx, reply, topic, found.mandates)
    held = HeldPost(
        topic=topic, parent_id=reply.parent_id, author=reply.member, author_id=reply.member.id,
        mandate_id=reply.mandate_id, key=reply.key, sent=sent, body=reply.body, html=html,
    )  # fmt: skip
    return _waits(hold(tx, found.waiting, held, reply.along, _place(reply, topic)), topic.id)


def _made(
    tx: Transaction,
    reply: Replying,
    topic: Topic,
    parent: Post | None,
    mandates: dict[int, Mandate],
    sent: str,
) -> New:
    """It has its number; nothing of it is stored yet. Whatever may refuse it does so before."""
    names, html = _worded(tx, reply, topic, mandates)
    _number(topic, reply.member)
    post = Post(
        topic=topic, stream_id=topic.id, seq=topic.last_seq, rev=topic.rev, first_rev=topic.rev,
        author=reply.member, author_id=reply.member.id, key=reply.key, first_hash=sent,
        parent=parent, parent_id=reply.parent_id, body=reply.body, html=html, written_at=now(tx),
        mandate=mandates.get(reply.mandate_id or 0), mandate_id=reply.mandate_id,
        reactions={}, attachments=[], said_in="",
    )  # fmt: skip
    return New(post, _place(reply, topic), reply.along, names)


def _worded(
    tx: Transaction, reply: Replying, topic: Topic, mandates: dict[int, Mandate]
) -> tuple[frozenset[str], str]:
    """Whom it names, and how it reads."""
    must_hold(reply.member, reply.mandate_id, mandates)
    names, ways = called(tx, Scene.of(topic), reply.written.mentioned)
    must_reach_few(tx, Scene.of(topic), names)
    must_wait(tx, reply.member, reply.along)
    return names, written(reply.body, ways).html if ways else reply.written.html


def _place(reply: Replying, topic: Topic) -> str:
    """Of its draft."""
    return f"reply:{reply.parent_id}" if reply.parent_id else topic.address


def _number(topic: Topic, author: Member) -> None:
    """Known to the session as stored: one statement writes what is new of all topics."""
    set_committed_value(topic, "last_seq", topic.last_seq + 1)
    set_committed_value(topic, "rev", topic.rev + 1)
    set_committed_value(topic, "echoed", topic.echoed or author.id != topic.starter_id)


def _waits(held: Held, topic_id: int) -> Replied:
    return Replied(0, topic_id, 0, held.sent, held.id)


def _replied(post: Post) -> Replied:
    return Replied(post.id, post.stream_id, post.seq, post.first_hash)
