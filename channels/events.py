from datetime import datetime
from typing import Any, Self

from msgspec import Struct

from channels.models import Channel, ChannelState, HeldMessage, Message
from community.attachments import Attached
from community.bus import Event
from community.members.models import Member
from community.organisations.models import Mandate
from community.reactions import Given
from community.streams import EntryChanged, StreamChanged, shown, signed
from community.text import plain

QUOTED = 100  # characters of a message that stand above what answers it


class Quote(Struct, frozen=True, kw_only=True):
    """How a message stands above what answers it, as it reads at that rev."""

    id: int
    seq: int
    rev: int
    author_id: int
    author: str
    author_role: str
    words: str  # its beginning
    gone: str

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls(
            id=message.id,
            seq=message.seq,
            rev=message.rev,
            author_id=message.author_id,
            author=message.author.name,
            author_role="" if message.mandate_id else message.author.role,
            words="" if message.gone else plain(message.body, QUOTED),
            gone=message.gone,
        )

    @property
    def stamp(self) -> tuple[int | str, ...]:
        """As of an EntryChanged."""
        return self.id, self.rev, self.author, self.author_role


class MessageChanged(EntryChanged, frozen=True, kw_only=True):
    """Said, edited, withdrawn, hidden, restored, reacted to: how it reads from now on. Or that it
    became part of a topic: then `gone` is "moved", and nothing says what it was or where it is."""

    reactions: dict[str, Given] = {}
    pinned: bool = False
    thread_id: int = 0  # beside it, once something was said there
    replies: int = 0
    replied_at: datetime | None = None
    left: int = 0  # so many beside each other, told with the first of them
    answers: Quote | None = None
    quote: Quote | None = None  # for what answers it: that is not changed, however much it is

    attachments: list[Attached] = []

    @classmethod
    def of(cls, channel: Channel, message: Message) -> Self:
        return cls(
            **shown(channel, message),
            reactions={} if message.gone else message.reactions,
            left=message.left,
            thread_id=(message.thread_id or 0) if message.replied_at else 0,
            replies=message.replies,
            replied_at=message.replied_at,
            pinned=bool(message.pinned_at) and not message.gone,
            answers=Quote.of(message.parent) if message.parent and not message.gone else None,
            quote=Quote.of(message) if message.rev > message.first_rev else None,
            attachments=[] if message.gone else message.attachments,
        )

    @classmethod
    def said(
        cls,
        channel: Channel,
        author: Member,
        mandate: Mandate | None,
        parent: Message | None,
        row: dict[str, Any],
        id: int,
    ) -> Self:
        """What of() would make of a row that has just been stored, without reading it back."""
        told = ("seq", "rev", "key", "html", "written_at", "attachments")
        return cls(
            **signed(author, mandate),
            **{name: row[name] for name in told},
            address=channel.address,
            id=id,
            edited=False,
            gone="",
            answers=Quote.of(parent) if parent else None,
        )

    @property
    def stamp(self) -> tuple[int | str, ...]:
        answered = self.answers.stamp if self.answers else ()
        return *super().stamp, *answered


class ChannelChanged(StreamChanged, frozen=True, kw_only=True):
    """Renamed, described, archived or opened again."""

    archived: bool
    otherwise: bool = False  # it is called by each who is in it

    @classmethod
    def of(cls, channel: Channel) -> Self:
        return cls(
            address=channel.address,
            rev=channel.changed_rev,
            name=channel.name,
            otherwise=bool(channel.called),
            archived=channel.state == ChannelState.ARCHIVED,
        )


class SpeakingChanged(Event, frozen=True, kw_only=True):
    """Whether they may speak in some channel is decided anew."""

    member_id: int

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"


class RoomParted(Event, frozen=True, kw_only=True):
    """One of its two has blocked the other: neither is told any more that the other is there."""

    channel: str

    @property
    def stream(self) -> str:
        return self.channel


class HeldChanged(Event, frozen=True, kw_only=True):
    """What a new member said waits, or waits no more. Its author's tabs ask how it looks."""

    member_id: int
    channel: str

    @classmethod
    def of(cls, held: HeldMessage) -> Self:
        return cls(member_id=held.author_id, channel=held.channel.address)

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"


class MembershipEnded(Event, frozen=True, kw_only=True):
    member_id: int
    channel: str

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"


class MembershipBegun(Event, frozen=True, kw_only=True):
    """They joined, or somebody let them in."""

    member_id: int
    channel_id: int

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"


class ReadingMoved(Event, frozen=True, kw_only=True):
    """Back, or to the end of what had waited, or something there does not count any more: each tab
    of theirs asks what is unread now."""

    member_id: int

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"
