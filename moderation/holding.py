"""The first messages of new members: what is held when somebody speaks waits in the queue, with how
long there is to look at it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels import saying
from channels.models import HeldMessage
from channels.saying import Outcome, Said, Saying
from community.database import Transaction
from community.errors import NotFound
from community.members.models import Member
from moderation.applications import Told, apply
from moderation.models import Case, Decision, SubjectKind
from moderation.queries import cases_of, open_case_about, the_queue
from moderation.reasons import HELD, reason_for


def say_all(tx: Transaction, sayings: Sequence[Saying]) -> list[Outcome]:
    """As channels/saying.py has it."""
    outcomes = saying.say_all(tx, sayings)
    for one, outcome in zip(sayings, outcomes, strict=True):
        if isinstance(outcome, Said) and outcome.held:
            _ask(tx, outcome.held, one.hold)
    return outcomes


def refusal_of(session: Session, author: Member, held_id: int) -> int:
    """The number of the decision by which what they said was not let through. Raises NotFound."""
    refused = (
        select(Decision.id)
        .join(Decision.case)
        .where(
            Case.subject_kind == SubjectKind.HELD,
            Case.subject_id == held_id,
            Case.author_id == author.id,
        )
        .order_by(Decision.id)
    )
    decision_id = session.scalar(refused.limit(1))
    if decision_id is None:
        raise NotFound
    return decision_id


def sees_held(session: Session, reader: Member, held_id: int) -> bool:
    """With what hangs at it: its author, and whoever may see the case about it."""
    about = cases_of(session, reader).where(
        Case.subject_kind == SubjectKind.HELD, Case.subject_id == held_id
    )
    held = session.get(HeldMessage, held_id)
    mine = held is not None and held.author_id == reader.id
    return mine or session.scalar(about.limit(1)) is not None


def _ask(tx: Transaction, held_id: int, why: str) -> None:
    """Once, however often it is sent. `why` is the reason of the rule that holds it, if any."""
    if open_case_about(tx, SubjectKind.HELD, held_id):
        return
    tx.lock(the_queue(tx))
    held = tx.get_one(HeldMessage, held_id)
    hung = ((f"📎 /files/{one['file']}", one.get("words", "")) for one in held.attachments)
    rule = ((f"/rules#{why}", why),) if why else ()
    told = Told(held.body, held.channel.name, f"/channels/{held.channel_id}", (*rule, *hung))
    apply(tx, held.author, SubjectKind.HELD, held.id, reason_for(tx, HELD), told,
          stream_id=held.channel_id)  # fmt: skip
