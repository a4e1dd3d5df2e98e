from typing import Self

from channels.models import Channel, ChannelState, Message
from community.attachments import Attached
from community.bus import Event
from community.reactions import Given
from community.streams import EntryChanged, StreamChanged, shown


class MessageChanged(EntryChanged, frozen=True, kw_only=True):
    """Said, edited, withdrawn, hidden, restored, reacted to: how it reads from now on. Or that it
    became part of a topic: then `gone` is "moved", and nothing says what it was or where it is."""

    reactions: dict[str, Given] = {}
    left: int = 0  # so many beside each other, told with the first of them

    attachments: list[Attached] = []

    @classmethod
    def of(cls, channel: Channel, message: Message) -> Self:
        return cls(
            **shown(channel, message),
            reactions={} if message.gone else message.reactions,
            left=message.left,
            attachments=[] if message.gone else message.attachments,
        )


class ChannelChanged(StreamChanged, frozen=True, kw_only=True):
    """Renamed, described, archived or opened again."""

    archived: bool

    @classmethod
    def of(cls, channel: Channel) -> Self:
        return cls(
            address=channel.address,
            rev=channel.changed_rev,
            name=channel.name,
            archived=channel.state == ChannelState.ARCHIVED,
        )


class MembershipEnded(Event, frozen=True, kw_only=True):
    member_id: int
    channel: str

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"
