"""Who was told says that they have understood: for themself, or for all of the organisations they
speak for."""

from collections.abc import Iterable, Sequence

from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, NotFound
from community.members.models import Member
from community.notices.actions import read_along
from community.organisations.models import Mandate
from community.organisations.policies import may_speak_for
from community.policies import require
from community.words import _
from forum.announcements.answers import Answer, answers_by
from forum.announcements.events import AnnouncementAcknowledged
from forum.announcements.models import Announcement, Receipt
from forum.announcements.queries import announcement_read, receipt_for, receipt_of
from forum.announcements.remarks import remark
from forum.announcements.standing import Standing, standing_of

Theirs = Sequence[tuple[Answer, Mandate]]

ENDED = {
    Standing.WITHDRAWN: _("It was withdrawn, so nobody needs to acknowledge it any more."),
    Standing.EXPIRED: _("It has expired, so nobody needs to acknowledge it any more."),
}


class Corrected(Conflict):
    """It reads otherwise than what they had before them."""

    def __init__(self) -> None:
        super().__init__(_("It was corrected meanwhile. Please read it again."))


def acknowledge(
    tx: Transaction, member: Member, announcement_id: int, said: str = "", version: int = 1
) -> None:
    """Doing it twice is doing it once; `said` goes to the office with it. Each organisation and
    each member has a row of their own, so that thousands at once do not wait for each other. Raises
    NotFound where nobody asks them, Corrected where `version`, which they had before them, is not
    the last one, and Conflict where nobody is asked any more."""
    announcement = announcement_read(tx, member, announcement_id)
    theirs = answers_by(tx, member, announcement_id)
    acknowledge_for(tx, member, announcement, theirs, said, version)


def acknowledge_for(
    tx: Transaction, member: Member, announcement: Announcement, theirs: Theirs, said: str,
    version: int,
) -> None:  # fmt: skip
    """For these of what they speak for alone, and for themself."""
    receipt = receipt_of(tx, member, announcement.id)
    if receipt is None and not theirs:
        raise NotFound
    if theirs:
        tx.lock(member)
    _keep_as_it_is(tx, announcement)
    tx.lock(*([receipt] if receipt else []), *_held_with(theirs))
    _require_as_read(announcement, version)
    theirs = _allowed(member, theirs)
    if _answer_all(tx, member, theirs) + _answer_for_self(tx, receipt):
        tx.publish(AnnouncementAcknowledged.of(announcement))
    organisation = theirs[0][1].organisation_id if theirs else None
    remark(tx, member, announcement.id, organisation, said)
    if receipt:
        _have_seen(tx, member, receipt)


def read(tx: Transaction, member: Member, announcement_id: int) -> None:
    """Who looks at it need not be told of it any more."""
    _have_seen(tx, member, receipt_for(tx, member, announcement_id))


def _have_seen(tx: Transaction, member: Member, receipt: Receipt) -> None:
    receipt.seen_at = receipt.seen_at or now(tx)
    read_along(tx, member, receipt.announcement.address, 1)


def _keep_as_it_is(tx: Transaction, announcement: Announcement) -> None:
    """Whoever corrects or withdraws it waits until we commit; others who acknowledge it do not. As
    whoever corrects it we hold members before it, and what is asked of them after it."""
    if not tx.alone:
        tx.refresh(announcement, with_for_update={"of": Announcement, "read": True})


def _require_as_read(announcement: Announcement, version: int) -> None:
    if ended := ENDED.get(standing_of(announcement)):
        raise Conflict(ended)
    if version != announcement.version:
        raise Corrected


def _held_with(theirs: Theirs) -> list[Base]:
    """Nothing counts for an organisation once the mandate has ended."""
    return [row for answer, mandate in theirs for row in (answer, *mandate.chain)]


def _allowed(member: Member, theirs: Theirs) -> Theirs:
    """Raises Denied where the member speaks for none of them any more, or not now."""
    allowed = [(answer, mandate) for answer, mandate in theirs if may_speak_for(member, mandate)]
    if theirs and not allowed:
        require(may_speak_for(member, theirs[0][1]))
    return allowed


def _answer_all(tx: Transaction, member: Member, theirs: Iterable[tuple[Answer, Mandate]]) -> int:
    """How many organisations nobody had answered for."""
    fresh = [(answer, mandate) for answer, mandate in theirs if answer.acknowledged_at is None]
    for answer, mandate in fresh:
        answer.acknowledged_at = now(tx)
        answer.member_id, answer.mandate_id = member.id, mandate.id
    return len(fresh)


def _answer_for_self(tx: Transaction, receipt: Receipt | None) -> bool:
    if receipt is None or receipt.acknowledged_at:
        return False
    receipt.acknowledged_at = now(tx)
    return True
