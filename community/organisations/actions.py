from datetime import datetime

from sqlalchemy import select

from community import audit
from community.clock import now
from community.database import Transaction
from community.members.events import StandingChanged
from community.members.models import Member
from community.organisations.models import Mandate, MandateRole, Organisation, OrganisationCluster


def found_organisation(
    tx: Transaction,
    *,
    slug: str,
    kind: str,
    name: str,
    region: str = "",
    clusters: tuple[str, ...] = (),
) -> Organisation:
    """Not verified yet."""
    organisation = Organisation(slug=slug, kind=kind, name=name, region=region, founded_at=now(tx))
    tx.add(organisation)
    tx.flush()
    tx.add_all(
        OrganisationCluster(organisation_id=organisation.id, cluster=cluster)
        for cluster in clusters
    )
    return organisation


def give_mandate(
    tx: Transaction, member: Member, organisation: Organisation, role: MandateRole,
    *, granted_by: Member | None = None, ends_at: datetime | None = None,
) -> Mandate:  # fmt: skip
    """Accepted at once: for the command line and the demonstration community."""
    mandate = Mandate(
        member_id=member.id,
        organisation_id=organisation.id,
        role=role,
        granted_by_id=granted_by.id if granted_by else None,
        granted_at=now(tx),
        accepted_at=now(tx),
        ends_at=ends_at,
    )
    tx.add(mandate)
    tx.publish(StandingChanged(member_id=member.id))
    return mandate


def end_mandates(tx: Transaction) -> None:
    """The worker's: mandates that were given until a day end on it."""
    over = select(Mandate).where(Mandate.ended_at.is_(None), Mandate.ends_at <= now(tx)).limit(100)
    for mandate in tx.scalars(over.order_by(Mandate.member_id)).all():
        tx.lock(mandate.member)  # nothing they say for the organisation commits after this
        mandate.ended_at = now(tx)
        audit.record(tx, None, "mandate.ended", f"mandate:{mandate.id}")
        tx.publish(StandingChanged(member_id=mandate.member_id))


def lapse_verifications(tx: Transaction) -> None:
    """The worker's: a verification that is not renewed greys the badge and keeps its history."""
    over = select(Organisation).where(
        Organisation.level > 0, Organisation.verified_until <= now(tx)
    )
    for organisation in tx.scalars(over.limit(100)):
        organisation.level = 0
        organisation.rev += 1
        audit.record(tx, None, "organisation.lapsed", f"organisation:{organisation.id}")
