"""Telling the other of a direct room that something was said to them: once, until they have read
it."""

from collections.abc import Iterable, Sequence

from channels.mentions import Mention
from channels.models import ChannelType, HearingLevel, Membership
from community.blocks import away_from
from community.database import Transaction
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.notices.queries import waiting_in
from community.pairs import by_pair

LEVELS = by_pair(Membership.member_id, Membership.channel_id, Membership.level)


def notify_others(tx: Transaction, said: Sequence[Mention]) -> None:
    """Who wants to hear all of it, and does not keep away from whoever speaks."""
    first: dict[tuple[int, int], Mention] = {}  # the other, the room
    for one in said:
        if one.channel.type == ChannelType.DIRECT:
            (other,) = set(one.channel.two) - {one.speaker.id}
            first.setdefault((other, one.channel.id), one)
    if not first:
        return
    rooms = [one.channel.address for one in first.values()]
    told = waiting_in(tx, NoticeKind.DIRECT, [other for other, _room in first], rooms)
    for other, id in _listening(tx, first):
        one = first[other, id]
        if (other, one.channel.address) not in told:
            _notify(tx, other, one)


def _listening(tx: Transaction, asked: Iterable[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    levels = LEVELS.among(tx, asked)
    return sorted((who, room) for who, room, level in levels if level == HearingLevel.ALL)


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
