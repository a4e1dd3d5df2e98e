"""What somebody said in channels goes, when nobody is known by their number any more: the words,
what they said before, and what hangs there. Places and numbers stay, so streams have no holes."""

from collections.abc import Sequence

from sqlalchemy import select, update

from channels.actions import gone_or_back
from channels.direct import renamed
from channels.events import HeldChanged
from channels.models import Channel, HeldMessage, Message
from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.search.actions import put_anew
from community.streams import Version


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
    return len(messages) + len(_held(tx, member, most))


def _wipe(tx: Transaction, message: Message) -> None:
    said = (Version.kind == Channel.kind, Version.entry_id == message.id)
    tx.execute(update(Version).where(*said).values(body="", html="", reason=""))
    message.body = message.html = ""
    message.attachments = []
    message.withdrawn_at = message.withdrawn_at or now(tx)
    gone_or_back(tx, message)
    put_anew(tx, message.thing)


def _held(tx: Transaction, member: Member, most: int) -> Sequence[HeldMessage]:
    left = select(HeldMessage).where(HeldMessage.author_id == member.id, HeldMessage.body != "")
    held = tx.scalars(left.order_by(HeldMessage.id).limit(most)).all()
    for one in held:
        tx.forget_turns()
        tx.lock(*one.chain)
        one.blank(now(tx))
        tx.publish(HeldChanged.of(one))
    return held
