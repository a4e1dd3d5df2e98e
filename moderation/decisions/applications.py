"""What somebody applies for: how it comes into the queue, and what goes back to them.

An application is a case like any other: claimed, decided, with a statement of reasons. Its author
wants it decided, and may be asked for more.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from community import audit, verification
from community.clock import now
from community.database import Transaction
from community.errors import Invalid
from community.files import FileKind, files_of, keep
from community.members.models import Member
from community.members.policies import may_write
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.granting import tell_owners
from community.organisations.models import Kind, Organisation
from community.organisations.queries import organisation_owned
from community.pictures import Print
from community.policies import require
from community.text import facts, written
from community.verification import Shown, Verification
from community.words import _
from moderation.actions import held, opened, require_current
from moderation.models import Case, Evidence, State, SubjectKind
from moderation.parties import party_of
from moderation.queries import evidence_of, open_case_about, the_queue, unanswered
from moderation.questions import Question
from moderation.reasons import OFFICE, ORGANISATION, Reason, reason_for
from moderation.states import Step, changed, may, move

MOST_PICTURES = 12  # of one verification
MOST_SHOWN = 20  # times that something is added to one case


class Told(NamedTuple):
    """What an applicant shows, to be kept as it was."""

    words: str
    place: str  # whom it is about, by name
    link: str  # to their page of it
    facts: tuple[tuple[str, str], ...] = ()  # what we know of it, apart from their words

    @property
    def body(self) -> str:
        return "\n\n".join([self.words, *(f"{name}: {said}" for name, said in self.facts)])

    @property
    def html(self) -> str:
        return facts(self.facts) + written(self.words).html


def ask_for_verification(
    tx: Transaction,
    member: Member,
    organisation_id: int,
    shown: Shown,
    pictures: Sequence[Sequence[Print]] = (),
) -> Case:
    """Of an organisation one owns. Asked again, it adds to what waits, and answers who asked."""
    organisation = organisation_owned(tx, member, organisation_id)
    tx.lock(organisation, the_queue(tx))
    organisation = organisation_owned(tx, member, organisation_id)
    require(may_write(member))
    found = verification.show(tx, member, organisation, shown)
    _keep(tx, member, found, pictures)
    office = organisation.kind == Kind.GOVERNMENT
    reason = reason_for(tx, OFFICE if office else ORGANISATION)
    told = _told(tx, found, organisation)
    return apply(tx, member, SubjectKind.VERIFICATION, organisation.id, reason, told)


def prove_office(tx: Transaction, ticket_id: str) -> None:
    """What was proven by letter stands in the case, too."""
    tx.lock(the_queue(tx))
    found = verification.prove_office(tx, ticket_id)
    organisation = tx.get_one(Organisation, found.organisation_id)
    case = open_case_about(tx, SubjectKind.VERIFICATION, organisation.id)
    if case:
        _add(tx, case, case.author, _told(tx, found, organisation))
        audit.record(tx, None, "case.proven", case.address)
        changed(tx, case)


def ask_back(
    tx: Transaction, moderator: Member, case_id: int, question: str, *, version: int
) -> Case:
    """The applicant is told, and the case waits for them; anybody may take it up again."""
    case = held(tx, moderator, case_id)
    require_current(tx, case, version)
    require(may(Step.ASK, moderator, case, party_of(tx, moderator, case)))
    tx.add(Question(case_id=case.id, moderator_id=moderator.id, body=question, asked_at=now(tx)))
    tx.flush()
    move(tx, case, Step.ASK, moderator)
    tell_applicant(tx, case)
    return case


def apply(
    tx: Transaction, author: Member, kind: SubjectKind, subject_id: int, reason: Reason,
    told: Told, *, stream_id: int = 0,
) -> Case:  # fmt: skip
    """The queue is held. Showing the same once more changes nothing; an answer is never too
    much."""
    case = open_case_about(tx, kind, subject_id)
    if case is None:
        case = opened(tx, kind, subject_id, author, reason, stream_id=stream_id)
        _seal(tx, case, author, told)
    elif asked := unanswered(tx, case):
        for question in asked:
            question.answered_at = now(tx)
        case.due_at = now(tx) + reason.deadline
        tx.flush()
        _add(tx, case, author, told)
        if case.state == State.ASKED:
            return _answered(tx, case, author)
    elif _is_news(tx, case, told):
        _add(tx, case, author, told)
    else:
        return case
    audit.record(tx, author, "case.applied", case.address)
    changed(tx, case)
    return case


def _answered(tx: Transaction, case: Case, author: Member) -> Case:
    audit.record(tx, author, "case.applied", case.address)
    move(tx, case, Step.ANSWER, author)
    return case


def tell_applicant(tx: Transaction, case: Case) -> None:
    seen = evidence_of(tx, case)[-1]
    if case.subject_kind == SubjectKind.VERIFICATION:
        organisation = tx.get_one(Organisation, case.subject_id)
        return tell_owners(tx, organisation, NoticeKind.APPLICATION, seen.link)
    notify(tx, [case.author_id], NoticeKind.ADMISSION, title=seen.place, link=seen.link)


def _is_news(tx: Transaction, case: Case, told: Told) -> bool:
    shown = evidence_of(tx, case)
    if shown[-1].body == told.body:
        return False
    if len(shown) >= MOST_SHOWN:
        raise Invalid(_("Much was shown already. Please wait for the moderators."))
    return True


def _add(tx: Transaction, case: Case, author: Member, told: Told) -> None:
    """Whoever decides has to have seen it."""
    _seal(tx, case, author, told)
    case.version += 1


def _seal(tx: Transaction, case: Case, author: Member, told: Told) -> None:
    evidence = Evidence(
        case_id=case.id,
        taken_at=now(tx),
        entry_rev=0,
        hash=sha256(told.body.encode()).hexdigest(),
        body=told.body,
        html=told.html,
        versions=[],
        author=author.name,
        organisation="",
        place=told.place,
        link=told.link,
        written_at=now(tx),
    )
    tx.add(evidence)
    tx.flush()


def _keep(
    tx: Transaction, member: Member, found: Verification, pictures: Sequence[Sequence[Print]]
) -> None:
    """Those that are not there yet."""
    there = files_of(tx, found.address)
    if len(there) + len(pictures) > MOST_PICTURES:
        raise Invalid(_("There are %(most)s pictures at most."), most=MOST_PICTURES)
    known = {file.sha256 for file in there}
    for prints in pictures:
        if sha256(prints[0].webp).hexdigest() not in known:
            keep(tx, member, FileKind.EVIDENCE, prints, found.address)


def _told(tx: Transaction, found: Verification, organisation: Organisation) -> Told:
    """In no language but theirs; the marks say what was proven."""
    proven = "✓" if found.office_mail_proven_at else "…"
    pictures = [("#", file.sha256[:12]) for file in files_of(tx, found.address)]
    known = [("NIB", found.nib), (found.office_mail, proven if found.office_mail else "")]
    said = tuple((name, said) for name, said in [*known, *pictures] if said)
    return Told(found.words, organisation.name, verification.page_of(organisation), said)
