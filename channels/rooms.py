"""What the page of a channel shows, wherever in the talk one looks."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from channels.holding import held_of
from channels.listing import unread_beside
from channels.models import Channel, ChannelType, HeldMessage, Membership, Message
from channels.policies import Standing
from channels.queries import channel_for, said_there, standing_in
from community.blocks import apart_from
from community.drafts import Draft
from community.members.models import Member
from community.members.queries import asked_by, built
from community.organisations.models import Mandate
from community.organisations.queries import mandates_held
from community.restrictions import active_on, muted_in
from community.streams import PAGE, latest


class Place(NamedTuple):
    """Where in the talk one looks; the newest without one. Seqs have no holes."""

    before: int = 0  # up to what stands before this seq
    after: int = 0  # from what stands after this one
    at: int = 0  # around this one
    since: int | None = None  # how far one had read, where that is not as it was

    @property
    def end(self) -> int:
        """The seq before which the page ends; 0 for the newest."""
        if self.after:
            return self.after + PAGE + 1
        return self.before or (self.at and max(self.at + PAGE // 2, PAGE + 1))


NEWEST = Place()


class Room(NamedTuple):
    channel: Channel
    name: str  # as the member calls it
    messages: Sequence[Message]
    earlier: bool  # whether there are older ones
    later: bool  # and newer ones
    read_seq: int  # how far the member had read
    unread: int  # how many of others' are unread, here or earlier
    first_unread: int | None  # the seq
    mandates: Sequence[Mandate]
    standing: Standing
    membership: Membership | None
    others: Sequence[Member]  # beside the member, in a direct room or a group
    draft: Draft | None  # from the last time
    beside: int = 0  # of others' are unread in the threads that the member follows
    held: Sequence[HeldMessage] = ()  # what the member said, and moderators see first
    root: Message | None = None  # where the thread began, if this is one
    because: Sequence[str] = ()  # why the member is muted there


def room_for(session: Session, member: Member, channel_id: int, place: Place = NEWEST) -> Room:
    channel = channel_for(session, member, channel_id)
    messages = latest(session, Message, channel, min(place.end, channel.last_seq + 1))
    asked = asked_by(member) | {"channel": channel_id, "place": channel.address}
    asked |= {"since": place.since}
    membership, unread, first, beside, draft = session.execute(_left_in(member), asked).one()
    others, apart = _others(session, member, channel)
    standing = Standing(membership.role if membership else "", apart)
    read_seq = membership.read_seq if membership else channel.last_seq
    return Room(
        channel,
        channel.name_for(member.id),
        messages,
        earlier=bool(messages) and messages[0].seq > 1,
        later=bool(messages) and messages[-1].seq < channel.last_seq,
        read_seq=read_seq if place.since is None else place.since,
        unread=unread,
        first_unread=first,
        mandates=mandates_held(session, member),
        standing=standing if not channel.parent_id else standing_in(session, member, channel),
        membership=membership,
        others=others,
        draft=draft,
        beside=beside,
        held=held_of(session, member, channel),
        root=session.scalar(_root(channel)) if channel.parent_id else None,
        because=_why_muted(session, member, channel.home),
    )


def _why_muted(session: Session, member: Member, home: Channel) -> Sequence[str]:
    if not home.muted_until(member.id):
        return ()
    return [one.because for one in active_on(session, muted_in(home.id, member.id)) if one.because]


def _root(thread: Channel) -> Select[Message]:
    return select(Message).where(Message.thread_id == thread.id)


@built
def _left_in(member: Member) -> Select[Membership, int, int, int, Draft]:
    """Their membership and their draft, if there are any; how much they have not read there, from
    where, and how much beside it."""
    theirs = (Membership.channel_id == Channel.id) & (Membership.member_id == member.id)
    begun = (Draft.member_id == member.id) & (Draft.place == bindparam("place"))
    left = (_left(member, func.count()), _left(member, func.min(_Left.seq)), unread_beside(member))
    here = select(Membership, *left, Draft).select_from(Channel)
    here = here.outerjoin(Membership, theirs).outerjoin(Draft, begun)
    return here.where(Channel.id == bindparam("channel"))


_Left = aliased(Message)


def _left(member: Member, of: Any) -> ScalarSelect[int]:
    """Of the channel and the membership of the row around it, whatever they want to hear of it."""
    read = func.coalesce(bindparam("since", type_=BigInteger), Membership.read_seq)
    of_others = (_Left.author_id != member.id, *said_there(_Left))
    left = select(of).select_from(_Left).where(_Left.stream_id == Channel.id, _Left.seq > read)
    return left.where(*of_others).correlate(Channel, Membership).scalar_subquery()


def _others(session: Session, member: Member, channel: Channel) -> tuple[Sequence[Member], bool]:
    """Of a direct room or a group, and whether of two one has blocked the other."""
    if channel.type not in (ChannelType.DIRECT, ChannelType.GROUP):
        return (), False
    joined = select(Membership.member_id).where(Membership.channel_id == channel.id)
    others = select(Member, Member.id.in_(apart_from(member))).where(Member.id.in_(joined))
    found = session.execute(others.where(Member.id != member.id).order_by(Member.id)).all()
    apart = channel.type == ChannelType.DIRECT and any(apart for _other, apart in found)
    return [other for other, _apart in found], apart
