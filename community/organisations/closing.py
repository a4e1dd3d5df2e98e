"""How an organisation ends, and begins again. Its page and what was said for it stay."""

from datetime import timedelta

from sqlalchemy import update

from community import audit
from community.clock import now
from community.database import Transaction
from community.invitations.models import Invitation
from community.members.models import Member
from community.members.queries import member_for
from community.names import name_of_organisation
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.granting import end_all_of, recover, tell_owners
from community.organisations.models import Kind, Organisation
from community.organisations.policies import may_recover
from community.organisations.queries import organisation_for, organisation_owned
from community.policies import require

TO_OBJECT = timedelta(days=7)  # for the other owners


def begin_closing(tx: Transaction, owner: Member, organisation: Organisation) -> None:
    """One of several owners wants it: each of the others can keep it open until that day. The
    organisation is held."""
    if organisation.closing_at is None:
        organisation.closing_at = now(tx) + TO_OBJECT
        audit.record(tx, owner, "organisation.closing", f"organisation:{organisation.id}")
        tell_owners(tx, organisation, NoticeKind.CLOSING, _page_of(organisation))


def keep_open(tx: Transaction, owner: Member, organisation_id: int) -> Organisation:
    """Whoever began it may do so, too."""
    organisation = tx.hold(organisation_owned, owner, organisation_id)
    if organisation.closing_at:
        organisation.closing_at = None
        audit.record(tx, owner, "organisation.kept", f"organisation:{organisation.id}")
        tell_owners(tx, organisation, NoticeKind.CLOSING, _page_of(organisation))
    return organisation


def end(tx: Transaction, organisation: Organisation, by: Member | None, because: str = "") -> None:
    """Nobody speaks for it from now on, and whoever did is told. It is held, with its people. Its
    badge ends with it, so that its name stays its own for as long as after a lapse."""
    if organisation.verified:
        organisation.level, organisation.verified_until = 0, now(tx)
    organisation.closed_at, organisation.closing_at = now(tx), None
    organisation.closed_because = because
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
        kind = Kind(organisation.kind)
        name_of_organisation(tx, organisation.name, kind, id=organisation.id)
        organisation.closed_at, organisation.closed_because = None, ""
        organisation.rev += 1
        audit.record(tx, administrator, "organisation.reopened", f"organisation:{organisation.id}")
        recover(tx, administrator, organisation_id, member_id)
    return organisation


def _page_of(organisation: Organisation) -> str:
    return f"/organisations/{organisation.id}"
