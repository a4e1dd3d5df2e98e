"""Messages leave a channel for a topic. Where they stood stays a line; their words stay in their
rows, shown to nobody there, so that for some minutes they can come back as they were.

What takes them in is not known here: web/crossings.py calls both.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from channels.beside import recount_replies
from channels.events import MessageChanged
from channels.models import Channel, Departure, Membership, Message
from channels.pinning import pin_again
from channels.policies import Standing, may_speak
from channels.queries import channel_for, said_there, standing_in
from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid, NotFound
from community.members.models import Member
from community.members.policies import may_write
from community.policies import YES, Verdict, no, require
from community.streams import revise
from community.words import _

MOST = 200  # messages that leave at once
PAGE = 50  # to choose from
TO_UNDO = timedelta(minutes=10)

# Policies


def may_lead_out(
    member: Member, channel: Channel, authors: Collection[int], standing: Standing
) -> Verdict:
    """Whether they may carry what these said out of the channel: who may not speak there changes
    nothing in it, moderators apart."""
    if not may_carry(member, channel, authors, standing) or member.moderates:
        return may_carry(member, channel, authors, standing)
    return may_speak(member, channel, standing)


def may_carry(
    member: Member, channel: Channel, authors: Collection[int], standing: Standing
) -> Verdict:
    """Whether what these said is theirs to carry elsewhere.

    What was said in private was said to those who were there. A category that all of them see may
    be seen by others, too, so neither hosts nor moderators decide that: only who said it does."""
    if not may_write(member) or set(authors) <= {member.id}:
        return may_write(member)
    if channel.private:
        return no(_("Words said in private are carried elsewhere only by those who said them."))
    if not (standing.hosts or member.moderates):
        return no(_("Only hosts of the channel and moderators do this with words of others."))
    return YES


def may_undo(member: Member, departure: Departure, at: datetime) -> Verdict:
    if departure.actor_id != member.id and not member.moderates:
        return no(_("Only who did it and moderators can undo it."))
    if departure.back_at:
        return no(_("It was undone already."))
    if at - departure.left_at > TO_UNDO:
        return no(_("This could be undone for ten minutes; they are over."))
    return may_write(member)


# Queries


class Choice(NamedTuple):
    """Messages of a channel to choose from."""

    channel: Channel
    standing: Standing
    messages: Sequence[Message]  # that the member may carry elsewhere
    earlier: int | None  # the page before ends before this seq
    later: bool


def messages_to_choose(
    session: Session, member: Member, channel_id: int, before: int = 0
) -> Choice:
    """A page of them, the newest or those before a seq."""
    channel = channel_for(session, member, channel_id)
    standing = standing_in(session, member, channel)
    said = select(Message).where(Message.stream_id == channel.id, *said_there())
    if not may_carry(member, channel, {0}, standing):
        said = said.where(Message.author_id == member.id)
    newest = said.where(Message.seq < before) if before else said
    found = session.scalars(newest.order_by(Message.seq.desc()).limit(PAGE + 1)).all()
    page = found[:PAGE][::-1]
    earlier = page[0].seq if len(found) > PAGE else None
    return Choice(channel, standing, page, earlier, before > 0)


def authors_of(session: Session, channel: Channel, ids: Collection[int]) -> set[int]:
    """Whoever said one of these messages of the channel."""
    said = select(Message.author_id).where(Message.id.in_(ids), Message.stream_id == channel.id)
    return set(session.scalars(said.distinct()))


def messages_chosen(session: Session, channel: Channel, ids: Collection[int]) -> Sequence[Message]:
    """In the order of their seq. Raises Invalid where they are too many or none, and Conflict where
    one of them says nothing any more."""
    if not ids:
        raise Invalid(_("Please choose at least one message."))
    if len(ids) > MOST:
        raise Invalid(_("At most %(most)s messages are chosen at once."), most=MOST)
    chosen = select(Message).where(Message.id.in_(list(ids)), Message.stream_id == channel.id)
    messages = session.scalars(chosen.where(*said_there()).order_by(Message.seq)).all()
    if len(messages) < len(set(ids)):
        raise Conflict(_("Some of these messages are not there any more. Please choose again."))
    return messages


def departure_for(session: Session, member: Member, departure_id: int) -> Departure:
    departure = session.get(Departure, departure_id)
    if departure is None:
        raise NotFound
    channel_for(session, member, departure.channel_id)
    return departure


def left_with(session: Session, departure: Departure) -> Sequence[Message]:
    """In the order of their seq; none after they came back."""
    left = select(Message).where(Message.departure_id == departure.id)
    return session.scalars(left.order_by(Message.seq)).all()


def left_among(
    session: Session, member: Member, channel_id: int, ids: Collection[int]
) -> Sequence[int]:
    """Those of these messages of a channel that became part of a topic."""
    channel = channel_for(session, member, channel_id)
    these = (Message.stream_id == channel.id, Message.id.in_(list(ids)))
    return session.scalars(select(Message.id).where(*these, Message.departure_id > 0)).all()


def read_of(departure: Departure) -> Select[Any]:
    """Members who had read some of what left, with how many: the first so many."""
    first = select(func.min(Message.seq)).where(Message.departure_id == departure.id)
    behind = select(func.count(Message.id)).where(
        Message.departure_id == departure.id, Message.seq <= Membership.read_seq
    )
    return select(
        Membership.member_id, behind.correlate(Membership).scalar_subquery().label("read")
    ).where(
        Membership.channel_id == departure.channel_id,
        Membership.read_seq >= first.scalar_subquery(),
    )


# Actions


def leave(tx: Transaction, member: Member, channel_id: int, ids: Collection[int]) -> Departure:
    """All of these, together. Messages leave once: who sends this twice is answered as before."""
    channel = tx.hold(channel_for, member, channel_id)
    if done := _done(tx, member, channel, ids):
        return done
    messages = messages_chosen(tx, channel, ids)
    authors = {message.author_id for message in messages}
    require(may_lead_out(member, channel, authors, standing_in(tx, member, channel)))
    departure = Departure(channel=channel, actor_id=member.id, left_at=now(tx))
    tx.add(departure)
    tx.flush()
    for message, together in zip(messages, _side_by_side(messages), strict=True):
        message.departure_id, message.left = departure.id, together
    _show_anew(tx, channel, messages)
    audit.record(tx, member, "channel.left", channel.address, departure=departure.id)
    return departure


def come_back(tx: Transaction, member: Member, departure_id: int) -> Sequence[Message]:
    """As they were, each where it stood. The channel is held."""
    departure = departure_for(tx, member, departure_id)
    tx.lock(*departure.channel.chain)
    tx.refresh(departure)
    require(may_undo(member, departure, now(tx)))
    messages = left_with(tx, departure)
    for message in messages:
        message.departure_id, message.left = None, 0
    pin_again(tx, departure.channel, messages)
    departure.back_at = now(tx)
    _show_anew(tx, departure.channel, messages)
    audit.record(tx, member, "channel.back", departure.channel.address, departure=departure.id)
    return messages


def _done(
    tx: Transaction, member: Member, channel: Channel, ids: Collection[int]
) -> Departure | None:
    left = select(Message.departure_id).where(
        Message.id.in_(list(ids)), Message.stream_id == channel.id
    )
    (with_what, *others) = set(tx.scalars(left)) or {None}
    done = tx.get(Departure, with_what) if with_what and not others else None
    return done if done and done.actor_id == member.id else None


def _side_by_side(messages: Sequence[Message]) -> list[int]:
    """For the first of each row of neighbours how many they are, for the others nothing."""
    counts: list[int] = []
    first = 0
    for n, message in enumerate(messages):
        counts.append(0)
        if not n or message.seq != messages[n - 1].seq + 1:
            first = n
        counts[first] += 1
    return counts


def _show_anew(tx: Transaction, channel: Channel, messages: Sequence[Message]) -> None:
    for message in messages:
        revise(channel, message)
    tx.flush()
    for message in messages:
        tx.publish(MessageChanged.of(channel, message))
    recount_replies(tx, channel)
