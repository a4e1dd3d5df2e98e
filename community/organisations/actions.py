from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select

from community import audit
from community.clock import now
from community.database import Transaction
from community.members.events import StandingChanged
from community.members.models import Member
from community.members.policies import may_write
from community.names import name_of_organisation
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import (
    REMINDERS,
    Kind,
    MandateRole,
    Organisation,
    OrganisationCluster,
)
from community.organisations.policies import may_register, may_rename
from community.organisations.queries import (
    free_slug,
    organisation_owned,
    owners_of,
    people_of,
    unverified_of,
)
from community.policies import require

SOME = 100  # rows one round of a chore takes


class Founding(NamedTuple):
    """What somebody says of their organisation."""

    kind: str
    name: str
    about: str = ""
    region: str = ""
    clusters: tuple[str, ...] = ()


def register(tx: Transaction, member: Member, founding: Founding) -> Organisation:
    """Not verified yet; the member owns it."""
    require(may_register(member, unverified_of(tx, member)))
    name = name_of_organisation(tx, founding.name, Kind(founding.kind))
    founding = founding._replace(name=name)
    slug = free_slug(tx, founding.name)
    organisation = found_organisation(tx, slug=slug, **founding._asdict())
    give_mandate(tx, member, organisation, MandateRole.OWNER)
    audit.record(tx, member, "organisation.registered", f"organisation:{organisation.id}")
    return organisation


def found_organisation(
    tx: Transaction,
    *,
    slug: str,
    kind: str,
    name: str,
    about: str = "",
    region: str = "",
    clusters: tuple[str, ...] = (),
) -> Organisation:
    """Without an owner: for the command line and the demonstration community."""
    organisation = Organisation(
        slug=slug, kind=kind, name=name, about=about, region=region, founded_at=now(tx)
    )
    tx.add(organisation)
    tx.flush()
    _place(tx, organisation, clusters)
    return organisation


def describe(
    tx: Transaction, owner: Member, organisation_id: int, founding: Founding
) -> Organisation:
    """Changes all but the kind. Whoever wrote for it is shown with the new name."""
    organisation = tx.hold(organisation_owned, owner, organisation_id)
    require(may_write(owner))
    if founding.name != organisation.name:
        require(may_rename(organisation))
        kind = Kind(organisation.kind)
        organisation.name = name_of_organisation(tx, founding.name, kind, id=organisation.id)
    organisation.about = founding.about
    organisation.region = founding.region
    organisation.rev += 1
    for held in tx.scalars(_clusters(organisation)):
        tx.delete(held)
    tx.flush()
    _place(tx, organisation, founding.clusters)
    audit.record(tx, owner, "organisation.changed", f"organisation:{organisation_id}")
    return organisation


def verify(
    tx: Transaction, organisation: Organisation, level: int, because: str, *, until: datetime
) -> None:
    """`because` is the public line that says why. Moderation decides it, and holds the row."""
    organisation.level, organisation.because = level, because
    organisation.verified_until, organisation.reminded = until, 0
    _told_to_all(tx, organisation)


# What time does: the worker's chores.


def lapse_verifications(tx: Transaction) -> None:
    """A verification that is not renewed greys the badge and keeps its history."""
    over = select(Organisation).where(
        Organisation.level > 0, Organisation.verified_until <= now(tx)
    )
    for organisation in tx.scalars(over.limit(SOME)).all():
        tx.forget_turns()
        tx.lock(*(mandate.member for mandate in people_of(tx, organisation)), organisation)
        organisation.level = 0
        audit.record(tx, None, "organisation.lapsed", f"organisation:{organisation.id}")
        _told_to_all(tx, organisation)
        _remind(tx, organisation)


def remind_of_renewals(tx: Transaction) -> None:
    """60, 30 and 7 days before a verification ends, each once."""
    for days in REMINDERS:
        soon = select(Organisation).where(
            Organisation.level > 0,
            Organisation.verified_until <= now(tx) + timedelta(days=days),
            (Organisation.reminded == 0) | (Organisation.reminded > days),
        )
        for organisation in tx.scalars(soon.limit(SOME)).all():
            organisation.reminded = days
            _remind(tx, organisation)


# The parts


def _clusters(organisation: Organisation) -> Select[OrganisationCluster]:
    return select(OrganisationCluster).where(OrganisationCluster.organisation_id == organisation.id)


def _place(tx: Transaction, organisation: Organisation, clusters: tuple[str, ...]) -> None:
    tx.add_all(
        OrganisationCluster(organisation_id=organisation.id, cluster=cluster)
        for cluster in clusters
    )


def _told_to_all(tx: Transaction, organisation: Organisation) -> None:
    """Who speaks for it may do more or less now; what they wrote is shown with another badge."""
    organisation.rev += 1
    for mandate in people_of(tx, organisation):
        tx.publish(StandingChanged(member_id=mandate.member_id))


def _remind(tx: Transaction, organisation: Organisation) -> None:
    owners = [mandate.member_id for mandate in owners_of(tx, organisation)]
    link = f"/organisations/{organisation.id}/verification"
    notify(tx, owners, NoticeKind.RENEWAL, actor="", title=organisation.name, link=link)
