"""The hot path: many members say something, and one pass stores it all.

Whoever waits while a pass runs rides in the next. A pass costs the same few statements whether it
carries one message or five hundred: one look for keys, one lock of every channel in it, one insert.
What is wrong with one of them is that one's answer and nobody else's.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm.attributes import set_committed_value

from channels.attachments import Files, hang_all
from channels.beside import count_replies, follow, held_with_homes
from channels.events import MessageChanged
from channels.holding import Holding
from channels.mentions import (
    Call,
    Mention,
    Reached,
    must_reach,
    notify_mentioned,
    reached_by,
)
from channels.models import Channel, ChannelType, Membership, Message, said_in
from channels.paces import Paces
from channels.policies import NOTHING, Standing, keeps_pace, may_speak
from channels.queries import answered_in, standings_in
from channels.spoken import Outcome as Outcome
from channels.spoken import Said as Said
from channels.spoken import Saying as Saying
from channels.spoken import Where
from channels.telling import notify_others
from community.attachments import Attached
from community.clock import now
from community.database import Transaction
from community.drafts import Used, use_drafts
from community.errors import Invalid, NotFound, Refusal
from community.holding import Held
from community.mentions import MOST_REACHED
from community.organisations.models import Mandate
from community.policies import require
from community.search.actions import put
from community.search.models import Thing
from community.streams import written_by
from community.together import (
    Key,
    clash,
    earlier,
    mandates_among,
    must_hold,
    stored_with,
)

MESSAGES = Message.metadata.tables[Message.__tablename__]
CHANNELS = Channel.metadata.tables[Channel.__tablename__]

# Run with every pass, so built only once.
SAID = stored_with(Message, Message.seq, Message.first_rev, Message.first_hash)
NUMBERED = (
    update(CHANNELS)
    .where(CHANNELS.c.id == bindparam("channel"))
    .values(last_seq=bindparam("seq"), rev=bindparam("rev"))
)
STORED = insert(MESSAGES).returning(MESSAGES.c.id, MESSAGES.c.stream_id, MESSAGES.c.seq)


def say_all(tx: Transaction, sayings: Sequence[Saying]) -> list[Outcome]:
    """One outcome each, in the order given. The members are held by the caller.

    Every channel is locked before anything is looked at, so numbers have no holes, follow the
    commits, and no right can end in between."""
    channels = held_with_homes(tx, {saying.channel_id for saying in sayings})
    standings = _standings(tx, channels, sayings)
    paces = Paces(tx, channels, [s.at for s in sayings if _keeps_pace(s, standings)])
    mandates = mandates_among(tx, {saying.mandate_id for saying in sayings if saying.mandate_id})
    parents = answered_in(tx, {saying.parent_id for saying in sayings if saying.parent_id})
    said = _said_before(tx, {saying.id for saying in sayings})
    reached = _reached(tx, sayings)
    files = Files(tx, {one.file for saying in sayings for one in saying.files})
    holding = Holding(tx, sayings)

    outcomes: list[Outcome] = []
    fresh: list[Saying] = []
    attached: dict[Key, list[Attached]] = {}
    for saying in sayings:
        if saying.id not in said:
            channel = channels.get(saying.channel_id)
            if known := holding.known(saying):
                outcomes.append(_held(known))
                continue
            refusal = (
                _refusal(saying, channel, standings, mandates, reached)
                or paces.refusal(saying.at)
                or files.refusal(saying.member, saying.files)
                or _answers_nothing(saying, parents)
            )
            if refusal or channel is None:
                outcomes.append(refusal or NotFound())
                continue
            if holding.takes(saying, channel):
                outcomes.append(_held(holding.hold(saying, channel, files.take(saying.files))))
                continue
            said[saying.id] = _number(channel, saying)
            paces.spoken(saying.at)
            attached[saying.id] = files.take(saying.files)
            fresh.append(saying)
        before = said[saying.id]
        outcomes.append(clash(before.sent, saying.sent) or before)
    _store(tx, fresh, channels, mandates, parents, said, attached, reached)
    _join(tx, fresh, channels, standings, said)
    return outcomes


def _standings(
    tx: Transaction, channels: dict[int, Channel], sayings: Sequence[Saying]
) -> dict[Where, Standing]:
    spoken = {s.at: channels[s.channel_id] for s in sayings if s.channel_id in channels}
    return standings_in(tx, [(member, channel) for (member, _id), channel in spoken.items()])


def _keeps_pace(saying: Saying, standings: dict[Where, Standing]) -> bool:
    return not saying.vetted and keeps_pace(saying.member, standings.get(saying.at, Standing()))


def _said_before(tx: Transaction, keys: set[Key]) -> dict[Key, Said]:
    before = earlier(tx, SAID, keys).items()
    return {key: Said(row.seq, row.first_rev, row.first_hash) for key, row in before}


def _refusal(
    saying: Saying,
    channel: Channel | None,
    standings: dict[Where, Standing],
    mandates: dict[int, Mandate],
    reached: dict[Key, Reached],
) -> Refusal | None:
    if saying.barred:
        return saying.barred
    if not saying.body.strip() and not saying.files:
        return Invalid(NOTHING)
    standing = standings.get(saying.at, Standing())
    if channel is None or (channel.private and not standing.joined):
        return NotFound()
    try:
        require(may_speak(saying.member, channel, standing))
        must_hold(saying.member, saying.mandate_id, mandates)
        told = MOST_REACHED if saying.vetted else saying.around.told
        must_reach(saying.member, channel, standing, reached[saying.id], told)
    except Refusal as refusal:
        return refusal
    return None


def _reached(tx: Transaction, sayings: Sequence[Saying]) -> dict[Key, Reached]:
    calls = [Call(s.member, s.channel_id, s.written.mentioned, s.around) for s in sayings]
    return {s.id: one for s, one in zip(sayings, reached_by(tx, calls), strict=True)}


def _answers_nothing(saying: Saying, parents: dict[int, Message]) -> NotFound | None:
    """What is answered stands in the same stream; it may be gone by now."""
    if saying.parent_id is None:
        return None
    parent = parents.get(saying.parent_id)
    return None if parent and parent.stream_id == saying.channel_id else NotFound()


def _number(channel: Channel, saying: Saying) -> Said:
    """Known to the session as stored: one statement writes the numbers of all channels."""
    set_committed_value(channel, "last_seq", channel.last_seq + 1)
    set_committed_value(channel, "rev", channel.rev + 1)
    return Said(channel.last_seq, channel.rev, saying.sent)


def _held(known: Held | Refusal) -> Outcome:
    return Said(0, 0, known.sent, known.id) if isinstance(known, Held) else known


def _store(
    tx: Transaction,
    fresh: Sequence[Saying],
    channels: dict[int, Channel],
    mandates: dict[int, Mandate],
    parents: dict[int, Message],
    said: dict[Key, Said],
    attached: dict[Key, list[Attached]],
    reached: dict[Key, Reached],
) -> None:
    if not fresh:
        return
    rows = [_row(tx, saying, said[saying.id], attached[saying.id]) for saying in fresh]
    spoken_in = {channels[saying.channel_id] for saying in fresh}
    beside = Counter(saying.channel_id for saying in fresh if channels[saying.channel_id].parent_id)
    roots = count_replies(tx, beside, channels, now(tx))
    spoken_in |= {channels[root.stream_id] for root in roots}
    tx.execute(NUMBERED, [{"channel": c.id, "seq": c.last_seq, "rev": c.rev} for c in spoken_in])
    ids = {(stream, seq): id for id, stream, seq in tx.execute(STORED, rows)}
    put(tx, [
        _thing(row, ids[row["stream_id"], row["seq"]], channels[row["stream_id"]].home_id)
        for row in rows
    ])  # fmt: skip
    hang_all(tx, {ids[row["stream_id"], row["seq"]]: row["attachments"] for row in rows})
    use_drafts(tx, [_used(saying) for saying in fresh if saying.draft])
    mentions: list[Mention] = []
    for saying, row in zip(fresh, rows, strict=True):
        channel, mandate = channels[saying.channel_id], mandates.get(saying.mandate_id or 0)
        parent = parents.get(saying.parent_id or 0)
        event = MessageChanged.said(
            channel, saying.member, mandate, parent, row, ids[channel.id, row["seq"]]
        )
        tx.publish(event)
        mentions.append(Mention(saying.member, reached[saying.id], channel, event))
    for root in roots:
        tx.publish(MessageChanged.of(channels[root.stream_id], root))
    notify_mentioned(tx, mentions)
    notify_others(tx, mentions)


def _used(saying: Saying) -> Used:
    return Used(saying.member.id, f"channel:{saying.channel_id}", saying.body, saying.draft)


def _join(
    tx: Transaction,
    fresh: Sequence[Saying],
    channels: dict[int, Channel],
    standings: dict[Where, Standing],
    said: dict[Key, Said],
) -> None:
    """Who speaks in a channel has joined it, and in a thread follows it; they have read as far as
    what they say."""
    follow(tx, {s.at: said[s.id].seq for s in fresh if channels[s.channel_id].parent_id})
    new = {one.at: one for one in fresh if not standings[one.at].joined}
    tx.add_all(
        Membership(channel_id=channel, member_id=member, read_seq=said[one.id].seq)
        for (member, channel), one in new.items()
        if channels[channel].type == ChannelType.CHANNEL
    )


def _thing(row: dict[str, Any], id: int, home_id: int) -> Thing:
    marks = written_by(row["author_id"], row["mandate_id"], row["html"])
    marks += said_in(home_id, row["attachments"])
    return Thing(Message.kind, id, row["written_at"], "", row["body"], marks)


def _row(
    tx: Transaction, saying: Saying, said: Said, attached: Sequence[Attached]
) -> dict[str, Any]:
    return {
        "stream_id": saying.channel_id,
        "seq": said.seq,
        "rev": said.rev,
        "author_id": saying.member.id,
        "mandate_id": saying.mandate_id,
        "parent_id": saying.parent_id,
        "key": saying.key,
        "first_rev": said.rev,
        "first_hash": said.sent,
        "body": saying.body,
        "html": saying.written.html,
        "written_at": now(tx),
        "attachments": attached,
    }
