"""What waited for a moderator is said, or is not, on whichever floor it was said."""

from channels import releasing as channels
from channels.models import HeldMessage
from community.database import Transaction
from community.holding import is_left
from forum import releasing as forum
from forum.holding import HeldPost


def release(tx: Transaction, held: HeldMessage | HeldPost) -> None:
    """As the floors have it. Of whom nothing is left that waits or was refused, nothing has a key
    that is looked for there."""
    if isinstance(held, HeldPost):
        forum.release(tx, held)
    else:
        channels.release(tx, held)
    held.author.withheld = any(is_left(tx, kind, held.author) for kind in (HeldMessage, HeldPost))


def refuse(tx: Transaction, held: HeldMessage | HeldPost) -> None:
    if isinstance(held, HeldPost):
        forum.refuse(tx, held)
    else:
        channels.refuse(tx, held)
