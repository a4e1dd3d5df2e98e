"""What happens before anything is stored that others read: its author is asked where they may not
mean it.

Whoever says, replies, begins or edits comes through here. What can be told of a text alone is told
outside the transaction (`look_through`); a text of which nothing is to be told costs a pass nothing
here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from channels import actions as channels
from channels.direct import FEW
from channels.models import Channel, Message
from channels.queries import message_for
from channels.saying import Outcome, Said, Saying
from community.attachments import ALONE, Along
from community.database import Transaction
from community.errors import Refusal
from community.members.models import Member
from community.text import Written, spoken
from forum.replying import Outcome as ReplyOutcome
from forum.replying import Replied, Replying
from forum.replying import reply_all as store_all
from forum.topics import actions as topics
from forum.topics.models import Post
from forum.topics.queries import post_for
from moderation import holding
from moderation.asking import NONE, AskFirst, Prints, remember, said_before
from moderation.detectors.findings import AMONG_FEW, Finding
from moderation.detectors.looking import found_in

HOME = aliased(Channel)


class Looked(NamedTuple):
    """A text, and what can be told of it alone."""

    written: Written
    findings: Sequence[Finding]


class Spoken(NamedTuple):
    saying: Saying
    findings: Sequence[Finding]
    knowing: Prints = NONE


class Answered(NamedTuple):
    replying: Replying
    findings: Sequence[Finding]
    knowing: Prints = NONE


def look_through(make: Callable[[str], Written], body: str) -> Looked:
    return Looked(make(body), found_in(body))


def say_all(tx: Transaction, wanted: Sequence[Spoken]) -> list[Outcome]:
    """As channels/saying.py has it; whoever has to be asked is asked in place of it."""
    few = _few_among(tx, {one.saying.channel_id for one in wanted if one.findings})
    wanted = [_among_few(one) if one.saying.channel_id in few else one for one in wanted]
    asked = _asked(tx, {n: (one.saying.member.id, one.saying.body, one.findings, one.knowing)
                        for n, one in enumerate(wanted) if one.findings})  # fmt: skip
    sayings = [
        replace(one.saying, barred=one.saying.barred or asked[n]) if n in asked else one.saying
        for n, one in enumerate(wanted)
    ]
    outcomes = holding.say_all(tx, sayings)
    remember(tx, chain.from_iterable(
        _meant(one.saying.member, one.findings, one.knowing)
        for one, outcome in zip(wanted, outcomes, strict=True) if isinstance(outcome, Said)
    ))  # fmt: skip
    return outcomes


def say(
    tx: Transaction, member: Member, channel_id: int, body: str, *,
    key: str, along: Along = ALONE, knowing: Prints = NONE, **more: Any,
) -> Said:  # fmt: skip
    """The case of one of `say_all`."""
    made = look_through(spoken, body)
    saying = Saying(
        member=member, channel_id=channel_id, body=body, written=made.written, key=key,
        files=along.files, draft=along.version, **more,
    )  # fmt: skip
    (outcome,) = say_all(tx, [Spoken(saying, made.findings, knowing)])
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def edit_message(
    tx: Transaction, member: Member, /, message_id: int, body: str, *,
    knowing: Prints = NONE, **more: Any,
) -> Message:  # fmt: skip
    """As channels/actions.py has it. What stood there is not asked about."""
    message = message_for(tx, member, message_id)
    few = _few_among(tx, {message.stream_id})
    _ask_anew(tx, member, message.body, body, knowing, among_few=bool(few))
    return channels.edit(tx, member, message_id, body, **more)


def reply_all(tx: Transaction, wanted: Sequence[Answered]) -> list[ReplyOutcome]:
    """As forum/replying.py has it."""
    asked = _asked(tx, {n: (one.replying.member.id, one.replying.body, one.findings, one.knowing)
                        for n, one in enumerate(wanted) if one.findings})  # fmt: skip
    outcomes = store_all(tx, [
        replace(one.replying, barred=one.replying.barred or asked.get(n))
        if n in asked else one.replying
        for n, one in enumerate(wanted)
    ])  # fmt: skip
    remember(tx, chain.from_iterable(
        _meant(one.replying.member, one.findings, one.knowing)
        for one, outcome in zip(wanted, outcomes, strict=True) if isinstance(outcome, Replied)
    ))  # fmt: skip
    return outcomes


def start(
    tx: Transaction, member: Member, /, category_id: int, title: str, body: str, *place: Any,
    key: str, knowing: Prints = NONE, **more: Any,
) -> Post:  # fmt: skip
    """As forum/topics/actions.py has it. Sent again, nobody is asked again."""
    if not _is_there(tx, member, key):
        _ask_anew(tx, member, "", f"{title}\n{body}", knowing)
    return topics.start(tx, member, category_id, title, body, *place, key=key, **more)


def edit_post(
    tx: Transaction, member: Member, /, post_id: int, body: str, *reason: str,
    knowing: Prints = NONE, **more: Any,
) -> Post:  # fmt: skip
    """As forum/topics/actions.py has it. What stood there is not asked about."""
    _ask_anew(tx, member, post_for(tx, member, post_id).body, body, knowing)
    return topics.edit(tx, member, post_id, body, *reason, **more)


# The parts

Writing = tuple[int, str, Sequence[Finding], Prints]  # member, body, what was found, what is known


def _asked(tx: Transaction, writings: Mapping[int, Writing]) -> dict[int, AskFirst]:
    """Who has to be asked, by their place in the pass."""
    found = [(who, one) for who, _body, findings, _known in writings.values() for one in findings]
    before = said_before(tx, found)
    asked = dict[int, AskFirst]()
    for n, (who, body, findings, knowing) in writings.items():
        open = [
            one for one in findings if one.print not in knowing and (who, one.print) not in before
        ]
        if open:
            asked[n] = AskFirst(body, open, knowing)
    return asked


def _ask_anew(
    tx: Transaction, member: Member, before: str, body: str, knowing: Prints, *,
    among_few: bool = False,
) -> None:  # fmt: skip
    """Raises AskFirst for what is new in it; what is meant is remembered."""
    found = found_in(body)
    old = {one.print for one in found_in(before)} if found else set()
    new = [
        one for one in found if one.print not in old and (one.kind in AMONG_FEW or not among_few)
    ]
    if new and (asked := _asked(tx, {0: (member.id, body, new, knowing)})):
        raise asked[0]
    remember(tx, _meant(member, new, knowing))


def _meant(
    member: Member, findings: Sequence[Finding], knowing: Prints
) -> list[tuple[int, Finding]]:
    return [(member.id, one) for one in findings if one.print in knowing]


def _among_few(one: Spoken) -> Spoken:
    return one._replace(findings=[found for found in one.findings if found.kind in AMONG_FEW])


def _few_among(session: Session, channels: Collection[int]) -> set[int]:
    """Of these the talk among few, with the threads beside it."""
    if not channels:
        return set()
    asked = select(Channel.id).outerjoin(HOME, HOME.id == Channel.parent_id)
    of_few = func.coalesce(HOME.type, Channel.type).in_(FEW)
    return set(session.scalars(asked.where(Channel.id.in_(channels), of_few)))


def _is_there(session: Session, member: Member, key: str) -> bool:
    mine = select(Post.id).where(Post.author_id == member.id, Post.key == key)
    return session.scalar(mine) is not None
