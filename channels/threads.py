"""Threads: talk beside a channel that began at one of its messages.

One in which nothing was said yet has its row, for what waits in a browser or was kept as a draft is
for its number; but it is told, listed and offered nowhere.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from channels.beside import follow
from channels.events import ReadingMoved
from channels.models import Channel, ChannelType, HearingLevel, Membership, Message
from channels.policies import Standing, may_answer
from channels.queries import (
    channel_for,
    counts,
    hears_all,
    message_for,
    standing_in,
    standings_in,
)
from community.database import Transaction
from community.members.models import Member
from community.policies import Verdict, no, require
from community.words import _

PAGE = 50
FOLLOWED = 200  # threads of one channel that an open page knows of

# Policies


def may_begin(member: Member, message: Message, standing: Standing) -> Verdict:
    """A thread at it."""
    if message.gone:
        return no(_("It is not there any more."))
    if message.channel.parent_id:
        return no(_("There are no threads in threads."))
    return may_answer(member, message.channel, standing)


# Queries


class ListedThread(NamedTuple):
    root: Message
    follows: bool
    unread: int


class Threads(NamedTuple):
    channel: Channel
    listed: Sequence[ListedThread]


def threads_of(session: Session, member: Member, channel_id: int) -> Threads:
    """Those with replies beside a channel: first what the member has not read of those they
    follow, then the latest."""
    channel = channel_for(session, member, channel_id)
    theirs = aliased(Message)
    unread = (
        select(func.count())
        .where(theirs.stream_id == Message.thread_id, *counts(member, theirs))
        .correlate(Message, Membership)
        .scalar_subquery()
    )
    joined = (Membership.channel_id == Message.thread_id) & (Membership.member_id == member.id)
    listed = select(Message, Membership.member_id.is_not(None), unread)
    listed = listed.outerjoin(Membership, joined)
    listed = listed.where(Message.stream_id == channel.id, Message.replies > 0)
    newest = listed.order_by((unread > 0).desc(), Message.replied_at.desc(), Message.id.desc())
    found = session.execute(newest.limit(PAGE)).all()
    return Threads(channel, [ListedThread(*row) for row in found])


def followed_in(session: Session, member: Member, channel_id: int) -> Sequence[tuple[int, int]]:
    """The threads beside a channel that the member follows and wants to hear of, and how much of
    each they have not read: first where something waits, then those that began last."""
    channel = channel_for(session, member, channel_id)
    theirs, home = aliased(Message), aliased(Membership)
    unread = (
        select(func.count())
        .where(theirs.stream_id == Membership.channel_id, *counts(member, theirs))
        .correlate(Membership)
        .scalar_subquery()
    )
    at_home = (home.channel_id == channel.id) & (home.member_id == member.id)
    followed = (
        select(Channel.id, unread)
        .join(Membership, Membership.channel_id == Channel.id)
        .outerjoin(home, at_home)
        .where(Channel.parent_id == channel.id, Membership.member_id == member.id)
        .where(Channel.last_seq > 0)
        .where(Membership.level == HearingLevel.ALL, hears_all(home))
    )
    first = followed.order_by((unread > 0).desc(), Channel.id.desc()).limit(FOLLOWED)
    return [(id, count) for id, count in session.execute(first)]


# Actions


def begin(tx: Transaction, member: Member, message_id: int) -> Channel:
    """The thread at this message; the one there is, if there is. Its author follows it."""
    message = tx.hold(message_for, member, message_id)
    if message.thread:
        return message.thread
    channel = message.channel
    require(may_begin(member, message, standing_in(tx, member, channel)))
    thread = Channel(
        type=ChannelType.THREAD, parent=channel, name=channel.name, called=channel.called,
        private=channel.private,
        region=channel.region, cluster=channel.cluster, theme=channel.theme,
    )  # fmt: skip
    tx.add(thread)
    tx.flush()
    message.thread = thread
    author = (message.author_id, channel.id)
    if standings_in(tx, [(message.author_id, channel)])[author].joined:
        follow(tx, {(message.author_id, thread.id): 0})
    return thread


def unfollow(tx: Transaction, member: Member, thread_id: int) -> Channel:
    """Nothing in it is unread for them any more; who is named there follows anew."""
    thread = channel_for(tx, member, thread_id)
    theirs = (Membership.channel_id == thread.id, Membership.member_id == member.id)
    if thread.parent_id:
        tx.execute(delete(Membership).where(*theirs))
        tx.publish(ReadingMoved(member_id=member.id))
    return thread
