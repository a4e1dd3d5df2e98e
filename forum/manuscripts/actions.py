"""From the first word of an announcement to its publication: written, handed in, approved by a
second person where that is asked for, published at once or at its minute."""

import logging
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError

from community import audit
from community.attachments import ALONE, Along, forget_files
from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.errors import Busy, Conflict, Invalid, NotFound
from community.files import drop as drop_files
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.models import Mandate
from community.organisations.queries import mandate_for
from community.policies import Verdict, no, require
from community.site import site_of
from community.words import _
from forum.announcements.models import Draft
from forum.manuscripts.attachments import hang
from forum.manuscripts.coming import may_be_signed, may_come, may_come_by_itself
from forum.manuscripts.models import AT_ONCE, Manuscript, Plan, State, Step
from forum.manuscripts.policies import (
    may_approve,
    may_publish,
    may_rewrite,
    needs_second,
    wrong_dates,
)
from forum.manuscripts.queries import (
    due,
    eyes_on,
    mandate_behind,
    manuscript_for,
    manuscript_with,
    others_who_publish,
)
from forum.manuscripts.steps import change, publish, require_step, step

log = logging.getLogger(__name__)

HANDED_IN = (State.WAITING, State.PLANNED, State.PUBLISHED)


def write(
    tx: Transaction, official: Member, mandate_id: int, draft: Draft, plan: Plan = AT_ONCE, *,
    key: str, along: Along = ALONE,
) -> Manuscript:  # fmt: skip
    """With the same key: the first one again, whatever has become of it. Raises Conflict where the
    key was used for something else."""
    if earlier := manuscript_with(tx, key):
        mandate = tx.get(Mandate, mandate_id)
        sent = (official.id, mandate and mandate.organisation_id, draft)
        if sent != (earlier.writers[0], earlier.organisation_id, earlier.draft):
            raise Conflict(_("This key was used for something else."))
        forget_files(tx, official, along)
        return earlier
    mandate = tx.hold(mandate_for, official, mandate_id)
    require(may_publish(official, mandate, facilitators=site_of(tx).facilitators_publish))
    manuscript = Manuscript(
        organisation=mandate.organisation, author=official, writers=[official.id], key=key,
        state=State.WRITTEN, changed_at=now(tx), changed_by=official,
    )  # fmt: skip
    _take(tx, manuscript, draft, plan)
    tx.add(manuscript)
    tx.flush()
    hang(tx, official, manuscript, along)
    return manuscript


def rewrite(
    tx: Transaction, official: Member, manuscript_id: int, draft: Draft, plan: Plan, *,
    version: int, along: Along = ALONE,
) -> Manuscript:  # fmt: skip
    manuscript = open_to(tx, official, manuscript_id, version)
    if manuscript.corrects_id:
        raise NotFound  # it keeps its audience: see correcting.py
    _take(tx, manuscript, draft, plan)
    hang(tx, official, manuscript, along)
    was_written(tx, manuscript, official)
    return manuscript


def hand_in(tx: Transaction, official: Member, manuscript_id: int, *, version: int) -> Manuscript:
    """It is published, or at its minute; where it needs a second person, it waits for them. Doing
    it twice is doing it once. Raises Conflict where somebody else did something with it."""
    manuscript = _held(tx, official, manuscript_id)
    if _just_done(manuscript, official, version):
        return manuscript
    _require_current(manuscript, version)
    require(may_come(tx, manuscript))
    manuscript.author = official
    if official.id not in manuscript.writers:
        manuscript.writers = [*manuscript.writers, official.id]
    if needs_second(site_of(tx).seconding, manuscript.audience):
        step(tx, manuscript, Step.SUBMIT, official)
        notify(tx, others_who_publish(tx, manuscript), NoticeKind.APPROVAL, actor=official,
               title=manuscript.title, link=f"/announcements/drafts/{manuscript.id}")  # fmt: skip
    else:
        _go_on(tx, manuscript, official)
    return manuscript


def approve(tx: Transaction, other: Member, manuscript_id: int, *, version: int) -> Manuscript:
    """By somebody who has written nothing of it. Of two at once one approves it; the other is told
    who did. Raises Conflict."""
    manuscript = _held(tx, other, manuscript_id)
    if _just_done(manuscript, other, version):
        return manuscript
    _require_current(manuscript, version)
    require_step(manuscript, Step.PUBLISH, State.WAITING)
    require(_may_approve(tx, other, manuscript))
    require(may_be_signed(tx, manuscript))
    require(may_come(tx, manuscript))
    manuscript.approved_by_id = other.id
    audit.record(tx, other, "manuscript.approved", manuscript.address)
    _go_on(tx, manuscript, other)
    _answer(tx, manuscript, other)
    return manuscript


def decline(
    tx: Transaction, other: Member, manuscript_id: int, because: str, *, version: int
) -> Manuscript:
    manuscript = _current(tx, other, manuscript_id, version)
    require(_may_approve(tx, other, manuscript))
    if not because.strip():
        raise Invalid(_("Say why: who wrote it reads this."))
    step(tx, manuscript, Step.DECLINE, other)
    manuscript.because = because.strip()
    _answer(tx, manuscript, other)
    return manuscript


def take_back(tx: Transaction, official: Member, manuscript_id: int, *, version: int) -> Manuscript:
    """To write on."""
    manuscript = _current(tx, official, manuscript_id, version)
    step(tx, manuscript, Step.TAKE_BACK, official)
    return manuscript


def drop(tx: Transaction, official: Member, manuscript_id: int, *, version: int) -> None:
    manuscript = _current(tx, official, manuscript_id, version)
    step(tx, manuscript, Step.DROP, official)
    _blank(tx, manuscript)


def publish_due(tx: Transaction) -> None:
    """The worker's chore: what is planned comes at its minute, once. Where nobody was there then,
    late, or not at all: as it was chosen. Nor does it come where its author may not publish any
    more. Where one cannot be published, the others are."""
    for manuscript in each_due(tx, due(tx), _hold_author):
        may = _come_by_itself(tx, manuscript)
        if not may:
            step(tx, manuscript, Step.SKIP, None)
            manuscript.because = may.reason
            notify(tx, manuscript.writers, NoticeKind.SKIPPED, title=manuscript.title,
                   link=f"/announcements/drafts/{manuscript.id}")  # fmt: skip


# The parts


def open_to(tx: Transaction, official: Member, manuscript_id: int, version: int) -> Manuscript:
    """For them to write in it."""
    manuscript = _current(tx, official, manuscript_id, version)
    require(may_rewrite(manuscript))
    return manuscript


def was_written(tx: Transaction, manuscript: Manuscript, official: Member) -> None:
    manuscript.approved_by_id = None
    if official.id not in manuscript.writers:
        manuscript.writers = [*manuscript.writers, official.id]
    change(tx, manuscript, official)


def _held(tx: Transaction, member: Member, manuscript_id: int) -> Manuscript:
    """By one who may publish for its office. With them whoever signs it, and what it corrects, and
    the office: what it publishes in a day is counted."""
    found = manuscript_for(tx, member, manuscript_id)
    mandate = mandate_behind(tx, member, found)
    assert mandate
    corrected = [found.corrects] if found.corrects else []
    tx.lock(*_signing(tx, found), *mandate.chain, *corrected, found, found.organisation)
    mandate_for(tx, member, mandate.id)
    manuscript = manuscript_for(tx, member, manuscript_id)
    require(may_publish(member, mandate))
    return manuscript


def _current(tx: Transaction, member: Member, manuscript_id: int, version: int) -> Manuscript:
    """And as they saw it."""
    manuscript = _held(tx, member, manuscript_id)
    _require_current(manuscript, version)
    return manuscript


def _require_current(manuscript: Manuscript, version: int) -> None:
    if manuscript.version != version:
        name = manuscript.changed_by.name if manuscript.changed_by else "AKAR"
        raise Conflict(_("%(name)s changed it meanwhile. Please look at it again."), name=name)


def _just_done(manuscript: Manuscript, member: Member, version: int) -> bool:
    """By themself, a moment ago: the button was pressed twice."""
    mine = manuscript.changed_by_id == member.id and manuscript.version == version + 1
    return mine and manuscript.state in HANDED_IN


def _hold_author(tx: Transaction, manuscript: Manuscript) -> None:
    tx.lock(*_signing(tx, manuscript), manuscript, manuscript.organisation)


def _signing(tx: Transaction, manuscript: Manuscript) -> Sequence[Base]:
    mandate = mandate_behind(tx, manuscript.author, manuscript)
    return mandate.chain if mandate else [manuscript.author]


def _take(tx: Transaction, manuscript: Manuscript, draft: Draft, plan: Plan) -> None:
    manuscript.take(draft)
    manuscript.publish_at, manuscript.late = plan
    for verdict in wrong_dates(draft, plan, now(tx)).values():
        raise Invalid(verdict.reason)


def _come_by_itself(tx: Transaction, manuscript: Manuscript) -> Verdict:
    """What fails half-way is undone alone, and nobody hears of it."""
    published = len(tx.events)
    try:
        with tx.begin_nested():
            if may := may_come_by_itself(tx, manuscript):
                publish(tx, manuscript, None)
            return may
    except (Busy, DBAPIError):
        raise  # tried again
    except Exception:
        log.exception("%s cannot be published", manuscript.address)
        del tx.events[published:]
        return no(_("It could not be published. Take it back, look at it, and hand it in again."))


def _go_on(tx: Transaction, manuscript: Manuscript, by: Member) -> None:
    """Nothing stands in its way but its minute."""
    if manuscript.publish_at and manuscript.publish_at > now(tx):
        step(tx, manuscript, Step.PLAN, by)
    else:
        publish(tx, manuscript, by)


def _may_approve(tx: Transaction, member: Member, manuscript: Manuscript) -> Verdict:
    mandate, absent = eyes_on(tx, member, manuscript)
    return may_approve(member, mandate, manuscript, absent)


def _answer(tx: Transaction, manuscript: Manuscript, other: Member) -> None:
    notify(tx, set(manuscript.writers) - {other.id}, NoticeKind.APPROVED, actor=other,
           title=manuscript.title, link=f"/announcements/drafts/{manuscript.id}")  # fmt: skip


def _blank(tx: Transaction, manuscript: Manuscript) -> None:
    manuscript.body = manuscript.html = manuscript.other_body = manuscript.other_html = ""
    manuscript.attachments = []
    drop_files(tx, manuscript.address)
