"""What happens before anything is stored that others read: a rule may not let it be said, its
author is asked where they may not mean it, a moderator sees it first, or learns of it; others may
read it with a line above it.

Whoever says, replies, begins or edits comes through here; what is told of a text is in heeding.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels import actions as channels
from channels.direct import begin, pair_of
from channels.models import Channel, Message
from channels.queries import message_for
from channels.saying import Outcome, Said, Saying
from community.attachments import ALONE, Along
from community.database import Transaction
from community.errors import Refusal
from community.members.models import Member
from community.text import Written, spoken, written
from forum.holding import HeldPost
from forum.replying import Outcome as ReplyOutcome
from forum.replying import Replied, Replying
from forum.topics import actions as topics
from forum.topics.models import Post, Wanted
from forum.topics.queries import post_for
from moderation import measures
from moderation.actions import Report, join_or_open
from moderation.before.asking import NONE, Prints, remember
from moderation.before.heeding import Heed, Looked, Writing, heed, looked_at, meant
from moderation.before.repeats import Repeats, gist
from moderation.before.trust import Act, is_limited, must_wait_for_answers
from moderation.decisions import holding
from moderation.hiding.labelling import label
from moderation.models import Flag, Source
from moderation.queries import flagged_by_rule, the_queue
from moderation.reasons import reason_for
from moderation.sealing import hash_of
from moderation.subjects import Entry, kind_of

E = TypeVar("E", Post, Message)
S = TypeVar("S", Saying, Replying)

LATELY = 50  # of what they wrote, looked through for what is said again and again
SPAM, INSISTED = "spam", "again and again"
LINK = '<a href="http'
NOTED = "#{id}: {pattern}"  # what a moderator reads at a report


class Spoken(NamedTuple):
    saying: Saying
    looked: Looked
    knowing: Prints = NONE

    @property
    def writing(self) -> Writing:
        saying = self.saying
        act = _act(saying.member, saying.written, len(saying.files))
        return Writing(saying.member, self.looked, self.knowing, channel=saying.channel_id,
                       act=act, key=saying.key)  # fmt: skip


class Answered(NamedTuple):
    replying: Replying
    looked: Looked
    knowing: Prints = NONE

    @property
    def writing(self) -> Writing:
        reply = self.replying
        return Writing(reply.member, self.looked, self.knowing, topic=reply.topic_id or 0,
                       parent=reply.parent_id or 0,
                       act=_act(reply.member, reply.written, len(reply.along.files)),
                       key=reply.key)  # fmt: skip


def say_all(tx: Transaction, wanted: Sequence[Spoken], repeats: Repeats) -> list[Outcome]:
    """As channels/saying.py has it."""
    writings = {n: one.writing for n, one in enumerate(wanted)}
    heeds = heed(tx, writings, repeats)
    outcomes = holding.say_all(
        tx, [_heeded(one.saying, heeds.get(n)) for n, one in enumerate(wanted)]
    )
    said = {n for n, outcome in enumerate(outcomes) if isinstance(outcome, Said)}
    _remember(tx, [writings[n] for n in heeds.keys() & said])
    for n in sorted(heeds.keys() & said):
        told, outcome = heeds[n], outcomes[n]
        if (told.label or told.flag) and isinstance(outcome, Said) and not outcome.held:
            _tell(tx, _message_with(tx, wanted[n].saying), told)
    _report_insisting(tx, writings, heeds)
    return outcomes


def say(
    tx: Transaction, member: Member, channel_id: int, body: str, *,
    key: str, along: Along = ALONE, knowing: Prints = NONE, repeats: Repeats | None = None,
    **more: Any,
) -> Said:  # fmt: skip
    """The case of one of `say_all`."""
    saying = Saying(
        member=member, channel_id=channel_id, body=body, written=spoken(body), key=key,
        files=along.files, draft=along.version, **more,
    )  # fmt: skip
    (outcome,) = say_all(tx, [Spoken(saying, looked_at(body), knowing)], repeats or Repeats())
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def edit_message(
    tx: Transaction, member: Member, /, message_id: int, body: str, *,
    knowing: Prints = NONE, **more: Any,
) -> Message:  # fmt: skip
    """As channels/actions.py has it. What stood there stays."""
    message = message_for(tx, member, message_id)
    writing = Writing(member, looked_at(body), knowing, channel=message.stream_id,
                      before=looked_at(message.body),
                      act=_act(member, spoken(body), 0, edits=True))  # fmt: skip
    told = _heed_one(tx, writing)
    edited = channels.edit(tx, member, message_id, body, **more)
    measures.edited(tx, edited)
    return _told(tx, writing, told, edited)


def reply_all(tx: Transaction, wanted: Sequence[Answered], repeats: Repeats) -> list[ReplyOutcome]:
    """As forum/replying.py has it."""
    writings = {n: one.writing for n, one in enumerate(wanted)}
    heeds = heed(tx, writings, repeats)
    outcomes = holding.reply_all(
        tx, [_heeded(one.replying, heeds.get(n)) for n, one in enumerate(wanted)]
    )
    for n, told in sorted(heeds.items()):
        match outcomes[n]:
            case Replied(held=0, id=id):
                _told(tx, writings[n], told, tx.get_one(Post, id))
            case Replied():
                _remember(tx, [writings[n]])
    _report_insisting(tx, writings, heeds)
    return outcomes


def start(
    tx: Transaction, member: Member, /, *about: Any, knowing: Prints = NONE,
    repeats: Repeats | None = None, **more: Any,
) -> Post | HeldPost:  # fmt: skip
    """As forum/beginning.py has it. What is sent again was looked at."""
    wanted = Wanted(*about, **more)
    files, words = len(wanted.filed.along.files), f"{wanted.title}\n{wanted.body}"
    act = _act(member, written(wanted.body), files, begins=True)
    writing = Writing(member, looked_at(words), knowing, category=wanted.category_id, act=act,
                      key=wanted.key)  # fmt: skip
    told = Heed() if _is_there(tx, member, wanted.key) else _heed_one(tx, writing, repeats)
    started = holding.start(tx, member, wanted, told.hold.reason if told.hold else "")
    if isinstance(started, Post):
        return _told(tx, writing, told, started)
    _remember(tx, [writing])
    return started


def edit_post(
    tx: Transaction, member: Member, /, post_id: int, body: str, *reason: str,
    along: Along = ALONE, knowing: Prints = NONE, **more: Any,
) -> Post:  # fmt: skip
    """As forum/topics/actions.py has it. What stood there stays."""
    post = post_for(tx, member, post_id)
    writing = Writing(member, looked_at(body), knowing, topic=post.stream_id,
                      before=looked_at(post.body),
                      act=_act(member, written(body), len(along.files), edits=True))  # fmt: skip
    told = _heed_one(tx, writing)
    edited = topics.edit(tx, member, post_id, body, *reason, along=along, **more)
    measures.edited(tx, edited)
    return _told(tx, writing, told, edited)


def begin_direct(tx: Transaction, member: Member, /, other_id: int) -> Channel:
    """As channels/direct.py has it."""
    if refusal := must_wait_for_answers(tx, member, pair_of(member.id, other_id)):
        raise refusal
    return begin(tx, member, other_id)


# The parts


def _act(
    member: Member, made: Written, files: int, *, edits: bool = False, begins: bool = False
) -> Act | None:
    """Of who is limited; links to somebody are none."""
    if not is_limited(member):
        return None
    links = made.html.count(LINK)
    return Act(member, links, len(made.mentioned), files, edits, begins)


def _heed_one(tx: Transaction, writing: Writing, repeats: Repeats | None = None) -> Heed:
    """Raises why it is not stored."""
    told = heed(tx, {0: writing}, repeats or Repeats()).get(0) or Heed()
    if told.refusal:
        raise told.refusal
    return told


def _told(tx: Transaction, writing: Writing, told: Heed, entry: E) -> E:
    """Of what is stored. Where nothing is held, a moderator learns of it at once."""
    _remember(tx, [writing])
    _tell(tx, entry, told)
    return entry


def _heeded(one: S, told: Heed | None) -> S:
    if told is None:
        return one
    hold = told.hold.reason if told.hold else ""
    return replace(one, barred=one.barred or told.refusal, hold=hold)


def _remember(tx: Transaction, writings: Sequence[Writing]) -> None:
    remember(tx, chain.from_iterable(map(meant, writings)))


def _report_insisting(
    tx: Transaction, writings: Mapping[int, Writing], heeds: Mapping[int, Heed]
) -> None:
    """Of who goes on trying the same, what stands of it last where moderators read along."""
    for n, told in sorted(heeds.items()):
        if told.insists and (entry := _latest_like(tx, writings[n])):
            _report(tx, entry, SPAM, INSISTED)


def _latest_like(session: Session, writing: Writing) -> Entry | None:
    said = gist(writing.looked.body)
    posts = select(Post).where(Post.author_id == writing.member.id)
    messages = (
        select(Message)
        .join(Message.channel)
        .where(Message.author_id == writing.member.id, Channel.private.is_(False))
    )
    latest: list[Entry] = [
        *session.scalars(messages.order_by(Message.id.desc()).limit(LATELY)),
        *session.scalars(posts.order_by(Post.id.desc()).limit(LATELY)),
    ]
    return next((one for one in latest if gist(one.body) == said), None)


def _tell(tx: Transaction, entry: Entry, told: Heed) -> None:
    """Those who moderate by the strictest of what was found; who reads it by its line."""
    rule = told.hold or told.label or told.flag
    if rule is None:
        return
    if told.label:
        tx.forget_turns()  # the pass holds the stream of each, also of those that come next
        tx.lock(*entry.chain, the_queue(tx))
    noted = NOTED.format(id=rule.id, pattern=rule.pattern.text)
    flag = _report(tx, entry, rule.reason, noted)
    if flag and told.label:
        label(tx, flag.case, entry, told.label.why)


def _report(tx: Transaction, entry: Entry, reason: str, note: str) -> Flag | None:
    """Not where it was reported for these words before. Its stream is held, as what was said in it
    just now."""
    tx.lock(the_queue(tx))
    if flagged_by_rule(tx, kind_of(entry), entry.id, hash_of(entry)):
        return None
    return join_or_open(tx, entry, reason_for(tx, reason), Report(Source.RULE, note=note))


def _message_with(tx: Transaction, saying: Saying) -> Message:
    said = select(Message).where(Message.author_id == saying.member.id, Message.key == saying.key)
    return tx.scalars(said).one()


def _is_there(session: Session, member: Member, key: str) -> bool:
    for kind in (Post, HeldPost):
        mine = select(kind.id).where(kind.author_id == member.id, kind.key == key)
        if session.scalar(mine) is not None:
            return True
    return False
