from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.places import Placed
from community.search.models import Mark, Thing, mark
from community.streams import Entry, Stream


class Channel(Placed, Stream):
    __tablename__ = "channels"
    kind = "channel"

    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    private: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None]


class Membership(Base):
    """Who joined, and how far they have read. Only they see a private channel."""

    __tablename__ = "channel_memberships"
    __table_args__ = (Index("ix_channel_memberships_member", "member_id"),)

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    read_seq: Mapped[int] = mapped_column(default=0)


class Message(Entry):
    __tablename__ = "messages"
    kind = "message"

    stream_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))

    channel: Mapped[Channel] = relationship()

    @property
    def thing(self) -> Thing:
        found = super().thing
        return found._replace(marks=(*found.marks, *said_in(self.stream_id)))

    @property
    def chain(self) -> tuple[Base, ...]:
        return self.channel, self


def said_in(channel_id: int) -> tuple[str, ...]:
    """The marks of a message in the search."""
    return mark(Mark.KIND, Message.kind), mark(Mark.CHANNEL, channel_id)
