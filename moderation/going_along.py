"""What was reported may become something else: words said in a channel become a post. The open case
goes along, so that it hides what is read."""

from collections.abc import Mapping

from sqlalchemy import select

from community.database import Transaction
from moderation.models import Case, SubjectKind
from moderation.queries import the_queue
from moderation.states import changed


def hold_queue(tx: Transaction) -> None:
    """Nobody reports anything meanwhile. After channels, before topics."""
    tx.lock(the_queue(tx))


def cases_go_along(
    tx: Transaction, kind: SubjectKind, ids: Mapping[int, int], to: SubjectKind, stream_id: int
) -> None:
    """By the id of what was reported, the id of what it is now, in the topic or channel with that
    id. The queue is held."""
    about = select(Case).where(
        Case.subject_kind == kind, Case.subject_id.in_(ids), Case.closed_at.is_(None)
    )
    for case in tx.scalars(about.order_by(Case.id)).all():
        case.subject_kind, case.subject_id, case.stream_id = to, ids[case.subject_id], stream_id
        changed(tx, case)
