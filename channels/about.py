"""What a channel's own page shows: what it is, and who is in it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.direct import people_called
from channels.hosting import managed_for
from channels.joining import heads_in
from channels.models import Channel, ChannelRole, Membership
from channels.policies import Standing, may_host, may_invite, may_leave, may_name, may_remove
from community.errors import NotFound
from community.members.models import Member
from community.policies import Verdict, no
from community.words import _

PAGE = 50


class Joined(NamedTuple):
    member: Member
    role: str

    @property
    def hosts(self) -> bool:
        return self.role == ChannelRole.HOST


def _joined_in(session: Session, channel: Channel, after: int = 0) -> Sequence[Joined]:
    """A page of them, by id: those after that member."""
    theirs = select(Member, Membership.role).join(Membership, Membership.member_id == Member.id)
    page = theirs.where(Membership.channel_id == channel.id, Member.id > after)
    return [Joined(*row) for row in session.execute(page.order_by(Member.id).limit(PAGE))]


class About(NamedTuple):
    channel: Channel
    name: str  # as the member calls it
    membership: Membership | None
    heads: int
    joined: Sequence[Joined]  # a page of them
    found: Sequence[tuple[Member, bool]]  # who may be invited, and whether they are in it already
    may_host: Verdict
    may_invite: Verdict
    may_remove: Verdict
    may_name: Verdict
    may_leave: Verdict

    @property
    def older(self) -> int | None:
        return self.joined[-1].member.id if len(self.joined) == PAGE else None


def about_channel(
    session: Session, member: Member, channel_id: int, after: int = 0, words: str = ""
) -> About:
    """Administrators reach this page of private channels, too; what is said there they do not."""
    channel = managed_for(session, member, channel_id)
    if channel.parent_id:
        raise NotFound  # a thread is shown beside its channel
    membership = session.get(Membership, (channel.id, member.id))
    standing = Standing(membership.role if membership else "")
    heads, hosts = heads_in(session, channel)
    inviting = may_invite(member, channel, standing)
    return About(
        channel,
        channel.name_for(member.id),
        membership,
        heads,
        _joined_in(session, channel, after),
        _found(session, member, channel, words) if inviting else [],
        may_host(member, channel, standing),
        inviting,
        may_remove(member, channel, standing),
        may_name(member, channel, standing),
        may_leave(channel, standing, hosts, heads - 1)
        if membership
        else no(_("Join this channel first.")),
    )


def _found(
    session: Session, member: Member, channel: Channel, words: str
) -> Sequence[tuple[Member, bool]]:
    people = people_called(session, member, words)
    if not people:
        return []
    joined = select(Membership.member_id).where(
        Membership.channel_id == channel.id,
        Membership.member_id.in_([one.id for one in people]),
    )
    inside = set(session.scalars(joined))
    return [(one, one.id in inside) for one in people]
