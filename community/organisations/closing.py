"""How an organisation ends, and begins again. Its page and what was said for it stay."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from community import audit
from community.clock import now
from community.database import Transaction
from community.invitations.models import Invitation
from community.members.models import Member
from community.members.queries import member_for
from community.names import require_unlike_verified
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.granting import end_all_of, recover
from community.organisations.models import Organisation
from community.organisations.policies import may_go_on, may_keep_open, may_recover
from community.organisations.queries import organisation_for, owners_since
from community.policies import require

TO_OBJECT = timedelta(days=7)  # for the other owners, whoever was put out lately too


def who_may_object(session: Session, organisation: Organisation) -> set[int]:
    """Putting an owner out is no way around the week they have: it counts from the end of what
    they owned, and while it closes, from when that was begun."""
    moment = organisation.closing_at or now(session) + TO_OBJECT
    return owners_since(session, organisation, moment - 2 * TO_OBJECT)


def begin_closing(tx: Transaction, owner: Member, organisation: Organisation) -> None:
    """One of several owners wants it: each of the others can keep it open until that day. The
    organisation is held."""
    if organisation.closing_at is None:
        organisation.closing_at, organisation.closing_by_id = now(tx) + TO_OBJECT, owner.id
        audit.record(tx, owner, "organisation.closing", f"organisation:{organisation.id}")
        _tell(tx, organisation)


def keep_open(tx: Transaction, member: Member, organisation_id: int) -> Organisation:
    """Whoever began it may do so, too."""
    organisation = tx.hold(organisation_for, member, organisation_id)
    require(may_go_on(organisation))
    require(may_keep_open(member, who_may_object(tx, organisation)))
    if organisation.closing_at:
        stop_closing(tx, organisation, member)
    return organisation


def stop_closing(tx: Transaction, organisation: Organisation, by: Member | None) -> None:
    _tell(tx, organisation)
    organisation.stay()
    audit.record(tx, by, "organisation.kept", f"organisation:{organisation.id}")


def end(tx: Transaction, organisation: Organisation, by: Member | None, because: str = "") -> None:
    """Nobody speaks for it from now on, and whoever did is told. It is held, with its people. Its
    badge ends with it, so that its name stays its own for as long as after a lapse."""
    if organisation.verified:
        organisation.lose_badge(now(tx))
    organisation.stay()
    organisation.closed_at, organisation.closed_because = now(tx), because
    organisation.rev += 1
    people = end_all_of(tx, organisation, by)
    open = Invitation.organisation_id == organisation.id, Invitation.ended_at.is_(None)
    tx.execute(update(Invitation).where(*open).values(ended_at=now(tx)))
    audit.record(tx, by, "organisation.closed", f"organisation:{organisation.id}")
    notify(tx, people, NoticeKind.CLOSING, title=organisation.name, link=_page_of(organisation))


def reopen(
    tx: Transaction, administrator: Member, organisation_id: int, member_id: int
) -> Organisation:
    """Not verified, with an owner whom the administrator names and who has to accept. Raises
    Invalid where somebody else has its name by now."""
    require(may_recover(administrator, member_id))
    organisation = organisation_for(tx, administrator, organisation_id)
    tx.lock(member_for(tx, administrator, member_id), organisation)
    if organisation.closed_at:
        require_unlike_verified(tx, organisation.name, but=organisation.id)
        organisation.closed_at, organisation.closed_because = None, ""
        organisation.rev += 1
        audit.record(tx, administrator, "organisation.reopened", f"organisation:{organisation.id}")
        recover(tx, administrator, organisation_id, member_id)
    return organisation


def _tell(tx: Transaction, organisation: Organisation) -> None:
    told = who_may_object(tx, organisation)
    notify(tx, told, NoticeKind.CLOSING, title=organisation.name, link=_page_of(organisation))


def _page_of(organisation: Organisation) -> str:
    return f"/organisations/{organisation.id}"
