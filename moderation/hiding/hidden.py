"""What holds about somebody's words before anybody has decided, for their author: why, and until
when. Who reported it stays with the moderators."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.errors import NotFound
from community.members.models import Member
from community.restrictions import HIDING, Restriction, active_on
from moderation.models import Case, Decision, SubjectKind
from moderation.queries import case_for, decision_of
from moderation.reasons import Reason
from moderation.subjects import Entry, entry_at, link_to, place_of
from moderation.viewing import is_to_be_noted


class Hidden(NamedTuple):
    """The statement of reasons of a restriction that holds until a decision."""

    restriction: Restriction
    entry: Entry
    place: str
    link: str
    reason: Reason  # the gravest that was given
    decision: Decision | None  # that ended it
    case: Case
    to_be_noted: bool  # that a moderator looks at it, before they do


def hidden_for(session: Session, reader: Member, restriction_id: int) -> Hidden:
    """Of what members' reports or a rule of words did. For its author, and for moderators who see
    the case. Raises NotFound."""
    restriction = session.get(Restriction, restriction_id)
    if restriction is None or restriction.decision_id or not restriction.case_id:
        raise NotFound
    case = _case_for(session, reader, restriction)
    entry = entry_at(session, case.subject)
    noted = reader.id != case.author_id and is_to_be_noted(session, reader, case)
    return Hidden(
        restriction, entry, place_of(entry), link_to(entry), case.reason,
        decision_of(session, case), case, noted,
    )  # fmt: skip


def hidden_at(session: Session, reader: Member, kind: SubjectKind, entry_id: int) -> Restriction:
    """What hides it, a decision rather than what waits for one; else what did so last by itself.
    For whom `hidden_for` is."""
    subject = f"{kind}:{entry_id}"
    hiding = [one for one in active_on(session, subject) if one.kind in HIDING]
    decided = [one for one in hiding if not one.interim]
    found = (decided or hiding or _ended(session, kind, entry_id))[-1:]
    if not found:
        raise NotFound
    _case_for(session, reader, found[0])
    return found[0]


def _ended(session: Session, kind: SubjectKind, entry_id: int) -> Sequence[Restriction]:
    about = select(Case.id).where(Case.subject_kind == kind, Case.subject_id == entry_id)
    theirs = select(Restriction).where(
        Restriction.interim.is_(True),
        Restriction.kind.in_(HIDING),
        Restriction.case_id.in_(about),
    )
    return session.scalars(theirs.order_by(Restriction.id.desc()).limit(1)).all()


def _case_for(session: Session, reader: Member, restriction: Restriction) -> Case:
    case = session.get_one(Case, restriction.case_id)
    return case if case.author_id == reader.id else case_for(session, reader, case.id)
