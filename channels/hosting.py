"""What a channel is: the verbs of hosts and administrators. Who is in it is in joining.py.

Sections in house order: queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from channels.events import ChannelChanged, SpeakingChanged
from channels.keeping import KEPT
from channels.models import (
    Callers,
    Channel,
    ChannelRole,
    ChannelState,
    ChannelType,
    Membership,
)
from channels.policies import may_host, may_manage, may_silence
from channels.queries import channel_for, standing_in
from community import audit
from community.database import Transaction
from community.errors import Invalid
from community.members.models import Member
from community.places import Lens
from community.policies import require
from community.streams import change
from community.words import _

PACES = (0, 5, 10, 30, 60, 300, 900, 3600)  # seconds between two messages, where it is slow

# Queries


def managed_for(session: Session, member: Member, channel_id: int) -> Channel:
    """For its name, its place and its members: administrators reach private ones, too, but read
    in them as little as anybody else who is not a member. Of direct rooms, groups and threads they
    reach what everybody reaches."""
    channel = session.get(Channel, channel_id) if may_manage(member) else None
    if channel is None or channel.type != ChannelType.CHANNEL:
        return channel_for(session, member, channel_id)
    return channel


def channels_managed(session: Session, administrator: Member) -> Sequence[tuple[Channel, int]]:
    """All of them, with how many have joined each."""
    require(may_manage(administrator))
    joined = select(func.count()).where(Membership.channel_id == Channel.id).scalar_subquery()
    every = select(Channel, joined).where(Channel.type == ChannelType.CHANNEL)
    every = every.order_by(Channel.state == ChannelState.ARCHIVED, Channel.name)
    return [(channel, count) for channel, count in session.execute(every)]


def members_in(session: Session, administrator: Member, channel_id: int) -> Sequence[Member]:
    """By name."""
    channel = managed_for(session, administrator, channel_id)
    require(may_manage(administrator))
    joined = select(Membership.member_id).where(Membership.channel_id == channel.id)
    return session.scalars(
        select(Member).where(Member.id.in_(joined)).order_by(Member.name, Member.id)
    ).all()


# Actions


def open_channel(
    tx: Transaction,
    administrator: Member,
    name: str,
    about: str,
    place: Lens,
    *,
    private: bool,
    announcing: bool = False,
) -> Channel:
    """Whoever opens it is its first host."""
    require(may_manage(administrator))
    channel = Channel(
        name=name, about=about, private=private, announcing=announcing, **place._asdict()
    )
    tx.add(channel)
    tx.flush()
    tx.add(Membership(channel_id=channel.id, member_id=administrator.id, role=ChannelRole.HOST))
    audit.record(tx, administrator, "channel.opened", channel.address, private=private)
    return channel


def change_channel(
    tx: Transaction, administrator: Member, channel_id: int, name: str, about: str, place: Lens
) -> Channel:
    channel = hold_whole(tx, administrator, channel_id)
    require(may_manage(administrator))
    channel.name, channel.about = name, about
    beside = update(Channel).where(Channel.parent_id == channel.id)
    tx.execute(beside.values(name=name, **place._asdict()))
    channel.region, channel.cluster, channel.theme = place
    return _changed(tx, administrator, channel, "channel.changed")


def archive(tx: Transaction, host: Member, channel_id: int) -> Channel:
    """Nothing is said there any more; what was said can be read."""
    return _stated(tx, host, channel_id, ChannelState.ARCHIVED, "channel.archived")


def silence(tx: Transaction, host: Member, channel_id: int) -> Channel:
    """Nothing is said there for now."""
    return _stated(tx, host, channel_id, ChannelState.READ_ONLY, "channel.silenced")


def unarchive(tx: Transaction, host: Member, channel_id: int) -> Channel:
    return _stated(tx, host, channel_id, ChannelState.OPEN, "channel.unarchived")


def set_pace(tx: Transaction, host: Member, channel_id: int, seconds: int) -> Channel:
    """How long everybody waits between two messages; 0: not at all. Hosts and moderators never."""
    if seconds not in PACES:
        raise Invalid(_("A channel can be set to some lengths of time only."))
    channel = tx.hold(managed_for, host, channel_id)
    require(may_host(host, channel, standing_in(tx, host, channel)))
    channel.slow_seconds = seconds
    return _changed(tx, host, channel, "channel.paced")


def set_callers(tx: Transaction, host: Member, channel_id: int, callers: Callers) -> Channel:
    """Who may call everybody who is here, also by an edit; in the threads beside it, too."""
    channel = tx.hold(managed_for, host, channel_id)
    require(may_host(host, channel, standing_in(tx, host, channel)))
    channel.callers = callers
    return _changed(tx, host, channel, "channel.callers")


def describe(tx: Transaction, host: Member, channel_id: int, *, about: str, notice: str) -> Channel:
    """What it is for, and the line that stays above the talk."""
    channel = tx.hold(managed_for, host, channel_id)
    require(may_host(host, channel, standing_in(tx, host, channel)))
    channel.about, channel.notice = about, notice
    return _changed(tx, host, channel, "channel.changed")


def set_keeping(
    tx: Transaction, administrator: Member, channel_id: int, days: int, *, announcing: bool
) -> Channel:
    """After so many days words are blanked (channels/keeping.py); 0 keeps them."""
    if days and days not in KEPT:
        raise Invalid(_("A channel can be set to some lengths of time only."))
    channel = tx.hold(managed_for, administrator, channel_id)
    require(may_manage(administrator))
    channel.keep_days, channel.announcing = days, announcing
    details = {"days": days, "announcing": announcing}
    return _changed(tx, administrator, channel, "channel.kept", **details)


def set_muted(tx: Transaction, channel: Channel, member_id: int, until: datetime | None) -> None:
    """None: not any more. Called by moderation, which has checked who may and writes down why; it
    holds the channel with its threads."""
    others = {who: end for who, end in channel.mutes.items() if who != str(member_id)}
    channel.mutes = {**others, str(member_id): until.isoformat()} if until else others
    tx.flush()
    tx.publish(SpeakingChanged(member_id=member_id))


def hold_whole(tx: Transaction, member: Member, channel_id: int) -> Channel:
    """With the threads beside it: who speaks in one holds that alone."""
    found = managed_for(tx, member, channel_id)
    beside = select(Channel).where(Channel.parent_id == found.id).order_by(Channel.id)
    tx.scalars(beside.with_for_update(key_share=True)).all()
    return tx.hold(managed_for, member, channel_id)


def _stated(
    tx: Transaction, host: Member, channel_id: int, state: ChannelState, verb: str
) -> Channel:
    channel = hold_whole(tx, host, channel_id)
    for_now = ChannelState.ARCHIVED not in {state, channel.state}
    may = may_silence if for_now else may_host
    require(may(host, channel, standing_in(tx, host, channel)))
    channel.state = state
    return _changed(tx, host, channel, verb)


def _changed(tx: Transaction, host: Member, channel: Channel, verb: str, **details: int) -> Channel:
    change(channel)
    audit.record(tx, host, verb, channel.address, **details)
    tx.publish(ChannelChanged.of(channel))
    return channel
