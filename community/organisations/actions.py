from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.members.events import StandingChanged
from community.members.models import Member
from community.members.policies import may_administer, may_write
from community.names import name_of_organisation, require_unlike_verified
from community.notices.models import NoticeKind
from community.organisations.granting import give_mandate, tell_owners
from community.organisations.holding import hold_with_people
from community.organisations.models import (
    REMINDERS,
    Kind,
    MandateRole,
    Organisation,
    OrganisationCluster,
)
from community.organisations.policies import may_describe, may_move, may_register, may_rename
from community.organisations.queries import (
    clusters_in,
    free_slug,
    organisation_for,
    organisation_owned,
    owned_alike,
    people_of,
    unverified_of,
)
from community.policies import require
from community.search.actions import put, put_anew
from community.verification import open_verification_of, page_of

DAY = timedelta(days=1)


class Founding(NamedTuple):
    """What somebody says of their organisation."""

    kind: str
    name: str
    about: str = ""
    region: str = ""
    clusters: tuple[str, ...] = ()


def register(tx: Transaction, member: Member, founding: Founding) -> Organisation:
    """Not verified yet; the member owns it. Doing it twice is doing it once."""
    name = name_of_organisation(tx, founding.name, Kind(founding.kind))
    founding = founding._replace(name=name)
    if already := owned_alike(tx, member, founding.kind, name):
        return already
    require(may_register(member, unverified_of(tx, member)))
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
    put(tx, [organisation.thing])
    return organisation


def describe(
    tx: Transaction, owner: Member, organisation_id: int, founding: Founding
) -> Organisation:
    """Changes all but the kind. Whoever wrote for it is shown with the new name."""
    organisation = tx.hold(organisation_owned, owner, organisation_id)
    require(may_write(owner))
    asking = open_verification_of(tx, organisation) is not None
    if founding.name != organisation.name:
        require(may_rename(organisation, asking))
        kind = Kind(organisation.kind)
        organisation.name = name_of_organisation(tx, founding.name, kind, id=organisation.id)
        organisation.because, organisation.verified_until = "", None
    if (founding.region, set(founding.clusters)) != _place_of(tx, organisation):
        require(may_move(asking))
        _move(tx, organisation, founding)
    if founding.about != organisation.about:
        require(may_describe(organisation))
        organisation.about = founding.about
    organisation.rev += 1
    put_anew(tx, organisation.thing)
    audit.record(tx, owner, "organisation.changed", f"organisation:{organisation_id}")
    return organisation


def hide_words(tx: Transaction, organisation: Organisation) -> None:
    """What it says of itself. Called by moderation, which holds the row and writes down why."""
    organisation.hidden_about, organisation.about = organisation.about, ""
    organisation.words_hidden_at = now(tx)
    organisation.rev += 1
    put_anew(tx, organisation.thing)


def restore_words(tx: Transaction, organisation: Organisation) -> None:
    organisation.about, organisation.hidden_about = organisation.hidden_about, ""
    organisation.words_hidden_at = None
    organisation.rev += 1
    put_anew(tx, organisation.thing)


def verify(
    tx: Transaction, organisation: Organisation, level: int, because: str, *, until: datetime
) -> None:
    """`because` is the public line that says why. Moderation decides it, and holds the row. Raises
    Invalid where another one that is called alike was verified meanwhile."""
    require_unlike_verified(tx, organisation.name, but=organisation.id)
    organisation.level, organisation.because = level, because
    organisation.verified_until, organisation.badge_ended_at = until, None
    lasts = until - now(tx)
    organisation.reminded = next((days for days in REMINDERS if lasts <= (days + 1) * DAY), 0)
    _told_to_all(tx, organisation)


def end_badge(
    tx: Transaction, administrator: Member, organisation_id: int, because: str
) -> Organisation:
    """Before its day, for a reason that everybody reads; what its people may do ends at once."""
    require(may_administer(administrator))
    organisation = organisation_for(tx, administrator, organisation_id)
    hold_with_people(tx, organisation)
    if organisation.verified:
        organisation.because = because
        organisation.lose_badge(now(tx))
        audit.record(
            tx, administrator, "organisation.unverified", f"organisation:{organisation.id}"
        )
        _told_to_all(tx, organisation)
        tell_owners(tx, organisation, NoticeKind.APPLICATION, page_of(organisation))
    return organisation


# What time does: the worker's chores.


def lapse_verifications(tx: Transaction) -> None:
    """A verification that is not renewed greys the badge and keeps its history."""
    over = select(Organisation).where(
        Organisation.level > 0, Organisation.verified_until <= now(tx)
    )
    for organisation in each_due(tx, over, hold_with_people):
        organisation.lose_badge(now(tx))
        audit.record(tx, None, "organisation.lapsed", f"organisation:{organisation.id}")
        _told_to_all(tx, organisation)
        tell_owners(tx, organisation, NoticeKind.RENEWAL, page_of(organisation))


def remind_of_renewals(tx: Transaction) -> None:
    """7, 30 and 60 days before a verification ends, each once; of several that are due the last."""
    for days in REMINDERS:
        soon = select(Organisation).where(
            Organisation.level > 0,
            Organisation.verified_until <= now(tx) + days * DAY,
            (Organisation.reminded == 0) | (Organisation.reminded > days),
        )
        for organisation in each_due(tx, soon):
            organisation.reminded = days
            tell_owners(tx, organisation, NoticeKind.RENEWAL, page_of(organisation))


# The parts


def _clusters(organisation: Organisation) -> Select[OrganisationCluster]:
    return select(OrganisationCluster).where(OrganisationCluster.organisation_id == organisation.id)


def _place(tx: Transaction, organisation: Organisation, clusters: tuple[str, ...]) -> None:
    tx.add_all(
        OrganisationCluster(organisation_id=organisation.id, cluster=cluster)
        for cluster in clusters
    )


def _place_of(tx: Transaction, organisation: Organisation) -> tuple[str, set[str]]:
    return organisation.region, set(clusters_in(tx, organisation))


def _move(tx: Transaction, organisation: Organisation, founding: Founding) -> None:
    organisation.region = founding.region
    for held in tx.scalars(_clusters(organisation)):
        tx.delete(held)
    tx.flush()
    _place(tx, organisation, founding.clusters)


def _told_to_all(tx: Transaction, organisation: Organisation) -> None:
    """Who speaks for it may do more or less now; what they wrote is shown with another badge."""
    organisation.rev += 1
    for mandate in people_of(tx, organisation):
        tx.publish(StandingChanged(member_id=mandate.member_id))
