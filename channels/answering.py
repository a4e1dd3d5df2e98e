"""Messages that answer another one show its beginning, as it reads now.

Sections in house order: queries, actions.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, lazyload

from channels.events import ManyChanged, MessageChanged
from channels.models import Channel, Message
from community.database import Transaction, batches
from community.streams import revise

FEW = 20  # answers that are told one by one; of more each tab asks for what it shows

# Asked with every pass that holds an answer, so built only once.
ANSWERED = (
    select(Message)
    .where(Message.id.in_(bindparam("ids", expanding=True)))
    .options(lazyload(Message.parent))
)

# Queries


def answered_in(session: Session, ids: Iterable[int]) -> dict[int, Message]:
    """What is answered, by id: one look for all of a pass."""
    found: dict[int, Message] = {}
    for some in batches(ids):
        found |= {one.id: one for one in session.scalars(ANSWERED, {"ids": some})}
    return found


# Actions


def show_in_answers(tx: Transaction, channel: Channel, messages: Iterable[Message]) -> None:
    """These say something else now, or nothing: so does what answers them. The caller holds the
    channel, in which they all are."""
    to_them = Message.parent_id.in_([message.id for message in messages])
    found = tx.scalars(select(Message).where(to_them).order_by(Message.seq)).all()
    answers = [one for one in found if not one.gone]
    for one in answers:
        revise(channel, one)
    if len(answers) > FEW:
        tx.publish(ManyChanged.of(channel))
    else:
        for one in answers:
            tx.publish(MessageChanged.of(channel, one))
