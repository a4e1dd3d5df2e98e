"""The kinds of stream a tab can watch, and how what it missed is found."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.events import ChannelChanged, MessageChanged
from channels.models import Channel, Message
from channels.queries import are_apart, channel_for, still_in
from community.database import batches
from community.errors import NotFound, Refusal, SignedOut
from community.members.models import Member
from community.members.queries import members_by
from community.streams import Revised, Stream, changed_after
from community.words import _
from forum.timeline import LineWritten, lines_after
from forum.topics.events import PostChanged, TopicChanged
from forum.topics.models import Post, Topic
from forum.topics.queries import still_reading, topic_for
from moderation.events import CaseChanged
from moderation.models import Queue
from moderation.queries import changed_cases, queue_for, still_moderating

NEWS = "news:"
MISSED = 500  # changes sent one by one; who missed more loads the page

Pairs = set[tuple[int, int]]  # member, stream


class Kind(NamedTuple):
    stream: type[Stream]
    find: Callable[[Session, Member, int], Stream]
    still: Callable[[Session, Pairs], Pairs]
    after: Callable[[Session, Stream, int], Sequence[tuple[int, Revised]]]  # (rev, how it is now)


class Missed(NamedTuple):
    rev: int
    changes: list[Revised] | None  # None: too many, or from another life of this stream
    apart: bool = False  # of whom it is for, nobody shows the others that they are there


class Wanted(NamedTuple):
    """By a tab that was away: what changed of the stream after rev."""

    sign_in: str  # the hash of its token
    address: str
    rev: int


def missed_together(session: Session, wanted: Sequence[Wanted]) -> list[Missed | Refusal]:
    """As missed(), of many at once: those who lost their line together miss the same."""
    members = members_by(session, {one.sign_in for one in wanted})
    seen = still_seen(session, {
        (members[one.sign_in].id, one.address) for one in wanted if one.sign_in in members
    })  # fmt: skip
    asked: dict[str, set[int]] = defaultdict(set)
    for one in wanted:
        if one.sign_in in members and (members[one.sign_in].id, one.address) in seen:
            asked[one.address].add(one.rev)
    found = {address: _missed_at(session, address, revs) for address, revs in asked.items()}

    def outcome(one: Wanted) -> Missed | Refusal:
        if one.sign_in not in members:
            return SignedOut(_("Please sign in."))
        if (members[one.sign_in].id, one.address) not in seen:
            return NotFound()
        return found[one.address].get(one.rev) or NotFound()

    return [outcome(one) for one in wanted]


def _missed_at(session: Session, address: str, revs: Iterable[int]) -> dict[int, Missed]:
    kind, stream_id = parse(address)
    stream = session.get(kind.stream, stream_id)
    return _missed_in(session, kind, stream, revs) if stream else {}


def missed(session: Session, member: Member, address: str, rev: int) -> Missed:
    """What changed after rev, each thing once and as it is now, in the order of its last change."""
    kind, stream_id = parse(address)
    return _missed_in(session, kind, kind.find(session, member, stream_id), [rev])[rev]


def _missed_in(
    session: Session, kind: Kind, stream: Stream, revs: Iterable[int]
) -> dict[int, Missed]:
    """By rev. Who was away for less missed the end of what the others did: it is read once, from
    the earliest rev since which it is not too much."""
    apart = isinstance(stream, Channel) and are_apart(session, stream)
    found: dict[int, Missed] = {}
    changes: Sequence[tuple[int, Revised]] = ()
    whole = False
    for rev in sorted(revs):
        if not whole:
            since = kind.after(session, stream, rev) if rev < stream.rev else ()
            changes = sorted(since, key=itemgetter(0))
            whole = len(changes) <= MISSED
        told = [event for at, event in changes if at > rev]
        found[rev] = Missed(stream.rev, told if whole and rev <= stream.rev else None, apart)
    return found


class NewsTold(Revised, frozen=True, kw_only=True):
    """Something has changed in a channel, not what. Inside this process, to who lists it."""

    @classmethod
    def of(cls, changed: Revised) -> Self:
        return cls(address=news_of(changed.address), rev=changed.rev)


def news_of(address: str) -> str:
    """Where lists hear that something changed in a channel; nowhere for other streams."""
    kind, _colon, id = address.partition(":")
    return f"{NEWS}{id}" if kind == Channel.kind else ""


def is_news(stream: str) -> bool:
    return stream.startswith(NEWS)


def current_revs(session: Session, addresses: Iterable[str]) -> dict[str, int]:
    revs: dict[str, int] = {}
    parsed = [parse(address) for address in addresses]
    for name, kind in KINDS.items():
        revs |= _revs_of(session, name, [id for of, id in parsed if of is kind])
    return revs


def _revs_of(session: Session, name: str, ids: Iterable[int]) -> dict[str, int]:
    revs: dict[str, int] = {}
    kind = KINDS[name].stream
    for some in batches(ids):
        rows = session.execute(select(kind.id, kind.rev).where(kind.id.in_(some)))
        revs |= {f"{name}:{id}": rev for id, rev in rows}
    return revs


def still_seen(session: Session, watching: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Of these (member, address), those who may still see it."""
    parsed = [(who, *parse(address)) for who, address in watching]
    seen: set[tuple[int, str]] = set()
    for name, kind in KINDS.items():
        pairs = kind.still(session, {(who, id) for who, of, id in parsed if of is kind})
        seen |= {(who, f"{name}:{id}") for who, id in pairs}
    return seen


def parse(address: str) -> tuple[Kind, int]:
    name, _, number = address.partition(":")
    if name not in KINDS:
        raise NotFound
    return KINDS[name], int(number)


def _messages_after(session: Session, channel: Stream, rev: int) -> list[tuple[int, Revised]]:
    assert isinstance(channel, Channel)
    messages = changed_after(session, Message, channel, rev, most=MISSED + 1)
    changes: list[tuple[int, Revised]] = [(m.rev, MessageChanged.of(channel, m)) for m in messages]
    if channel.changed_rev > rev:
        changes.append((channel.changed_rev, ChannelChanged.of(channel)))
    return changes


def _posts_after(session: Session, topic: Stream, rev: int) -> list[tuple[int, Revised]]:
    assert isinstance(topic, Topic)
    posts = changed_after(session, Post, topic, rev, most=MISSED + 1)
    lines = lines_after(session, topic, rev, most=MISSED + 1)
    changes: list[tuple[int, Revised]] = [(p.rev, PostChanged.of(topic, p)) for p in posts]
    changes += [(line.rev, LineWritten.of(line)) for line in lines]
    if topic.changed_rev > rev:
        changes.append((topic.changed_rev, TopicChanged.of(topic)))
    return changes


def _cases_after(session: Session, queue: Stream, rev: int) -> list[tuple[int, Revised]]:
    assert isinstance(queue, Queue)
    cases = changed_cases(session, queue, rev, most=MISSED + 1)
    return [(case.rev, CaseChanged.of(case)) for case in cases]


def _nothing_after(session: Session, channel: Stream, rev: int) -> list[tuple[int, Revised]]:
    return []


KINDS = {
    "channel": Kind(Channel, channel_for, still_in, _messages_after),
    "news": Kind(Channel, channel_for, still_in, _nothing_after),
    "topic": Kind(Topic, topic_for, still_reading, _posts_after),
    "queue": Kind(Queue, queue_for, still_moderating, _cases_after),
}
