"""The line that a rule of words puts above what it finds. What is found is reported, too, and the
decision about that ends the line: it breaks no rule, or something else follows, which may be a
label of the decision's own.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from community import audit
from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.restrictions import Restriction, RestrictionKind, active_on
from moderation.models import Case
from moderation.subjects import Entry, place_of, settle


def label(tx: Transaction, case: Case, entry: Entry, words: str) -> None:
    """The entry and the queue are held. One line for a case. Its author is told why, and that a
    moderator looks."""
    if labels_on(tx, case):
        return
    restriction = Restriction(
        kind=RestrictionKind.LABELLED, subject=case.subject, case_id=case.id, because=words,
        imposed_at=now(tx),
    )  # fmt: skip
    tx.add(restriction)
    settle(tx, entry)
    audit.record(tx, None, "case.labelled", case.address, about=case.subject,
                 words=audit.fingerprint(words))  # fmt: skip
    notify(tx, [case.author_id], NoticeKind.LABELLED, title=place_of(entry),
           link=f"/hidden/{restriction.id}")  # fmt: skip


def end_label(tx: Transaction, case: Case, entry: Entry, by: Member | None) -> None:
    """The case is decided, or there was nothing to decide. The entry and the case are held."""
    for restriction in labels_on(tx, case):
        restriction.lifted_at, restriction.lifted_by_id = now(tx), by.id if by else None
        audit.record(tx, by, "case.unlabelled", case.address, about=case.subject)
        settle(tx, entry)


def labels_on(session: Session, case: Case) -> Sequence[Restriction]:
    """By no decision."""
    return [
        one
        for one in active_on(session, case.subject)
        if one.kind == RestrictionKind.LABELLED
        and one.case_id == case.id
        and not (one.decision_id or one.interim)
    ]
