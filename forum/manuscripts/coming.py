"""Whether a manuscript may become an announcement, or correct one, now."""

from datetime import timedelta

from community.clock import now
from community.database import Transaction
from community.errors import Conflict
from community.policies import YES, Verdict, no
from community.site import site_of
from community.words import _
from forum.announcements.models import Purpose
from forum.announcements.policies import may_correct
from forum.manuscripts.models import Manuscript
from forum.manuscripts.policies import may_be_told, may_come_now, may_publish, needs_second
from forum.manuscripts.queries import lately_of, mandate_behind

PUNCTUAL = timedelta(minutes=5)  # so much later is not late yet
OVERTAKEN = _(
    "The announcement was corrected meanwhile. Your draft is kept: change it, and compare it with"
    " what the announcement says now."
)


def may_come(tx: Transaction, manuscript: Manuscript) -> Verdict:
    """Raises Conflict where what it corrects reads otherwise by now."""
    lately, announcement = lately_of(tx, manuscript.organisation_id), manuscript.corrects
    if announcement and announcement.version != manuscript.corrects_version:
        raise Conflict(OVERTAKEN)
    if announcement and not may_correct(announcement):
        return may_correct(announcement)
    if announcement and not manuscript.material:
        return may_be_told(Purpose.INFORMATION, lately.all, lately.urgent)
    told = may_be_told(manuscript.purpose, lately.all, lately.urgent)
    return may_come_now(manuscript, now(tx)) if told else told


def may_come_by_itself(tx: Transaction, manuscript: Manuscript) -> Verdict:
    assert manuscript.publish_at
    if not manuscript.late and now(tx) > manuscript.publish_at + PUNCTUAL:
        return no(_("Its minute passed while the community could not be reached."))
    if not may_be_signed(tx, manuscript):
        return may_be_signed(tx, manuscript)
    second = needs_second(site_of(tx).seconding, manuscript.audience)
    if second and manuscript.approved_by_id is None:
        return no(
            _("A second person has to approve it by now. Take it back, and hand it in again.")
        )
    return may_come(tx, manuscript)


def may_be_signed(tx: Transaction, manuscript: Manuscript) -> Verdict:
    """It comes in the name of whoever handed it in."""
    mandate = mandate_behind(tx, manuscript.author, manuscript)
    if not may_publish(manuscript.author, mandate):
        return no(_("Whoever handed it in may not publish for the office any more. Take it back,"
                    " and hand it in yourself."))  # fmt: skip
    return YES
