"""What is said beside a channel, in a thread: whoever speaks there holds both, the message it began
at shows how many answered, and who spoke or was named follows.

Sections in house order: queries, actions.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, bindparam, func, select, union_all
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from channels.models import Channel, Membership, Message
from channels.queries import roles_of, said_there
from channels.showing import show_anew
from community.database import Transaction

Where = tuple[int, int]  # member, channel

# Asked with every pass, so built only once. Threads come before what they stand beside: so does
# whoever holds a channel with all its threads (hosting.hold_whole).
_One = aliased(Channel)
_ids: BindParameter[list[int]] = bindparam("ids", expanding=True)
_both: CompoundSelect[Any] = union_all(
    select(_One.id).where(_One.id.in_(_ids)), select(_One.parent_id).where(_One.id.in_(_ids))
)
HELD = (
    select(Channel)
    .where(Channel.id.in_(_both))
    .order_by(Channel.parent_id.is_(None), Channel.id)
    .with_for_update(key_share=True, of=Channel)
)

# Queries


def held_with_homes(tx: Transaction, ids: Collection[int]) -> dict[int, Channel]:
    """These, and the channels that threads among them stand beside: until we commit nobody else
    changes them, or anything in them."""
    return {channel.id: channel for channel in tx.scalars(HELD, {"ids": list(ids)})}


def root_of(tx: Transaction, thread: Channel) -> Message:
    """The message it began at."""
    return tx.scalars(select(Message).where(Message.thread_id == thread.id)).one()


# Actions


def count_replies(
    tx: Transaction, threads: Mapping[int, int], channels: Mapping[int, Channel], at: datetime
) -> list[Message]:
    """So many were said in each of these now. The messages they began at, in the order of their
    revs, of which the channels know, but not their rows."""
    if not threads:
        return []
    begun = select(Message).where(Message.thread_id.in_(threads)).order_by(Message.id)
    roots = tx.scalars(begun).all()
    for root in roots:
        home = channels[root.stream_id]
        root.replies += threads[root.thread_id or 0]
        root.replied_at = at
        set_committed_value(home, "rev", home.rev + 1)
        root.rev = home.rev
    return list(roots)


def recount_replies(tx: Transaction, thread: Channel) -> None:
    """Some are gone, or back. The caller holds both."""
    if thread.parent is None:
        return
    tx.flush()
    standing = select(func.count(), func.max(Message.written_at))
    standing = standing.where(Message.stream_id == thread.id, *said_there())
    root = root_of(tx, thread)
    root.replies, root.replied_at = tx.execute(standing).one()
    show_anew(tx, root)


def follow(tx: Transaction, wanted: Mapping[Where, int]) -> None:
    """Each (member, thread), read so far, unless they follow it already. The threads are held."""
    following = roles_of(tx, wanted) if wanted else {}
    tx.add_all(_followers((pair, seq) for pair, seq in wanted.items() if pair not in following))


def _followers(wanted: Iterable[tuple[Where, int]]) -> Iterable[Membership]:
    for (member, thread), seq in wanted:
        yield Membership(channel_id=thread, member_id=member, read_seq=seq)
