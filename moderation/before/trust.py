"""How far somebody is known here, and what that limits: new, basic, regular. It follows from time
and from what they said: nobody gives or takes it, and what is stored is what was found last.

Who was here before there were limits, who moderates, speaks for an office or was vouched for is
limited in nothing. For the others all lifts by itself; a decision lost lately takes one step back.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from channels.models import Channel, ChannelType, Membership, Message
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Invalid, Refusal, TooFast
from community.members.models import Member, Role, Trust
from community.powers import has_powers
from community.restrictions import Restriction
from community.words import _
from forum.topics.models import Post
from moderation.models import Case

LATELY = timedelta(days=30)  # so long a lost decision counts
AGAIN = timedelta(hours=1)  # after which it is looked at anew
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAIT = {HOUR: 300, DAY: 3600}  # seconds until the same text may be sent again


class Limits(NamedTuple):
    links: int  # in one text
    mentions: int
    files: int
    an_hour: int  # texts
    a_day: int
    topics: int  # begun in a day
    rooms: int  # for two, in which the other has not answered


class Needed(NamedTuple):
    """For a step: days since joining, texts that stand, days on which they were written."""

    days: int
    said: int
    active: int


LIMITS = {
    Trust.NEW: Limits(links=2, mentions=3, files=2, an_hour=20, a_day=60, topics=3, rooms=3),
    Trust.BASIC: Limits(
        links=10, mentions=10, files=6, an_hour=120, a_day=600, topics=10, rooms=20
    ),
}
SLOWED = Limits(links=1, mentions=2, files=1, an_hour=2, a_day=10, topics=1, rooms=1)  # decided
NEEDED = {Trust.BASIC: Needed(2, 5, 2), Trust.REGULAR: Needed(14, 30, 7)}

LINKS = _("A text of yours can have %(most)s links for now. This ends by itself: see your page.")
MENTIONS = _("You can name %(most)s people in a text for now. This ends by itself: see your page.")
FILES = _("A text of yours can have %(most)s files for now. This ends by itself: see your page.")
TEXTS = {
    HOUR: _(
        "You can write %(most)s texts an hour for now, so this one waits a little. This ends by "
        "itself: see your page."
    ),
    DAY: _(
        "You can write %(most)s texts a day for now, so this one waits a little. This ends by "
        "itself: see your page."
    ),
}
TOPICS = _("You can begin %(most)s topics a day for now. This ends by itself: see your page.")
ROOMS = _(
    "You have written to %(most)s people who have not answered yet. Please wait for them first; "
    "this ends by itself: see your page."
)


class Act(NamedTuple):
    """What somebody is about to do."""

    member: Member
    links: int = 0
    mentions: int = 0
    files: int = 0
    edits: bool = False  # then it is no further text
    begins: bool = False  # a topic


class Facts(NamedTuple):
    days: int
    said: int
    active: int
    lost_until: datetime | None  # a lost decision counts until then
    powers: bool


# Policies


def step_of(facts: Facts) -> Trust:
    if facts.powers:
        return Trust.REGULAR
    reached = Trust.NEW
    for step, needed in NEEDED.items():
        has = Needed(facts.days, facts.said, facts.active)
        if all(one >= wanted for one, wanted in zip(has, needed, strict=True)):
            reached = step
    return Trust.BASIC if reached == Trust.REGULAR and facts.lost_until else reached


# Queries


class Used(NamedTuple):
    an_hour: int = 0
    a_day: int = 0
    topics: int = 0


class Known(NamedTuple):
    """What somebody is told of their own limits: which hold, and what is still to come."""

    step: Trust
    facts: Facts
    limits: Limits
    needed: Needed  # for the next step


def known_as(session: Session, member: Member) -> Known | None:
    """None for whom nothing is limited."""
    if member.trust == Trust.REGULAR:
        return None
    step = step_of(facts := facts_of(session, member))
    if step == Trust.REGULAR:
        return None
    return Known(step, facts, LIMITS[step], NEEDED[_after(step)])


def too_much(session: Session, acts: Mapping[int, Act]) -> dict[int, Refusal]:
    """What is refused of these, by their places in a pass. Of who is known well nothing is asked;
    of the others all together one look, and a few more at whoever would be refused: perhaps they
    have come further since it was last looked at."""
    limited = {n: act for n, act in acts.items() if is_limited(act.member)}
    if not limited:
        return {}
    used = _used(session, {act.member.id for act in limited.values() if not act.edits})
    refused = dict[int, Refusal]()
    for n, act in limited.items():
        so_far = used.get(act.member.id, Used())
        if _over(_limits_of(act.member), act, so_far):
            limits = LIMITS.get(step_of(facts_of(session, act.member)))
            limits = SLOWED if act.member.slowed_until else limits
            if limits and (refusal := _over(limits, act, so_far)):
                refused[n] = refusal
                continue
        if not act.edits:
            used[act.member.id] = Used(*(one + 1 for one in so_far))
    return refused


def must_wait_for_answers(session: Session, member: Member, pair: str) -> Refusal | None:
    """Before another room for two is opened; one that is there is no other."""
    limits = LIMITS.get(Trust(member.trust))
    there = select(Channel.id).where(Channel.pair == pair)
    if limits is None or session.scalar(there) is not None:
        return None
    alone = _unanswered(session, member)
    if alone < limits.rooms:
        return None
    exact = LIMITS.get(step_of(facts_of(session, member)))
    return Invalid(ROOMS, most=exact.rooms) if exact and alone >= exact.rooms else None


def facts_of(session: Session, member: Member) -> Facts:
    mine = [
        select(func.date(kind.written_at).label("day")).where(
            kind.author_id == member.id, kind.hidden_at.is_(None), kind.withdrawn_at.is_(None)
        )
        for kind in (Message, Post)
    ]
    texts = union_all(*mine).subquery()
    said = select(func.count(), func.count(texts.c.day.distinct())).select_from(texts)
    number, active = session.execute(said).one()
    days = (now(session) - member.joined_at).days
    powers = member.granted != Role.MEMBER or has_powers(session, member)
    return Facts(days, number, active, _lost_until(session, member), powers)


def _lost_until(session: Session, member: Member) -> datetime | None:
    """What somebody lifted was no loss; what ended by itself was."""
    lost = select(func.max(Restriction.imposed_at)).join(Case, Case.id == Restriction.case_id)
    counts = (Case.author_id == member.id, *_counting(session))
    at = session.scalar(lost.where(*counts))
    return at + LATELY if at else None


def _counting(session: Session) -> tuple[ColumnElement[bool], ...]:
    return (Restriction.imposed_at > now(session) - LATELY, Restriction.lifted_by_id.is_(None),
            Restriction.interim.is_(False))  # fmt: skip


def _used(session: Session, members: Collection[int]) -> dict[int, Used]:
    """In the last hour and day."""
    if not members:
        return {}
    at = now(session)
    counts = (
        select(
            kind.author_id,
            func.count().filter(kind.written_at > at - HOUR),
            func.count(),
            func.count().filter(kind.seq == 1) if kind is Post else func.count().filter(false()),
        )
        .where(kind.author_id.in_(members), kind.written_at > at - DAY)
        .group_by(kind.author_id)
        for kind in (Message, Post)
    )
    used = dict[int, Used]()
    for who, *more in session.execute(union_all(*counts)):
        before = used.get(who, Used())
        used[who] = Used(*(one + other for one, other in zip(before, more, strict=True)))
    return used


def is_limited(member: Member) -> bool:
    """By a decision, or while few know them."""
    return member.slowed_until is not None or member.trust != Trust.REGULAR


def _limits_of(member: Member) -> Limits:
    return SLOWED if member.slowed_until else LIMITS[Trust(member.trust)]


def _over(limits: Limits, act: Act, used: Used) -> Refusal | None:
    for sentence, has, most in (
        (LINKS, act.links, limits.links),
        (MENTIONS, act.mentions, limits.mentions),
        (FILES, act.files, limits.files),
        (TOPICS, act.begins and used.topics + 1, limits.topics),
    ):
        if has > most:
            return Invalid(sentence, most=most)
    if act.edits:
        return None
    spans = ((HOUR, used.an_hour, limits.an_hour), (DAY, used.a_day, limits.a_day))
    for span, so_far, most in spans:
        if so_far >= most:
            return TooFast(TEXTS[span], most=most, retry_after=WAIT[span])
    return None


def _unanswered(session: Session, member: Member) -> int:
    mine = select(Membership.channel_id).where(Membership.member_id == member.id)
    answered = select(Message.stream_id).where(
        Message.stream_id == Channel.id, Message.author_id != member.id
    )
    rooms = select(func.count(Channel.id)).where(
        Channel.id.in_(mine), Channel.type == ChannelType.DIRECT, ~answered.exists()
    )
    return session.scalars(rooms).one()


def _after(step: Trust) -> Trust:
    return Trust.BASIC if step == Trust.NEW else Trust.REGULAR


# Actions: the worker's


def weigh(tx: Transaction) -> None:
    """Whoever is on the way, each once in a while; and whoever was at its end and lost a
    decision."""
    lately = or_(Member.weighed_at.is_(None), Member.weighed_at <= now(tx) - AGAIN)
    on_the_way = select(Member).where(Member.trust != Trust.REGULAR, lately)
    for member in each_due(tx, on_the_way.order_by(Member.id)):
        _weigh(tx, member)
    lost = select(Case.author_id).join(Restriction, Restriction.case_id == Case.id)
    fallen = select(Member).where(
        Member.id.in_(lost.where(*_counting(tx))), Member.trust == Trust.REGULAR, lately
    )
    for member in each_due(tx, fallen.order_by(Member.id)):
        facts = facts_of(tx, member)
        member.trust = Trust.REGULAR if facts.powers else Trust.BASIC
        member.weighed_at = now(tx)


def _weigh(tx: Transaction, member: Member) -> None:
    member.trust, member.weighed_at = step_of(facts_of(tx, member)), now(tx)
