"""What was reported may become something else: words said in a channel become a post. Its cases go
along, so that what is decided about them, also on appeal, is done to what is read, and so does what
restricts it: a label stays above it."""

from collections.abc import Mapping

from sqlalchemy import or_, select

from community.database import Transaction
from community.restrictions import Restriction
from moderation.models import Case, SubjectKind
from moderation.queries import the_queue
from moderation.sheets import Sheet
from moderation.states import changed
from moderation.subjects import entry_at, settle


def hold_queue(tx: Transaction) -> None:
    """Nobody reports anything meanwhile. After channels, before topics."""
    tx.lock(the_queue(tx))


def cases_go_along(
    tx: Transaction, kind: SubjectKind, ids: Mapping[int, int], to: SubjectKind, stream_id: int
) -> None:
    """By the id of what was reported, the id of what it is now, in the topic or channel with that
    id. The queue is held."""
    about = select(Case).where(Case.subject_kind == kind, Case.subject_id.in_(ids))
    for case in tx.scalars(about.order_by(Case.id)).all():
        case.subject_kind, case.subject_id, case.stream_id = to, ids[case.subject_id], stream_id
        changed(tx, case)
    _restrictions_go_along(tx, kind, ids, to)


def _restrictions_go_along(
    tx: Transaction, kind: SubjectKind, ids: Mapping[int, int], to: SubjectKind
) -> None:
    """Where one was lifted meanwhile, what it is again says so, too. What was hidden by itself and
    is shown again was: that happens once."""
    now = {f"{kind}:{id}": f"{to}:{ids[id]}" for id in ids}
    imposed = select(Restriction).where(
        Restriction.subject.in_(now),
        or_(Restriction.lifted_at.is_(None), Restriction.interim),
    )
    restricted = set[str]()
    for restriction in tx.scalars(imposed.order_by(Restriction.id)).all():
        restriction.subject = now[restriction.subject]
        restricted.add(restriction.subject)
    for address in now.values():
        entry = entry_at(tx, address)
        assert not isinstance(entry, Sheet)
        if address in restricted or entry.label:
            settle(tx, entry)
