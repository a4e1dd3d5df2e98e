"""How a manuscript comes from one state to the next, and becomes an announcement. Who may is asked
in actions.py, which holds it."""

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict
from community.members.models import Member
from community.words import _
from forum.announcements.actions import put_up
from forum.announcements.attachments import hang_over
from forum.announcements.correcting import correct
from forum.announcements.models import Announcement
from forum.discussions import open_discussion
from forum.manuscripts.models import WAYS, Manuscript, State, Step
from forum.manuscripts.queries import mandate_behind

NOT_FROM = {  # why a step is not taken
    State.WRITTEN: _("It was taken back, or declined, meanwhile."),
    State.WAITING: _("It waits for a second person by now."),
    State.PLANNED: _("It was approved meanwhile, and comes at its minute."),
    State.PUBLISHED: _("It is published by now."),
    State.SKIPPED: _("Its minute has passed, and it was not published."),
    State.DROPPED: _("It was deleted meanwhile."),
}


def step(tx: Transaction, manuscript: Manuscript, what: Step, by: Member | None) -> None:
    """The only way into another state."""
    manuscript.state = require_step(manuscript, what)
    manuscript.because = ""
    if what in {Step.TAKE_BACK, Step.DECLINE}:
        manuscript.approved_by_id = None  # whoever did has not seen what it becomes
    change(tx, manuscript, by)
    audit.record(tx, by, f"manuscript.{what}", manuscript.address)


def require_step(manuscript: Manuscript, what: Step, state: State | None = None) -> State:
    """Where it leads. Raises Conflict where it is not there any more."""
    to = WAYS.get((State(manuscript.state), what))
    if to is None or manuscript.state != (state or manuscript.state):
        raise Conflict(NOT_FROM[State(manuscript.state)])
    return to


def change(tx: Transaction, manuscript: Manuscript, by: Member | None) -> None:
    manuscript.version += 1
    manuscript.changed_at, manuscript.changed_by = now(tx), by


def publish(tx: Transaction, manuscript: Manuscript, by: Member | None) -> Announcement:
    step(tx, manuscript, Step.PUBLISH, by)
    if announcement := manuscript.corrects:
        correct(tx, announcement, manuscript, manuscript.author, manuscript.approved_by_id,
                reason=manuscript.reason, material=manuscript.material)  # fmt: skip
    else:
        announcement = _put_up(tx, manuscript)
    manuscript.became_id = announcement.id
    return announcement


def _put_up(tx: Transaction, manuscript: Manuscript) -> Announcement:
    """With its files, and the topic below it."""
    announcement = put_up(tx, manuscript.organisation, manuscript.author, manuscript.draft,
                          key=manuscript.key, approver_id=manuscript.approved_by_id)  # fmt: skip
    hang_over(tx, manuscript.address, manuscript.attachments, announcement)
    mandate = mandate_behind(tx, manuscript.author, manuscript)
    assert mandate
    open_discussion(tx, announcement, mandate)
    return announcement
