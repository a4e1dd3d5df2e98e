"""What waited for a moderator is said, or is not. Called by moderation, which has checked who may
and writes down why."""

from channels.events import HeldChanged
from channels.models import HeldMessage
from channels.saying import Saying, say_all
from community.attachments import Chosen, hang_anew
from community.database import Transaction
from community.errors import Refusal
from community.holding import let_through, turn_down
from community.text import spoken


def release(tx: Transaction, held: HeldMessage) -> None:
    """It is said now, in the name of its author and with the key it had: it has its place among
    what is said now. Raises what whoever speaks is refused for: rights that ended, a channel that
    was closed."""
    saying = Saying(
        member=held.author,
        channel_id=held.channel_id,
        body=held.body,
        written=spoken(held.body),
        key=held.key,
        mandate_id=held.mandate_id,
        parent_id=held.parent_id,
        files=tuple(Chosen(one["file"], one.get("words", "")) for one in held.attachments),
        vetted=True,
    )
    hang_anew(tx, {held.address: ""})  # for the message that it is from now on
    (outcome,) = say_all(tx, [saying])
    if isinstance(outcome, Refusal):
        raise outcome
    let_through(tx, held)
    tx.publish(HeldChanged.of(held))


def refuse(tx: Transaction, held: HeldMessage) -> None:
    turn_down(tx, held)
    tx.publish(HeldChanged.of(held))
