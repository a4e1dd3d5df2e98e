from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.attachments import Attached
from community.database import Base
from community.holding import HeldWords
from community.places import Placed
from community.reactions import Reactable
from community.search.models import Mark, Thing, mark
from community.streams import Stream
from community.text import NOWHERE, Ways, Written, spoken
from community.wanted import Has


class ChannelType(StrEnum):
    CHANNEL = "channel"
    DIRECT = "direct"  # of two, for good
    GROUP = "group"  # of a few, without a place in the lens
    THREAD = "thread"  # beside a channel: what was answered to one of its messages


class ChannelState(StrEnum):
    OPEN = "open"
    READ_ONLY = "read_only"  # nobody says anything for now
    ARCHIVED = "archived"  # and it stands last in lists


class ChannelRole(StrEnum):
    MEMBER = "member"
    HOST = "host"


class Callers(StrEnum):
    """Who may call everybody who is here."""

    EVERYBODY = "everybody"
    HOSTS = "hosts"  # and moderators
    NOBODY = "nobody"


class HearingLevel(StrEnum):
    ALL = "all"
    MENTIONS = "mentions"
    NOTHING = "nothing"


class Channel(Placed, Stream):
    """A thread is one, too: seen by who sees its channel, with numbers and members of its own."""

    __tablename__ = "channels"
    kind = "channel"

    type: Mapped[str] = mapped_column(default=ChannelType.CHANNEL, index=True)
    name: Mapped[str]
    # What each of a few calls their talk, by their number: by the others in it, as long as nobody
    # has named it. So is a thread beside it.
    called: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    about: Mapped[str] = mapped_column(default="")
    notice: Mapped[str] = mapped_column(default="")  # the line that stays above the talk
    private: Mapped[bool] = mapped_column(default=False)  # a thread as its channel is
    announcing: Mapped[bool] = mapped_column(default=False)  # only hosts begin to speak
    state: Mapped[str] = mapped_column(default=ChannelState.OPEN)
    slow_seconds: Mapped[int] = mapped_column(default=0)  # between two messages of one member
    callers: Mapped[str] = mapped_column(default=Callers.HOSTS)  # of @here; in a group everybody
    keep_days: Mapped[int] = mapped_column(default=0)  # then words are blanked; 0 keeps them
    # Until when who is muted there, by their number: as the restrictions on them add up.
    mutes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    blanked_seq: Mapped[int] = mapped_column(default=0)  # so far they are
    pair: Mapped[str | None] = mapped_column(unique=True)  # of a direct one: "3:8"
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"), index=True)

    parent: Mapped["Channel | None"] = relationship(remote_side="Channel.id")

    def muted_until(self, member_id: int) -> datetime | None:
        until = self.mutes.get(str(member_id))
        return datetime.fromisoformat(until) if until else None

    def name_for(self, member_id: int) -> str:
        return self.called.get(str(member_id), self.name)

    @property
    def rank(self) -> tuple[Any, ...]:
        """A thread comes before the channel it stands beside."""
        return self.parent_id is None, self.id

    @property
    def chain(self) -> tuple[Base, ...]:
        return (self, self.parent) if self.parent else (self,)

    @property
    def home(self) -> "Channel":
        """Whose members see it and may speak in it."""
        return self.parent if self.parent_id and self.parent else self

    @property
    def two(self) -> tuple[int, int]:
        """Whose direct room it is."""
        lesser, greater = map(int, (self.pair or "0:0").split(":"))
        return lesser, greater

    @property
    def home_id(self) -> int:
        return self.parent_id or self.id


class Membership(Base):
    """Who joined, and how far they have read. Only they see a private channel; in a thread, who
    follows it."""

    __tablename__ = "channel_memberships"
    __table_args__ = (Index("ix_channel_memberships_member", "member_id"),)

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    read_seq: Mapped[int] = mapped_column(default=0)
    role: Mapped[str] = mapped_column(default=ChannelRole.MEMBER)
    level: Mapped[str] = mapped_column(default=HearingLevel.ALL)
    favourite: Mapped[bool] = mapped_column(default=False)


class HeldMessage(HeldWords):
    """What somebody said, until a moderator has looked at it: then it is a message with this key,
    or it is none."""

    __tablename__ = "held_messages"

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))  # it answers

    channel: Mapped[Channel] = relationship(lazy="joined")

    @property
    def address(self) -> str:
        return f"held:{self.id}"

    @property
    def chain(self) -> tuple[Base, ...]:
        return *self.channel.chain, self


_HERE = HeldMessage.blanked_at.is_(None)
Index("ix_held_messages_here", HeldMessage.said_at, sqlite_where=_HERE, postgresql_where=_HERE)


class Departure(Base):
    """That messages left a channel together: for a topic, which this floor does not know."""

    __tablename__ = "departures"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    left_at: Mapped[datetime]
    back_at: Mapped[datetime | None]  # when they came back

    channel: Mapped[Channel] = relationship(lazy="joined")


class Message(Reactable):
    __tablename__ = "messages"
    kind = "message"

    stream_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)  # quoted
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"), unique=True)
    replies: Mapped[int] = mapped_column(default=0, server_default="0")  # that stand in the thread
    replied_at: Mapped[datetime | None]  # the last of them
    pinned_at: Mapped[datetime | None]
    blanked_at: Mapped[datetime | None]  # its channel kept it no longer
    attachments: Mapped[list[Attached]] = mapped_column(JSON, default=list)

    departure_id: Mapped[int | None] = mapped_column(ForeignKey("departures.id"), index=True)
    left: Mapped[int] = mapped_column(default=0)  # on the first of those side by side: how many

    channel: Mapped[Channel] = relationship(foreign_keys=stream_id)
    thread: Mapped[Channel | None] = relationship(foreign_keys=thread_id)
    parent: Mapped["Message | None"] = relationship(
        remote_side="Message.id", foreign_keys=parent_id, lazy="selectin", join_depth=1
    )

    @staticmethod
    def made(body: str, ways: Ways = NOWHERE) -> Written:
        return spoken(body, ways)

    @property
    def gone(self) -> str:
        if self.departure_id:
            return "moved"
        return super().gone or ("blanked" if self.blanked_at else "")

    @property
    def thing(self) -> Thing:
        found = super().thing
        return found._replace(
            marks=(*found.marks, *said_in(self.channel.home_id, self.attachments))
        )

    @property
    def chain(self) -> tuple[Base, ...]:
        thread = (self.thread,) if self.thread else ()
        return *thread, *self.channel.chain, self


_PINNED = Message.pinned_at.is_not(None)
Index("ix_messages_pinned", Message.stream_id, sqlite_where=_PINNED, postgresql_where=_PINNED)

# When one last spoke: in a slow channel or in a thread beside it, of which there may be many.
Index("ix_messages_spoken", Message.author_id, Message.written_at)


def said_in(channel_id: int, attachments: Sequence[Attached] = ()) -> tuple[str, ...]:
    """The marks of a message in the search; of a thread those of its channel."""
    file = (mark(Mark.HAS, Has.FILE),) if attachments else ()
    return mark(Mark.KIND, Message.kind), mark(Mark.CHANNEL, channel_id), *file
