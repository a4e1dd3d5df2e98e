"""Another look at a decision, by somebody who has not decided it: asked for here, taken in
reviewing.py.

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, Invalid, NotFound
from community.letters import MailKind
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.models import Organisation
from community.organisations.queries import last_owners
from community.outbox import post, post_to
from community.policies import YES, Verdict, no, require
from community.words import _
from moderation.models import WITHHELD, Case, Decision, Flag, Ruling, State, SubjectKind
from moderation.queries import decisions_of, flag_for, open_case_about
from moderation.states import Step, move

# Models

OPEN_FOR = timedelta(days=180)  # after a decision (Regulation (EU) 2022/2065, Art 20)
ANSWERED_IN = timedelta(days=7)
URGENT_IN = timedelta(hours=72)  # of what was urgent to decide
URGENT = 1  # priority, and what is more pressing
LONGEST = 2_000  # characters
AGAINST_AUTHORS = (Ruling.ACT, Ruling.REFUSE)
RULED = (Ruling.UPHOLD, Ruling.MODIFY, Ruling.OVERTURN)


class Side(StrEnum):
    AUTHOR = "author"
    REPORTER = "reporter"


class Appeal(Base):
    """Once for each side of a decision."""

    __tablename__ = "appeals"
    __table_args__ = (UniqueConstraint("decision_id", "party"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    party: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    flag_id: Mapped[int | None] = mapped_column(ForeignKey("flags.id"))  # of a reporter
    words: Mapped[str]
    made_at: Mapped[datetime]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))

    member: Mapped[Member | None] = relationship(lazy="joined")


class Asker(NamedTuple):
    """Who asks for another look; no member where they reported from outside."""

    side: Side
    member: Member | None
    flag: Flag | None = None

    def made(self, appeal: Appeal) -> bool:
        mine = (self.side, self.member.id if self.member else None, self.flag and self.flag.id)
        return mine == (appeal.party, appeal.member_id, appeal.flag_id)


class Another(NamedTuple):
    """Whether somebody can ask for another look at a decision, and what came of it."""

    side: Side | None  # they are on; None where it is not theirs to ask
    may: Verdict
    until: datetime
    appeal: Appeal | None  # their own
    answer: Decision | None  # of whoever took another look


# Policies


def may_appeal(
    asker: Asker, decisions: Sequence[Decision], decision: Decision, appeal: Appeal | None,
    at: datetime,
) -> Verdict:  # fmt: skip
    """`decisions` are all of the case, `appeal` the one that this side has made."""
    if appeal:
        return no(
            _("You have asked for another look already.")
            if asker.made(appeal)
            else _("Somebody else who had reported it has asked for another look already.")
        )
    if not (concerns := _is_against(asker, decision)):
        return concerns
    if decision != decisions[-1]:
        return no(_("Another decision has taken its place."))
    if decision.case.state != State.DECIDED:
        return no(_("It is looked at once more already."))
    if decision.decided_at + OPEN_FOR <= at:
        return no(_("Another look could be asked for within %(days)s days."), days=OPEN_FOR.days)
    return YES


def _is_against(asker: Asker, decision: Decision) -> Verdict:
    if decision.automated or decision.case.subject_kind == SubjectKind.VERIFICATION:
        return no(_("You can apply again at any time, and somebody looks at it anew."))
    if asker.side == Side.AUTHOR and decision.ruling not in AGAINST_AUTHORS:
        return no(_("Nothing was decided against you."))
    if asker.side == Side.REPORTER and decision.ruling != Ruling.KEEP:
        return no(_("It was decided as you had asked for."))
    if asker.flag and asker.flag.withdrawn_at:
        return no(_("You have taken your report back."))
    return YES


# Queries


def appeals_of(session: Session, case: Case) -> Sequence[Appeal]:
    """The oldest first."""
    made = select(Appeal).where(Appeal.case_id == case.id).order_by(Appeal.id)
    return session.scalars(made).all()


def concerned(session: Session, case: Case) -> set[int]:
    """Who reads why something was decided, and may ask for another look: its author; of what an
    organisation says of itself its owners, too; of what it applied for them alone."""
    kind = case.subject_kind
    if kind not in (SubjectKind.VERIFICATION, SubjectKind.ORGANISATION):
        return {case.author_id}
    owners = last_owners(session, session.get_one(Organisation, case.subject_id))
    return owners if kind == SubjectKind.VERIFICATION else {case.author_id} | owners


def open_appeal(session: Session, case: Case) -> Appeal:
    """Raises Conflict where nothing waits for another look any more."""
    for appeal in appeals_of(session, case):
        if appeal.answer_id is None:
            return appeal
    raise Conflict(_("Nothing waits for another look any more."))


def appeals_about(session: Session, cases: Collection[int]) -> Sequence[Appeal]:
    return session.scalars(select(Appeal).where(Appeal.case_id.in_(cases))).all()


def another_look(session: Session, asker: Asker | None, decision: Decision) -> Another:
    """As those see it whom the decision concerns; nobody reads there what somebody else asked."""
    case = decision.case
    decisions, appeals = decisions_of(session, case), appeals_of(session, case)
    return seen_by(asker, decision, decisions, appeals, now(session))


def seen_by(
    asker: Asker | None, decision: Decision, decisions: Sequence[Decision],
    appeals: Sequence[Appeal], at: datetime,
) -> Another:  # fmt: skip
    """As another_look, where all decisions about the case, and what was asked, are known."""
    made = [one for one in appeals if one.decision_id == decision.id]
    theirs = next((one for one in made if asker and one.party == asker.side), None)
    may = may_appeal(asker, decisions, decision, theirs, at) if asker else no("")
    answer = next((one for one in decisions if one.answers_id == decision.id), None)
    own = theirs if asker and theirs and asker.made(theirs) else None
    return Another(asker.side if asker else None, may, decision.decided_at + OPEN_FOR, own, answer)


def outcome(decisions: Sequence[Decision]) -> Ruling | None:
    """What the decisions of a case come to, the latest last; None where there is none."""
    came_to: Ruling | None = None
    for decision in decisions:
        match Ruling(decision.ruling):
            case Ruling.UPHOLD | Ruling.MODIFY:
                pass  # it was against the author, and still is
            case Ruling.OVERTURN:
                came_to = _opposite(came_to, decision.case.subject_kind)
            case ruling:
                came_to = ruling
    return came_to


def standing(decisions: Sequence[Decision]) -> Decision | None:
    """The one whose measures hold: the latest but for those that left it as it was."""
    changing = [one for one in decisions if one.ruling != Ruling.UPHOLD]
    return changing[-1] if changing else None


def _opposite(ruling: Ruling | None, kind: str) -> Ruling:
    match ruling:
        case Ruling.ACT:
            return Ruling.KEEP
        case Ruling.REFUSE:
            return Ruling.RELEASE if kind in WITHHELD else Ruling.GRANT
        case _:
            return Ruling.ACT


# Actions


def appeal(tx: Transaction, author: Member, decision_id: int, words: str) -> Appeal:
    """Against a decision about oneself, or about one's organisation. Also by whoever may not come
    in and has proven who they are. The same words twice are one appeal."""
    decision = tx.get(Decision, decision_id)
    if decision is None or author.id not in concerned(tx, decision.case):
        raise NotFound
    return _made(tx, Asker(Side.AUTHOR, author), decision, words)


def appeal_as_reporter(tx: Transaction, reporter: Member, flag_id: int, words: str) -> Appeal:
    """Where what they reported was found to break no rule."""
    flag = flag_for(tx, reporter, flag_id)
    return _made(tx, Asker(Side.REPORTER, reporter, flag), _latest(tx, flag), words)


def appeal_by_notice(tx: Transaction, flag: Flag, words: str) -> Appeal:
    """As appeal_as_reporter, by somebody without an account: whoever calls it has found the report
    by an address they have proven."""
    return _made(tx, Asker(Side.REPORTER, None, flag), _latest(tx, flag), words)


def end_appeals(tx: Transaction) -> None:
    """The worker's chore: what nobody asked to be looked at again is decided for good."""
    over = select(Case).where(Case.state == State.DECIDED, Case.decided_at <= now(tx) - OPEN_FOR)
    for case in each_due(tx, over.order_by(Case.decided_at)):
        move(tx, case, Step.EXPIRE, None)


def _latest(tx: Transaction, flag: Flag) -> Decision:
    decisions = decisions_of(tx, tx.get_one(Case, flag.case_id))
    if not decisions:
        raise Conflict(_("It is not decided yet."))
    return decisions[-1]


def _made(tx: Transaction, asker: Asker, decision: Decision, words: str) -> Appeal:
    case = decision.case
    tx.lock(*case.chain)
    before = [one for one in appeals_of(tx, case) if one.decision_id == decision.id]
    theirs = next((one for one in before if one.party == asker.side), None)
    if theirs and asker.made(theirs) and theirs.words == words:
        return theirs
    require(may_appeal(asker, decisions_of(tx, case), decision, theirs, now(tx)))
    if not words.strip() or len(words) > LONGEST:
        raise Invalid(_("Say why, in at most %(most)s characters."), most=LONGEST)
    _require_alone(tx, case)
    made = Appeal(
        case_id=case.id,
        decision_id=decision.id,
        party=asker.side,
        member=asker.member,
        flag_id=asker.flag.id if asker.flag else None,
        words=words,
        made_at=now(tx),
    )
    tx.add(made)
    case.due_at = now(tx) + (URGENT_IN if case.priority <= URGENT else ANSWERED_IN)
    move(tx, case, Step.APPEAL, asker.member, decision=decision.id)
    _confirm(tx, asker, decision)
    return made


def _require_alone(tx: Transaction, case: Case) -> None:
    """Whoever applied again is answered there."""
    if case.applied_for and open_case_about(tx, case.subject_kind, case.subject_id):
        raise Conflict(_("Another case about the same is open; it is decided there."))


def _confirm(tx: Transaction, asker: Asker, decision: Decision) -> None:
    """A receipt; by letter for whoever cannot come in to read it."""
    if asker.member is None:
        if asker.flag and (them := asker.flag.notifier):
            post(tx, MailKind.REPORT_APPEALED, them.address, them.locale, ticket=them.id)
        return
    link = f"/flags/{asker.flag.id}" if asker.flag else f"/decisions/{decision.id}"
    notify(tx, [asker.member.id], NoticeKind.APPEAL, title=decision.evidence.place, link=link)
    if asker.member.suspended_until:
        post_to(tx, asker.member, MailKind.APPEAL_MADE, decision=decision.id)
