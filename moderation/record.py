"""What stands beside a case: others like it, and what its author has done before.

Sections in house order: models, queries.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from community.clock import now
from community.restrictions import Restriction, active_on
from moderation.measures import Measure
from moderation.models import Case, Decision, Evidence, Flag, Ruling

LATELY = timedelta(days=180)
MOST = 5  # cases like it
OF_REPORTS = (Ruling.KEEP, Ruling.ACT)

# Models


class Record(NamedTuple):
    """Of an author, as far as the moderator may see the cases. What was overturned is not in it."""

    since: datetime  # when it begins to count
    measures: dict[str, int]  # how often, by kind
    reports: dict[str, int]  # of theirs, by what came of them: a Ruling
    active: Sequence[Restriction]  # on their account


class Beside(NamedTuple):
    similar: Sequence[Case]  # undecided or decided, the latest first
    record: Record
    meanwhile: Sequence[Restriction]  # what holds until somebody decides it


# Queries


def last_case_about(session: Session, kind: str, subject_id: int) -> Case | None:
    """The latest that was decided."""
    about = select(Case).where(
        Case.subject_kind == kind, Case.subject_id == subject_id, Case.decided_at.is_not(None)
    )
    return session.scalar(about.order_by(Case.id.desc()).limit(1))


def beside(session: Session, mine: Select[Case], case: Case, evidence: Evidence) -> Beside:
    """`mine` are the cases the moderator may see."""
    author, stream = f"member:{case.author_id}", case.stream_id
    active = active_on(session, author, case.subject, f"topic:{stream}", f"channel:{stream}")
    theirs = [one for one in active if one.subject == author]
    return Beside(
        _similar(session, mine, case, evidence),
        _record(session, _theirs(mine, case.author_id), case.author_id, theirs),
        [one for one in active if one.interim and one.case_id == case.id],
    )


def _theirs(mine: Select[Case], author_id: int) -> Select[int]:
    """Their cases alone, so that nobody asks of all there ever were whether they may be seen."""
    return mine.where(Case.author_id == author_id).with_only_columns(Case.id)


def stands() -> ColumnElement[bool]:
    """That nobody who looked at it anew found otherwise."""
    later = aliased(Decision)
    return ~exists().where(later.answers_id == Decision.id, later.ruling != Ruling.UPHOLD)


def _similar(
    session: Session, mine: Select[Case], case: Case, evidence: Evidence
) -> Sequence[Case]:
    """By the same author for the same reason, or of the very same words, whoever wrote them."""
    same = select(Evidence.case_id).where(Evidence.hash == evidence.hash)
    again = and_(Case.author_id == case.author_id, Case.reason_code == case.reason_code)
    alike = mine.where(Case.id != case.id, or_(again, Case.id.in_(same)))
    return session.scalars(alike.order_by(Case.id.desc()).limit(MOST)).all()


def _record(
    session: Session, mine: Select[int], author_id: int, active: Sequence[Restriction]
) -> Record:
    since = now(session) - LATELY
    decided = (Decision.case_id.in_(mine), Decision.decided_at >= since, stands())
    taken = (
        select(literal("took", String), Measure.kind, func.count())
        .join(Decision, Decision.id == Measure.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .where(Case.author_id == author_id, *decided)
        .group_by(Measure.kind)
    )
    reported = (
        select(literal("reported", String), Decision.ruling, func.count())
        .join(Flag, Flag.case_id == Decision.case_id)
        .where(Flag.member_id == author_id, Decision.ruling.in_(OF_REPORTS), *decided)
        .group_by(Decision.ruling)
    )
    counts: dict[str, dict[str, int]] = {"took": {}, "reported": {}}
    for which, word, times in session.execute(taken.union_all(reported)):
        counts[which][word] = times
    return Record(since, counts["took"], counts["reported"], active)
