"""What waited for a moderator is written, or is not. Called by moderation, which has checked who
may and writes down why."""

from community.attachments import Along, Chosen, hang_anew
from community.database import Transaction
from community.errors import Refusal
from community.holding import let_through, turn_down
from community.places import Lens
from community.text import written
from forum.holding import HeldPost, HeldPostChanged
from forum.replying import Replying, reply_all
from forum.topics.actions import start
from forum.topics.models import Aim, Filed, Post


def release(tx: Transaction, held: HeldPost) -> None:
    """It is written now, in the name of its author and with the key it had: it has its place among
    what is written now. Raises what whoever writes is refused for: rights that ended, a topic that
    was locked."""
    along = Along(
        files=tuple(Chosen(one["file"], one.get("words", "")) for one in held.attachments)
    )
    hang_anew(tx, {held.address: ""})  # for the post that it is from now on
    post = _replied(tx, held, along) if held.topic_id else _started(tx, held, along)
    post.first_hash = held.sent
    let_through(tx, held)
    tx.publish(HeldPostChanged.of(held))


def refuse(tx: Transaction, held: HeldPost) -> None:
    turn_down(tx, held)
    tx.publish(HeldPostChanged.of(held))


def _replied(tx: Transaction, held: HeldPost, along: Along) -> Post:
    """An answer goes where what it answers stands by now."""
    reply = Replying(
        member=held.author,
        body=held.body,
        written=written(held.body),
        key=held.key,
        topic_id=None if held.parent_id else held.topic_id,
        parent_id=held.parent_id,
        mandate_id=held.mandate_id,
        along=along,
        vetted=True,
    )
    (outcome,) = reply_all(tx, [reply])
    if isinstance(outcome, Refusal):
        raise outcome
    return tx.get_one(Post, outcome.id)


def _started(tx: Transaction, held: HeldPost, along: Along) -> Post:
    return start(
        tx, held.author, held.home.id, held.title, held.body,
        Lens(held.region, held.cluster, held.theme), key=held.key, mandate_id=held.mandate_id,
        filed=Filed(Aim(held.aim), tuple(held.tags), along),
    )  # fmt: skip
