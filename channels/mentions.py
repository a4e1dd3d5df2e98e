"""Telling those whom messages name: one look for all of a pass, whatever it carries."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from channels.beside import follow
from channels.events import MessageChanged
from channels.models import Channel
from channels.queries import deaf_in, still_in
from community.blocks import away_from
from community.database import Transaction
from community.members.models import Member
from community.members.queries import members_named
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.text import beginnings, named


class Mention(NamedTuple):
    """A message that may name somebody."""

    speaker: Member
    calls: frozenset[str]  # what follows each @, in lower case: a name begins it
    channel: Channel
    event: MessageChanged


def notify_mentioned(tx: Transaction, mentions: Sequence[Mention]) -> None:
    """Those who can read it there, and not whoever says it."""
    calls = {call for mention in mentions for call in mention.calls}
    names = {name for call in calls for name in beginnings(call)}
    bearers = _bearers(tx, names) if names else {}
    if not bearers:
        return
    called = [(mention, _named(mention, bearers)) for mention in mentions]
    asked = {(who, mention.channel.id) for mention, them in called for who in them}
    hearing = still_in(tx, asked) - deaf_in(tx, asked)
    for mention, them in called:
        _notify(tx, mention, {who for who in them if (who, mention.channel.id) in hearing})
    follow(tx, {
        (who, mention.channel.id): mention.event.seq - 1
        for mention, them in called if mention.channel.parent_id
        for who in them if (who, mention.channel.id) in hearing
    })  # fmt: skip


def _bearers(tx: Transaction, names: set[str]) -> dict[str, set[int]]:
    bearers: dict[str, set[int]] = {}
    for member in members_named(tx, names):
        bearers.setdefault(member.name.lower(), set()).add(member.id)
    return bearers


def _named(mention: Mention, bearers: Mapping[str, set[int]]) -> set[int]:
    called = (bearers.get(named(call, bearers), set()) for call in mention.calls)
    return set().union(*called) - {mention.speaker.id}


def _notify(tx: Transaction, mention: Mention, who: set[int]) -> None:
    notify(
        tx,
        who - away_from(tx, mention.speaker, who),
        NoticeKind.MENTION,
        actor=mention.speaker,
        title=mention.channel.name,
        link=f"/messages/{mention.event.id}",
        stream=mention.channel.address,
        seq=mention.event.seq,
    )
