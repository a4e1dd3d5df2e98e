"""What somebody said in channels goes, when nobody is known by their number any more: the words,
what they said before, and what hangs there. Places and numbers stay, so streams have no holes."""

from sqlalchemy import select

from channels.actions import gone_or_back
from channels.direct import renamed
from channels.events import HeldChanged
from channels.models import Channel, HeldMessage, Message
from community.clock import now
from community.database import Transaction
from community.histories import blank
from community.holding import blank_some
from community.members.models import Member
from community.search.actions import put_anew


def call_anew(tx: Transaction, member: Member) -> None:
    """Rooms of two and groups that are called by their people."""
    renamed(tx, member)


def wipe_some(tx: Transaction, member: Member, most: int) -> int:
    """How many of them went; the next round takes the rest."""
    left = select(Message).where(Message.author_id == member.id, Message.body != "")
    messages = tx.scalars(left.order_by(Message.stream_id, Message.seq).limit(most)).all()
    for message in messages:
        tx.forget_turns()
        tx.lock(*message.channel.chain, message)
        _wipe(tx, message)
    held = blank_some(tx, HeldMessage, member, most)
    for one in held:
        tx.publish(HeldChanged.of(one))
    return len(messages) + len(held)


def _wipe(tx: Transaction, message: Message) -> None:
    blank(tx, Channel.kind, message)
    message.attachments = []
    message.withdrawn_at = message.withdrawn_at or now(tx)
    gone_or_back(tx, message)
    put_anew(tx, message.thing)
