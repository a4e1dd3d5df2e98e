"""Whom messages name: members, the people of an organisation, whoever is here. One look for all of
a pass, whatever it carries; each is told of a message at most once.

Sections in house order: policies, queries, actions.
"""

from collections import defaultdict
from collections.abc import Sequence, Set
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from channels.beside import follow
from channels.events import MessageChanged
from channels.models import Callers, Channel, ChannelType, Membership, Message
from channels.policies import Standing
from channels.queries import channel_for, deaf_in, standing_in, still_in
from community.blocks import apart_from, away_among, away_from
from community.database import Transaction
from community.errors import Invalid
from community.members.models import Member
from community.mentions import (
    FEW,
    MOST_REACHED,
    TOO_MANY_REACHED,
    Bearers,
    Mentionable,
    bearers_of,
    begins,
    must_be_said,
)
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.notices.queries import told_by
from community.organisations.models import Mandate, Organisation
from community.policies import YES, Verdict, no, require
from community.text import MENTION, named, spoken
from community.words import _

HERE = frozenset({"here", "disini"})
NOBODY: frozenset[int] = frozenset()


class Around(NamedTuple):
    """What a member knows who names somebody: who has the channel open now, some by id and how many
    in all, and how many people they were told that their groups reach."""

    ids: frozenset[int] = NOBODY
    number: int = 0
    told: int = 0


NOBODY_HERE = Around()


class Call(NamedTuple):
    """What may name somebody: who says it, where, what follows each @, and who is there."""

    speaker: Member
    channel: int
    calls: frozenset[str]
    around: Around = NOBODY_HERE


class Reached(NamedTuple):
    """Who is named and can read it, by themselves and in groups; and whether all who are here are
    called. How many the groups reach is told to whoever names them, so those count, too, who want
    to hear nothing: what somebody wants to hear is nobody else's matter."""

    members: frozenset[int] = NOBODY
    groups: frozenset[int] = NOBODY
    here: bool = False
    crowd: bool = False  # more are here than anybody could name
    deaf: frozenset[int] = NOBODY

    @property
    def named(self) -> frozenset[int]:
        return self.members | self.groups

    @property
    def all(self) -> frozenset[int]:
        """Who hears of it."""
        return self.named - self.deaf


class Reach(NamedTuple):
    """What its author is told of a text before it is sent."""

    people: int  # in the groups it names
    may: Verdict  # call them so


class Mention(NamedTuple):
    """A message, and whom it reaches."""

    speaker: Member
    reached: Reached
    channel: Channel
    event: MessageChanged


# Policies


def may_call_here(member: Member, channel: Channel, standing: Standing) -> Verdict:
    """All at once: in a group anybody, in a channel whom its hosts let, as in its threads."""
    if channel.home.type != ChannelType.CHANNEL or channel.home.callers == Callers.EVERYBODY:
        return YES
    if channel.home.callers == Callers.NOBODY:
        return no(_("In this channel nobody calls everybody who is here."))
    if not (standing.hosts or member.moderates):
        return no(_("Only hosts and moderators call everybody who is here."))
    return YES


def must_reach(
    member: Member, channel: Channel, standing: Standing, reached: Reached, said: int
) -> None:
    """`said` is how many they were told that the groups reach. Raises Denied, Invalid, Conflict."""
    if reached.here:
        require(may_call_here(member, channel, standing))
    if reached.crowd or len(reached.groups) > MOST_REACHED:
        raise Invalid(TOO_MANY_REACHED, most=MOST_REACHED)
    must_be_said(len(reached.groups), said)


# Queries


def reached_by(session: Session, calls: Sequence[Call]) -> list[Reached]:
    """Of each who can read it there, without whoever says it: one look for all, and none where
    nobody is named."""
    mentioned = {one for call in calls for one in call.calls}
    if not mentioned:
        return [Reached()] * len(calls)
    bearers = bearers_of(session, mentioned)
    meant = [_meant(call, bearers) for call in calls]
    asked = {
        (who, call.channel) for call, one in zip(calls, meant, strict=True) for who in one.named
    }
    reading, deaf = still_in(session, asked), deaf_in(session, asked)
    return [_heard(call, one, reading, deaf) for call, one in zip(calls, meant, strict=True)]


def _meant(call: Call, bearers: Bearers) -> Reached:
    """To mention Siti Aminah is not to mention Siti, whoever bears these names."""
    known = {*bearers.members, *bearers.people, *HERE}
    names = {named(one, known).lower() for one in call.calls}
    here = bool(names & HERE)
    members = frozenset[int]().union(*(bearers.members.get(name, ()) for name in names))
    groups = frozenset[int]().union(*(bearers.people.get(name, ()) for name in names))
    groups |= call.around.ids if here else NOBODY
    crowd = here and call.around.number > len(call.around.ids)
    return Reached(members, groups, here, crowd)


def _heard(
    call: Call, meant: Reached, reading: set[tuple[int, int]], deaf: set[tuple[int, int]]
) -> Reached:
    def those(ids: frozenset[int], among: set[tuple[int, int]]) -> frozenset[int]:
        others = ids - {call.speaker.id}
        return frozenset(who for who in others if (who, call.channel) in among)

    return meant._replace(
        members=those(meant.members, reading),
        groups=those(meant.groups, reading),
        deaf=those(meant.named, deaf),
    )


def reach_in(session: Session, member: Member, channel_id: int, body: str, around: Around) -> Reach:
    """How many people the groups named in a text reach there, and whether they may be called."""
    channel = channel_for(session, member, channel_id)
    call = Call(member, channel.id, spoken(body).mentioned, around)
    (reached,) = reached_by(session, [call])
    if not reached.here:
        return Reach(len(reached.groups), YES)
    may = may_call_here(member, channel, standing_in(session, member, channel))
    return Reach(len(reached.groups), may)


def mentionable(
    session: Session, member: Member, channel: Channel, words: str, here: int
) -> Sequence[Mentionable]:
    """A few whose names begin with these words, or have a word that does: who sees the channel, and
    no one whom a block keeps apart from the member. `here` are in it now, for who may call them."""
    found = [Mentionable(name, "", here) for name in sorted(HERE) if name.startswith(words.lower())]
    return [
        *_members(session, member, channel, words),
        *(found[:1] if here else ()),
        *_organisations(session, channel, words),
    ]


def _members(session: Session, member: Member, channel: Channel, words: str) -> list[Mentionable]:
    """Those who joined stand first."""
    joined = select(Membership.member_id).where(Membership.channel_id == channel.home_id)
    called = select(Member.name).where(
        begins(Member.name, words), Member.admitted, Member.id != member.id,
        Member.id.not_in(apart_from(member)),
    )  # fmt: skip
    if channel.private:
        called = called.where(Member.id.in_(joined))
    first = called.order_by(Member.id.not_in(joined), func.length(Member.name), Member.id)
    names = session.scalars(first.limit(FEW))
    return [Mentionable(name, name) for name in names if MENTION.fullmatch(f"@{name}")]


def _organisations(session: Session, channel: Channel, words: str) -> list[Mentionable]:
    counted = (
        select(Organisation.slug, Organisation.name, func.count())
        .join(Mandate, and_(Mandate.organisation_id == Organisation.id, Mandate.live))
        .where(begins(Organisation.name, words), Organisation.closed_at.is_(None))
        .group_by(Organisation.id).order_by(func.length(Organisation.name), Organisation.id)
    )  # fmt: skip
    if channel.private:
        joined = select(Membership.member_id).where(Membership.channel_id == channel.home_id)
        counted = counted.where(Mandate.member_id.in_(joined))
    return [Mentionable(*row) for row in session.execute(counted.limit(FEW))]


# Actions


def notify_mentioned(tx: Transaction, mentions: Sequence[Mention]) -> None:
    """Who is named beside a channel follows what is said there. Nobody is told, or made to follow,
    by whom they keep away from."""
    away = away_among(tx, [(who, one.speaker) for one in mentions for who in one.reached.all])
    heard = [
        (one, {who for who in one.reached.all if (who, one.speaker.id) not in away})
        for one in mentions
    ]
    for one, told in heard:
        if told:
            _notify(tx, one.speaker, one.channel, one.event.id, one.event.seq, told)
    follow(tx, {
        (who, one.channel.id): one.event.seq - 1
        for one, told in heard if one.channel.parent_id
        for who in one.reached.members & told
    })  # fmt: skip


def call_anew(
    tx: Transaction, member: Member, message: Message, body: str, standing: Standing,
    around: Around,
) -> frozenset[int]:  # fmt: skip
    """Whom an edit names who was not named before, and was not told of the message. It may name no
    more than its author may. Raises as must_reach()."""
    channel = message.channel
    call = Call(member, channel.id, spoken(body).mentioned, around)
    then, now = reached_by(
        tx, [call._replace(calls=spoken(message.body).mentioned, around=NOBODY_HERE), call]
    )
    new = Reached(
        now.members - then.named, now.groups - then.named, now.here and not then.here, now.crowd,
        now.deaf,
    )  # fmt: skip
    must_reach(member, channel, standing, new, around.told)
    if then.here:  # they were called then: nobody is called again by a change of the words
        new = new._replace(groups=new.groups - around.ids)
    return new.all - told_by(tx, _link(message.id), (NoticeKind.MENTION,)) if new.all else NOBODY


def tell_anew(tx: Transaction, member: Member, message: Message, who: frozenset[int]) -> None:
    if told := who - away_from(tx, member, who):
        _notify(tx, member, message.channel, message.id, message.seq, told)


def _notify(
    tx: Transaction, speaker: Member, channel: Channel, id: int, seq: int, told: Set[int]
) -> None:
    by_name: dict[str, set[int]] = defaultdict(set)
    for one in told:
        by_name[channel.name_for(one)].add(one)
    for name, those in by_name.items():
        notify(tx, those, NoticeKind.MENTION, actor=speaker, title=name, link=_link(id),
               stream=channel.address, seq=seq)  # fmt: skip


def _link(message_id: int) -> str:
    return f"/messages/{message_id}"
