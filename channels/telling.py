"""Telling the other of a direct room that something was said to them: once, until they have read
it."""

from collections.abc import Sequence

from sqlalchemy import select

from channels.mentions import Mention
from channels.models import ChannelType, HearingLevel, Membership
from community.blocks import away_from
from community.database import Transaction
from community.keyed import found, keyed
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.notices.queries import waiting_for

# Asked with every pass in a direct room, so built only once.
_key = (Membership.member_id, Membership.channel_id)
LISTENING = keyed(select(*_key).where(Membership.level == HearingLevel.ALL), *_key)


def notify_others(tx: Transaction, said: Sequence[Mention]) -> None:
    """Who wants to hear all of it, and does not keep away from whoever speaks."""
    first: dict[tuple[int, int], Mention] = {}  # the other, the room
    for one in said:
        if one.channel.type == ChannelType.DIRECT:
            (other,) = set(one.channel.two) - {one.speaker.id}
            first.setdefault((other, one.channel.id), one)
    if not first:
        return
    asked = {(other, one.channel.address) for (other, _room), one in first.items()}
    told = waiting_for(tx, NoticeKind.DIRECT, asked)
    for other, id in sorted(found(tx, LISTENING, first)):
        one = first[other, id]
        if (other, one.channel.address) not in told:
            _notify(tx, other, one)


def _notify(tx: Transaction, other: int, one: Mention) -> None:
    if away_from(tx, one.speaker, [other]):
        return
    notify(
        tx,
        [other],
        NoticeKind.DIRECT,
        actor=one.speaker,
        link=f"/channels/{one.channel.id}",
        stream=one.channel.address,
        seq=one.event.seq,
    )
