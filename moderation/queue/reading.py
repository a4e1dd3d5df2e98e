"""What the page of a case shows. listing.py has the queue, log.py the log."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import convert
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from channels.models import Message
from community.audit import AuditEntry
from community.differences import Piece
from community.files import File as Picture
from community.members.models import Member
from community.policies import require
from community.streams import EntryChanged
from community.verification import pictures_for
from forum.categories import Category, categories_listed
from moderation.appeals import Appeal, appeals_of, standing
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import OUTCOMES
from moderation.measures import Measure
from moderation.models import (
    Case,
    Decision,
    Evidence,
    Flag,
    Queue,
    Ruling,
    SubjectKind,
)
from moderation.notes import Note, notes_of
from moderation.orders.models import Order
from moderation.orders.queries import orders_about
from moderation.policies import Party, may_read_reports
from moderation.proposals import Answer, Proposal, ProposalKind, proposals_of
from moderation.queries import (
    cases_of,
    decisions_of,
    evidence_of,
    questions_of,
    reporters_of,
    the_queue,
)
from moderation.questions import Question
from moderation.queue.canned import Offered, offered
from moderation.queue.listing import row_among
from moderation.reasons import Reason, all_reasons, may_be_ground
from moderation.record import Beside, beside
from moderation.subjects import Entry, all_of, is_of_an_office, shown_now, subject_at
from moderation.viewing import is_private, steps_of, viewed_lately

EARLIER = 20  # decisions about the same author, the latest of them


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
    decisions: Sequence[Decision]  # the oldest first
    taken: dict[int, list[Measure]]  # by decision
    appeals: Sequence[Appeal]
    proposals: Sequence[Proposal]
    proposed: Judgement | None  # what waits for a second person
    notes: Sequence[Note]
    categories: Sequence[Category]  # that a topic could be moved to
    official: bool  # whether the author speaks for an office
    earlier: Sequence[Decision]  # about the same author
    steps: Sequence[AuditEntry]
    reasons: dict[str, Reason]
    orders: Sequence[Order]  # of authorities, about it
    offered: Offered  # to whoever holds it, to be said when they decide
    beside: Beside
    body: str  # as its author wrote it, as it is now
    channel_state: str  # of where it was said; empty where that is no channel
    to_be_noted: bool  # that the moderator looks at it, before they do
    changes: Sequence[Piece] = ()  # by its author, since it was reported: found when it is shown

    @property
    def decision(self) -> Decision | None:
        """The latest."""
        return self.decisions[-1] if self.decisions else None

    @property
    def appeal(self) -> Appeal | None:
        """That waits for another look."""
        return next((one for one in self.appeals if one.answer_id is None), None)

    @property
    def looked_at_again(self) -> Decision | None:
        """What the open appeal is about."""
        about = self.appeal.decision_id if self.appeal else None
        return next((one for one in self.decisions if one.id == about), None)

    @property
    def follows(self) -> bool:
        """Something, from what was decided."""
        holds = standing(self.decisions)
        return holds is not None and holds.id in self.taken

    @property
    def reopening(self) -> Proposal | None:
        """That waits for a second administrator."""
        waiting = (one for one in self.proposals if one.answer == Answer.NONE)
        return next((one for one in waiting if one.kind == ProposalKind.REOPEN), None)

    @property
    def outcomes(self) -> Sequence[Ruling]:
        """What can come of the open appeal."""
        former = self.looked_at_again
        return OUTCOMES[Ruling(former.ruling)] if former else ()

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
    row = row_among(session, moderator, mine, case_id)
    case, evidence = row.case, evidence_of(session, row.case)
    require(may_read_reports(moderator, case, row.party))
    proposals = proposals_of(session, case)
    subject = subject_at(session, case.subject)
    entry = subject if isinstance(subject, Entry) else None
    steps = steps_of(session, case)
    return File(
        case,
        queue,
        row.party,
        row.at,
        shown_now(entry) if entry else None,
        evidence,
        reporters_of(session, case),
        _pictures(session, case),
        questions_of(session, case),
        decisions_of(session, case),
        _taken(session, case),
        [] if row.party.author else appeals_of(session, case),
        proposals,
        _proposed(proposals),
        notes_of(session, case),
        _categories(session, moderator, case),
        is_of_an_office(session, case.author_id, subject),
        _earlier(session, mine, case),
        steps,
        all_reasons(session),
        orders_about(session, case),
        _offered(session, moderator, case, evidence[-1]),
        beside(session, mine, case, evidence[-1]),
        entry.body if entry else "",
        entry.channel.state if isinstance(entry, Message) else "",
        is_private(session, case) and not viewed_lately(moderator, steps, row.at),
    )


def _taken(session: Session, case: Case) -> dict[int, list[Measure]]:
    """Of all decisions of a case, by decision."""
    taken = select(Measure).join(Decision, Decision.id == Measure.decision_id)
    found = session.scalars(taken.where(Decision.case_id == case.id).order_by(Measure.id)).all()
    by_decision = defaultdict[int, list[Measure]](list)
    for measure in found:
        by_decision[measure.decision_id].append(measure)
    return dict(by_decision)


def _offered(session: Session, moderator: Member, case: Case, about: Evidence) -> Offered:
    if case.claimed_by_id != moderator.id or case.closed_at:
        return Offered(case.author.locale, [])
    return offered(session, case, about, case.reason_code)


def _proposed(proposals: Sequence[Proposal]) -> Judgement | None:
    waiting = (one for one in proposals if one.answer == Answer.NONE)
    open_ones = (one for one in waiting if one.kind == ProposalKind.DECIDE)
    return next((convert(one.judgement, Judgement) for one in open_ones), None)


def _categories(session: Session, moderator: Member, case: Case) -> Sequence[Category]:
    held = case.subject_kind == SubjectKind.POST and case.claimed_by_id == moderator.id
    return categories_listed(session, moderator) if held else []


def _pictures(session: Session, case: Case) -> Sequence[Picture]:
    shown = case.subject_kind == SubjectKind.VERIFICATION
    return pictures_for(session, case.subject_id) if shown else []


def _earlier(session: Session, mine: Select[Case], case: Case) -> Sequence[Decision]:
    """What was decided about the author's other words, as far as the moderator may see it."""
    same = and_(Case.subject_kind == case.subject_kind, Case.subject_id == case.subject_id)
    others = mine.where(or_(Case.author_id == case.author_id, same))
    others = others.where(Case.id != case.id).with_only_columns(Case.id)
    about = select(Decision).where(Decision.case_id.in_(others))
    return session.scalars(about.order_by(Decision.id.desc()).limit(EARLIER)).all()
