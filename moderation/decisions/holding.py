"""What waits until somebody has looked, the first of new members and what has words that are looked
at: it stands in the queue, with how long there is to look at it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels import saying
from channels.models import HeldMessage
from channels.saying import Said, Saying
from community.database import Transaction
from community.errors import NotFound
from community.holding import HeldWords
from community.members.models import Member
from forum import replying
from forum.beginning import start_or_hold
from forum.holding import HeldPost
from forum.replying import Replied, Replying
from forum.topics.models import Post, Wanted
from moderation.decisions.applications import Told, apply
from moderation.models import WITHHELD, Case, Decision, SubjectKind
from moderation.queries import cases_of, open_case_about, the_queue
from moderation.reasons import HELD, reason_for

KINDS: dict[SubjectKind, type[HeldWords]] = {
    SubjectKind.HELD: HeldMessage,
    SubjectKind.HELD_POST: HeldPost,
}


def say_all(tx: Transaction, sayings: Sequence[Saying]) -> list[saying.Outcome]:
    """As channels/saying.py has it."""
    outcomes = saying.say_all(tx, sayings)
    for one, outcome in zip(sayings, outcomes, strict=True):
        if isinstance(outcome, Said) and outcome.held:
            _ask(tx, SubjectKind.HELD, outcome.held, one.hold)
    return outcomes


def reply_all(tx: Transaction, replies: Sequence[Replying]) -> list[replying.Outcome]:
    """As forum/replying.py has it."""
    outcomes = replying.reply_all(tx, replies)
    for one, outcome in zip(replies, outcomes, strict=True):
        if isinstance(outcome, Replied) and outcome.held:
            _ask(tx, SubjectKind.HELD_POST, outcome.held, one.hold)
    return outcomes


def start(tx: Transaction, member: Member, wanted: Wanted, why: str) -> Post | HeldPost:
    """As forum/beginning.py has it."""
    started = start_or_hold(tx, member, wanted, why)
    if isinstance(started, HeldPost):
        _ask(tx, SubjectKind.HELD_POST, started.id, why)
    return started


def refusal_of(session: Session, author: Member, kind: SubjectKind, held_id: int) -> int:
    """The number of the decision by which what they said was not let through. Raises NotFound."""
    refused = (
        select(Decision.id)
        .join(Decision.case)
        .where(
            Case.subject_kind == kind,
            Case.subject_id == held_id,
            Case.author_id == author.id,
        )
        .order_by(Decision.id)
    )
    decision_id = session.scalar(refused.limit(1))
    if decision_id is None or kind not in WITHHELD:
        raise NotFound
    return decision_id


def sees_held(session: Session, reader: Member, kind: SubjectKind, held_id: int) -> bool:
    """With what hangs at it: its author, and whoever may see the case about it."""
    about = cases_of(session, reader).where(Case.subject_kind == kind, Case.subject_id == held_id)
    held = session.get(KINDS[kind], held_id)
    mine = held is not None and held.author_id == reader.id
    return mine or session.scalar(about.limit(1)) is not None


def _ask(tx: Transaction, kind: SubjectKind, held_id: int, why: str) -> None:
    """Once, however often it is sent. `why` is the reason of the rule that holds it, if any."""
    if open_case_about(tx, kind, held_id):
        return
    tx.lock(the_queue(tx))
    held = tx.get_one(KINDS[kind], held_id)
    place, link, stream_id = _where(held)
    hung = ((f"📎 /files/{one['file']}", one.get("words", "")) for one in held.attachments)
    rule = ((f"/rules#{why}", why),) if why else ()
    told = Told(held.body, place, link, (*rule, *hung))
    apply(tx, held.author, kind, held.id, reason_for(tx, HELD), told, stream_id=stream_id)


def _where(held: HeldWords) -> tuple[str, str, int]:
    """What it is called there, the page of that, and which stream it is, if there is one yet."""
    match held:
        case HeldMessage():
            return held.channel.name, f"/channels/{held.channel_id}", held.channel_id
        case HeldPost(topic=None):
            return held.title, f"/categories/{held.home.slug}", 0
        case HeldPost():
            return held.place, f"/topics/{held.topic_id}", held.topic_id or 0
    raise NotFound
