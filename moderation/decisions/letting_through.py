"""What waited for a moderator is said, or is not, on whichever floor it was said."""

from channels import releasing as channels
from channels.models import HeldMessage
from community.database import Transaction
from community.errors import Conflict
from community.holding import is_left
from community.words import _
from forum import releasing as forum
from forum.holding import HeldPost


def release(tx: Transaction, held: HeldMessage | HeldPost) -> None:
    """As the floors have it. Of whom nothing is left that waits or was refused, nothing has a key
    that is looked for there. Raises Conflict where the words are gone."""
    if held.blanked_at:
        raise Conflict(_("What was held is deleted by now; its author can say it again."))
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
