"""What is hidden by itself, for its author: their words, why, and until when. Who reported it stays
with the moderators."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.errors import NotFound
from community.members.models import Member
from community.restrictions import Restriction
from moderation.models import Case, Decision, SubjectKind
from moderation.queries import case_for, decision_of
from moderation.reasons import Reason
from moderation.subjects import Entry, entry_at, link_to, place_of


class Hidden(NamedTuple):
    """The statement of reasons of a restriction that holds until a decision."""

    restriction: Restriction
    entry: Entry
    place: str
    link: str
    reason: Reason  # the gravest that was given
    decision: Decision | None  # that ended it


def hidden_for(session: Session, reader: Member, restriction_id: int) -> Hidden:
    """For its author, and for moderators who see the case. Raises NotFound."""
    restriction = session.get(Restriction, restriction_id)
    if restriction is None or not restriction.interim:
        raise NotFound
    case = session.get_one(Case, restriction.case_id)
    if case.author_id != reader.id:
        case_for(session, reader, case.id)
    entry = entry_at(session, case.subject)
    return Hidden(
        restriction, entry, place_of(entry), link_to(entry), case.reason, decision_of(session, case)
    )


def hidden_at(session: Session, reader: Member, kind: SubjectKind, entry_id: int) -> int:
    """The number of what hides it by itself, or did so last."""
    theirs = (
        select(Restriction.id)
        .where(Restriction.interim, Restriction.subject == f"{kind}:{entry_id}")
        .order_by(Restriction.id.desc())
    )
    found = session.scalars(theirs.limit(1)).first()
    return hidden_for(session, reader, found or 0).restriction.id
