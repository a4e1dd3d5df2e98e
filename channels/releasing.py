"""What waited for a moderator is said, or is not. Called by moderation, which has checked who may
and writes down why."""

from channels.events import HeldChanged
from channels.holding import states_of
from channels.models import HeldMessage, HeldState
from channels.saying import Saying, say_all
from community.attachments import Chosen, hang_anew
from community.clock import now
from community.database import Transaction
from community.errors import Refusal
from community.site import held_first
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
    held.blank(now(tx))  # the message has its words, as long as it does
    _settle(tx, held, HeldState.RELEASED)
    counts = states_of(tx, held.author)
    if counts[HeldState.RELEASED] < sum(counts.values()):
        return
    held.author.withheld = False  # nothing of theirs has a key that is looked for here
    if counts[HeldState.RELEASED] >= held_first(tx):
        held.author.observed = False


def refuse(tx: Transaction, held: HeldMessage) -> None:
    _settle(tx, held, HeldState.REFUSED)


def _settle(tx: Transaction, held: HeldMessage, state: HeldState) -> None:
    held.state, held.settled_at = state, now(tx)
    tx.flush()
    tx.publish(HeldChanged.of(held))
