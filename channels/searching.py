"""Messages as search shows them."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session

from channels.models import Channel, Membership, Message
from channels.queries import channels_of
from community.blocks import avoided_by
from community.finding import OFFICE, marked_as, of_kind, said_by, with_author
from community.members.models import Member
from community.search.models import Mark, mark
from community.search.queries import MOST_MARKS, Marked, Source, any_of
from community.wanted import Is, Wanted

OF_POSTS = {Is.ANSWERED}  # what no message is or has


def messages_found(session: Session, reader: Member | None, wanted: Wanted) -> list[Source]:
    """For members, of the channels they see."""
    if reader is None or wanted.tag or OF_POSTS & {*wanted.state}:
        return []
    name = _name_for(reader)
    channels = channels_of(reader).where(wanted.place.shows(Channel))
    if wanted.within:
        channels = channels.where(name.icontains(wanted.within, autoescape=True))
    seen = select(Message.id).where(
        Message.stream_id.in_(channels.with_only_columns(Channel.id)),
        Message.blanked_at.is_(None),
        *said_by(Message, wanted),
        Message.departure_id.is_(None),
        *_narrowed(reader, wanted),
    )
    columns = (Message.id, name, Message.body, name, Message.stream_id,
               Message.seq, Message.author_id, Member.name, OFFICE, Message.written_at)  # fmt: skip
    shown = select(literal(Message.kind), *columns)
    shown = shown.join(Channel, Channel.id == Message.stream_id)
    marked = _marked(session, wanted, channels)
    return [Source(Message.kind, Message.id, seen, with_author(shown, Message), marked)]


def _name_for(reader: Member) -> ColumnElement[str]:
    """As Channel.name_for()."""
    return func.coalesce(Channel.called[str(reader.id)].as_string(), Channel.name)


def _marked(session: Session, wanted: Wanted, channels: Select[Channel]) -> Marked:
    if wanted.within or any(wanted.place):
        homes = channels.with_only_columns(Channel.id).where(Channel.parent_id.is_(None))
        here = session.scalars(homes.limit(MOST_MARKS + 1))
        some = any_of([mark(Mark.CHANNEL, id) for id in here])
    else:
        some = of_kind(Message.kind)
    return *some, *marked_as(wanted)


def _narrowed(reader: Member, wanted: Wanted) -> list[ColumnElement[Any]]:
    narrowed: list[ColumnElement[Any]] = []
    if reader.keeps_away_from:
        narrowed.append(Message.author_id.not_in(avoided_by(reader)))
    joined = (Membership.member_id == reader.id, Membership.channel_id == Message.stream_id)
    if Is.FOLLOWED in wanted.state:
        narrowed.append(select(Membership.channel_id).where(*joined).exists())
    if Is.UNREAD in wanted.state:
        read = select(Membership.read_seq).where(*joined, Membership.read_seq < Message.seq)
        narrowed += [read.exists(), Message.author_id != reader.id]
    return narrowed
