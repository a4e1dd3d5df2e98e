from channels.events import MessageChanged
from channels.models import Message
from community.database import Transaction
from community.streams import revise


def show_anew(tx: Transaction, message: Message) -> Message:
    """How it reads now, or what hangs at it. The caller holds it."""
    revise(message.channel, message)
    tx.publish(MessageChanged.of(message.channel, message))
    return message
