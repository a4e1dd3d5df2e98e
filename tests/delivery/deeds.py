"""What is done in the harbour beside the lines: by moderators, in rows."""

from datetime import timedelta

from channels.actions import hide_message, restore_message
from channels.joining import invite, remove
from channels.models import Message
from community.clock import now
from community.database import Transaction
from community.members.actions import set_muted_until
from community.members.models import Member
from tests.cast import ADA, CY, FAY, open_channel


def furnish(tx: Transaction, channel: int) -> None:
    open_channel(tx, channel, private=True)
    tx.flush()
    let_in(tx, channel, CY)


def let_in(tx: Transaction, channel: int, member: int) -> None:
    invite(tx, tx.get_one(Member, FAY), channel, member)


def hide(tx: Transaction, id: int) -> int:
    message = tx.get_one(Message, id)
    hide_message(tx, message)
    return message.rev


def restore(tx: Transaction, id: int) -> int:
    message = tx.get_one(Message, id)
    restore_message(tx, message)
    return message.rev


def set_muted(tx: Transaction, member: int, muted: bool) -> None:
    until = now(tx) + timedelta(days=1) if muted else None
    set_muted_until(tx, tx.get_one(Member, member), until)


def show_out(tx: Transaction, channel: int, member: int) -> None:
    remove(tx, tx.get_one(Member, ADA), channel, member)
