"""An office sets right what it published, or withdraws it. A correction is written, handed in and
approved as an announcement is; whom it is for is settled."""

from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.organisations.models import Mandate
from community.organisations.queries import mandate_for
from community.policies import require
from community.words import _
from forum.announcements.correcting import retract
from forum.announcements.models import WORDING, Announcement, Draft
from forum.announcements.policies import may_correct, may_withdraw
from forum.announcements.queries import announcement_for
from forum.manuscripts.actions import open_to, was_written
from forum.manuscripts.models import AT_ONCE, Correction, Manuscript, State
from forum.manuscripts.policies import may_publish, may_take_away, wrong_correction
from forum.manuscripts.queries import mandate_over, manuscript_with, withdrawn_lately

CHANGING = (*WORDING, "acknowledge_by")


def write_correction(
    tx: Transaction, official: Member, announcement_id: int, it: Correction, *, key: str
) -> Manuscript:
    """With the same key: the first one again, whatever has become of it. Raises Conflict where the
    key was used for something else."""
    if earlier := manuscript_with(tx, key):
        sent = (official.id, announcement_id)
        same = earlier.corrects and _held_to(earlier.corrects, it) == earlier.draft
        if sent != (earlier.writers[0], earlier.corrects_id) or not same:
            raise Conflict(_("This key was used for something else."))
        return earlier
    announcement, mandate = _ours(tx, official, announcement_id)
    require(may_correct(announcement))
    manuscript = Manuscript(
        organisation=mandate.organisation, author=official, writers=[official.id], key=key,
        state=State.WRITTEN, changed_at=now(tx), changed_by=official, corrects=announcement,
    )  # fmt: skip
    _take(tx, manuscript, announcement, it)
    tx.add(manuscript)
    tx.flush()
    return manuscript


def rewrite_correction(
    tx: Transaction, official: Member, manuscript_id: int, it: Correction, *, version: int
) -> Manuscript:
    manuscript = open_to(tx, official, manuscript_id, version)
    if manuscript.corrects is None:
        raise Invalid(_("This is no correction."))
    _take(tx, manuscript, manuscript.corrects, it)
    was_written(tx, manuscript, official)
    return manuscript


def withdraw(
    tx: Transaction, official: Member, announcement_id: int, because: str, *, version: int
) -> Announcement:
    """One of the office is enough: what is wrong should not wait. Doing it twice is doing it once.
    `version` is the one they had before them; raises Conflict where there is another."""
    announcement, _mandate = _ours(tx, official, announcement_id)
    if announcement.withdrawn_at and announcement.withdrawn_because == because.strip():
        return announcement
    require(may_withdraw(announcement))
    if announcement.version != version:
        raise Conflict(_("It was corrected meanwhile. Please look at it again."))
    if not because.strip():
        raise Invalid(_("Say why: all who read it see this."))
    require(may_take_away(withdrawn_lately(tx, announcement.organisation_id)))
    retract(tx, announcement, official, because.strip())
    return announcement


# The parts


def _ours(tx: Transaction, official: Member, announcement_id: int) -> tuple[Announcement, Mandate]:
    """Held by one who may publish for its office."""
    announcement = announcement_for(tx, official, announcement_id).announcement
    mandate = mandate_over(tx, official, announcement)
    require(may_publish(official, mandate))
    assert mandate
    tx.lock(announcement, *mandate.chain, mandate.organisation)
    mandate = mandate_for(tx, official, mandate.id)
    require(may_publish(official, mandate))
    return announcement, mandate


def _take(
    tx: Transaction, manuscript: Manuscript, announcement: Announcement, it: Correction
) -> None:
    for verdict in wrong_correction(announcement, it, now(tx)).values():
        raise Invalid(verdict.reason)
    manuscript.take(_held_to(announcement, it))
    manuscript.publish_at, manuscript.late = AT_ONCE
    manuscript.reason, manuscript.material = it.reason.strip(), it.material
    manuscript.corrects_version = it.of_version
    if it.of_version != announcement.version:
        raise Conflict(_("The announcement was corrected meanwhile. Please compare what you wrote"
                         " with what it says now, then save it again."))  # fmt: skip
    if all(getattr(manuscript, name) == getattr(announcement, name) for name in CHANGING):
        raise Invalid(_("It reads as before: nothing would be corrected."))


def _held_to(announcement: Announcement, it: Correction) -> Draft:
    """All but its wording stays as it was published."""
    draft = announcement.draft
    wording = {name: getattr(it.draft, name) for name in WORDING if name in Draft._fields}
    if it.material and announcement.acknowledge_by:
        wording["acknowledge_by"] = it.draft.acknowledge_by
    return draft._replace(**wording)
