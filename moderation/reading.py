"""What the pages of those who moderate show: the queue and a case. log.py has the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from channels.models import Channel
from community.audit import AuditEntry
from community.clock import now
from community.errors import NotFound
from community.files import File as Picture
from community.members.models import Member
from community.places import Lens
from community.policies import Verdict, require
from community.streams import EntryChanged
from community.verification import pictures_for
from forum.topics.models import Topic
from moderation.canned import Offered, offered
from moderation.models import (
    Case,
    Decision,
    Evidence,
    Flag,
    Question,
    Queue,
    State,
    SubjectKind,
)
from moderation.policies import Party, may_claim, may_see_queue
from moderation.queries import (
    cases_of,
    decision_of,
    evidence_of,
    parties_of,
    questions_of,
    reporters_of,
    standing_in,
    the_queue,
)
from moderation.reasons import Reason, all_reasons, may_be_ground
from moderation.subjects import all_of, entry_at, shown_now

PAGE = 50
EARLIER = 20  # decisions about the same author, the latest of them

# The queue

Show = Literal["waiting", "mine", "asked", "decided"]


class Wanted(NamedTuple):
    """What a queue page shows; what is empty lets everything pass."""

    show: Show = "waiting"
    reason: str = ""
    priority: int | None = None
    lens: Lens = Lens()


class Listed(NamedTuple):
    case: Case
    evidence: Evidence
    party: Party
    may_claim: Verdict
    at: datetime  # now, for what the clock says


class QueuePage(NamedTuple):
    queue: Queue  # read first: what changes afterwards is caught up on
    rows: Sequence[Listed]
    counts: dict[Show, int]  # exact, under the same filters
    reasons: dict[str, Reason]


def queue_page(session: Session, moderator: Member, wanted: Wanted, after: int = 0) -> QueuePage:
    require(may_see_queue(moderator))
    mine = cases_of(session, moderator)
    return QueuePage(
        the_queue(session),
        _listed(session, moderator, mine, wanted, after),
        _counted(session, moderator, mine, wanted),
        all_reasons(session),
    )


def row_for(session: Session, moderator: Member, case_id: int) -> Listed:
    return _row(session, moderator, cases_of(session, moderator), case_id)


def _row(session: Session, moderator: Member, mine: Select[Case], case_id: int) -> Listed:
    for row in _rows(session, moderator, mine.where(Case.id == case_id)):
        return row
    raise NotFound


def _listed(
    session: Session, moderator: Member, mine: Select[Case], wanted: Wanted, after: int
) -> Sequence[Listed]:
    """What is due first; of what is decided, the latest. `after` is the last id seen."""
    listed = _filtered(mine, moderator, wanted)
    last = session.get(Case, after) if after else None
    if wanted.show == "decided":
        listed = listed.order_by(Case.queue_id.desc(), Case.rev.desc())  # as the index has it
        listed = listed.where(Case.rev < last.rev) if last else listed
    else:
        listed = listed.order_by(Case.due_at, Case.id)
        listed = listed.where(_later(last)) if last else listed
    return _rows(session, moderator, listed.limit(PAGE))


def _counted(
    session: Session, moderator: Member, mine: Select[Case], wanted: Wanted
) -> dict[Show, int]:
    """How many of each `show` there are under the same filters."""
    shows: tuple[Show, ...] = ("waiting", "mine", "asked")
    each = (_filtered(mine, moderator, wanted._replace(show=show)) for show in shows)
    counts = (
        select(func.count()).select_from(one.with_only_columns(Case.id).subquery()) for one in each
    )
    row = session.execute(select(*(one.scalar_subquery() for one in counts))).one()
    return dict(zip(shows, row, strict=True))


def _rows(session: Session, moderator: Member, cases: Select[Case]) -> list[Listed]:
    """With what a row of the queue shows of each, the latest evidence among it."""
    taken = aliased(Evidence)
    latest = select(func.max(taken.id)).where(taken.case_id == Case.id).scalar_subquery()
    with_evidence = cases.join(Evidence, Evidence.id == latest).add_columns(Evidence)
    found = session.execute(with_evidence).all()
    parties = parties_of(session, moderator, [case for case, _evidence in found])
    at = now(session)
    return [
        Listed(
            case,
            evidence,
            parties[case.id],
            may_claim(moderator, case, parties[case.id]),
            at,
        )
        for case, evidence in found
    ]


def _filtered(cases: Select[Case], moderator: Member, wanted: Wanted) -> Select[Case]:
    match wanted.show:
        case "mine":
            cases = cases.where(Case.closed_at.is_(None), Case.claimed_by_id == moderator.id)
        case "decided":
            cases = cases.where(Case.closed_at.is_not(None))
        case "asked":
            cases = cases.where(Case.state == State.ASKED)
        case "waiting":
            cases = cases.where(Case.closed_at.is_(None), Case.state != State.ASKED)
    if wanted.reason:
        cases = cases.where(Case.reason_code == wanted.reason)
    if wanted.priority is not None:
        cases = cases.where(Case.priority == wanted.priority)
    if any(wanted.lens):
        topics = select(Topic).where(wanted.lens.shows(Topic))
        channels = select(Channel).where(wanted.lens.shows(Channel))
        cases = cases.where(standing_in(topics, channels, wanted.lens))
    return cases


def _later(last: Case) -> ColumnElement[bool]:
    same = and_(Case.due_at == last.due_at, Case.id > last.id)
    return or_(Case.due_at > last.due_at, same)


# A case


class File(NamedTuple):
    """All there is about a case. Who reported is for moderators only."""

    case: Case
    queue: Queue
    party: Party
    at: datetime
    entry: EntryChanged | None  # as it is now, where something was reported
    evidence: Sequence[Evidence]
    reports: Sequence[Flag]
    pictures: Sequence[Picture]  # that an applicant shows
    questions: Sequence[Question]
    decision: Decision | None
    earlier: Sequence[Decision]  # about the same author
    steps: Sequence[AuditEntry]
    reasons: dict[str, Reason]
    offered: Offered  # to whoever holds it, to be said when they decide

    @property
    def edited(self) -> bool:
        """Whether it reads differently from what was reported."""
        there = self.entry is not None and not self.entry.gone
        return there and self.html != self.evidence[-1].html

    @property
    def html(self) -> str:
        """How it reads."""
        return all_of(self.entry) if self.entry else ""

    @property
    def grounds(self) -> Sequence[Reason]:
        """What it can be decided by."""
        every = self.reasons.values()
        return [one for one in every if may_be_ground(one.code, self.case.applied_for)]


def file_for(session: Session, moderator: Member, case_id: int) -> File:
    queue, mine = the_queue(session), cases_of(session, moderator)
    row = _row(session, moderator, mine, case_id)
    case, evidence = row.case, evidence_of(session, row.case)
    return File(
        case,
        queue,
        row.party,
        row.at,
        None if case.applied_for else shown_now(entry_at(session, case.subject)),
        evidence,
        reporters_of(session, case),
        _pictures(session, case),
        questions_of(session, case),
        decision_of(session, case),
        _earlier(session, mine, case),
        session.scalars(
            select(AuditEntry).where(AuditEntry.subject == case.address).order_by(AuditEntry.id)
        ).all(),
        all_reasons(session),
        _offered(session, moderator, case, evidence[-1]),
    )


def _offered(session: Session, moderator: Member, case: Case, about: Evidence) -> Offered:
    if case.claimed_by_id != moderator.id or case.closed_at:
        return Offered(case.author.locale, [])
    return offered(session, case, about, case.reason_code)


def _pictures(session: Session, case: Case) -> Sequence[Picture]:
    shown = case.subject_kind == SubjectKind.ORGANISATION
    return pictures_for(session, case.subject_id) if shown else []


def _earlier(session: Session, mine: Select[Case], case: Case) -> Sequence[Decision]:
    """What was decided about the author's other words, as far as the moderator may see it."""
    same = and_(Case.subject_kind == case.subject_kind, Case.subject_id == case.subject_id)
    others = mine.where(or_(Case.author_id == case.author_id, same))
    others = others.where(Case.id != case.id).with_only_columns(Case.id)
    about = select(Decision).where(Decision.case_id.in_(others))
    return session.scalars(about.order_by(Decision.id.desc()).limit(EARLIER)).all()
