import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain, count

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import Session, contains_eager, joinedload

from community.clock import now
from community.errors import Denied, NotFound
from community.members.models import Member
from community.members.queries import anyone, asked_by
from community.organisations.models import (
    Kind,
    Mandate,
    MandateRole,
    Organisation,
    OrganisationCluster,
)
from community.organisations.policies import NO_MANDATE, may_lead, may_speak_for
from community.places import Lens, within
from community.policies import require

PAGE = 50
PAUSE = timedelta(days=30)  # before whoever declined is offered it again
LATELY = timedelta(days=30)  # one that was closed still counts as its owners'
YEAR = timedelta(days=365)
SIGNS = re.compile(r"[^a-z0-9]+")


def mandates_of(member: Member) -> Select[Mandate]:
    """The live ones, with their organisations."""
    return (
        select(Mandate)
        .join(Mandate.organisation)
        .options(contains_eager(Mandate.organisation))
        .where(
            Mandate.member_id == member.id,
            Mandate.live,
        )
        .order_by(Mandate.id)
    )


def mandates_held(session: Session, member: Member) -> Sequence[Mandate]:
    """What a member is offered to speak for; an office whose powers rest is not among it."""
    held = session.scalars(HELD, asked_by(member))
    return [mandate for mandate in held if may_speak_for(member, mandate)]


def mandate_for(session: Session, member: Member, mandate_id: int) -> Mandate:
    """One's own live mandate. Raises Denied: whoever had it when they began to write keeps their
    text, and chooses again for whom they speak."""
    mandate = session.scalar(mandates_of(member).where(Mandate.id == mandate_id))
    if mandate is None:
        raise Denied(NO_MANDATE)
    return mandate


def organisation_for(session: Session, _reader: Member | None, id: int) -> Organisation:
    """Everybody sees every organisation. Raises NotFound."""
    organisation = session.get(Organisation, id)
    if organisation is None:
        raise NotFound
    return organisation


def organisation_owned(session: Session, member: Member, id: int) -> Organisation:
    """Raises Denied for whoever does not own it."""
    organisation = organisation_for(session, member, id)
    require(may_lead(member, mandate_in(session, member, id)))
    return organisation


def mandate_in(session: Session, member: Member, organisation_id: int) -> Mandate | None:
    """The member's own live one."""
    mine = mandates_of(member).where(Mandate.organisation_id == organisation_id)
    return session.scalar(mine)


def offer_for(session: Session, member: Member, mandate_id: int) -> Mandate:
    """What was offered to the member, whatever became of it."""
    mandate = session.get(Mandate, mandate_id, options=[_WITH_MEMBER])
    if mandate is None or mandate.member_id != member.id:
        raise NotFound
    return mandate


def mandate_given(session: Session, member: Member, mandate_id: int) -> Mandate:
    """One's own, or one of an organisation one owns."""
    mandate = session.get(Mandate, mandate_id, options=[_WITH_MEMBER])
    if mandate is None:
        raise NotFound
    mine = mandate.member_id == member.id
    if not mine and not may_lead(member, mandate_in(session, member, mandate.organisation_id)):
        raise NotFound
    return mandate


def people_of(session: Session, organisation: Organisation) -> Sequence[Mandate]:
    """Who speaks for it, the owners first."""
    return session.scalars(_in_force(organisation).order_by(Mandate.role, Mandate.id)).all()


def everybody_of(session: Session, organisation: Organisation) -> Sequence[Mandate]:
    """With those who were offered to, and have not answered yet."""
    every = select(Mandate).where(Mandate.organisation_id == organisation.id)
    open = every.where(Mandate.ended_at.is_(None)).options(_WITH_MEMBER)
    return session.scalars(open.order_by(Mandate.role, Mandate.id)).all()


def colleagues_in(session: Session, organisations: Sequence[int]) -> Sequence[Mandate]:
    """Who speaks for any of these, by name."""
    live = select(Mandate).join(Mandate.member).options(contains_eager(Mandate.member))
    theirs = live.where(Mandate.organisation_id.in_(organisations), Mandate.live)
    return session.scalars(theirs.order_by(func.lower(Member.name), Mandate.id)).all()


def owners_of(session: Session, organisation: Organisation) -> Sequence[Mandate]:
    owners = _in_force(organisation).where(Mandate.role == MandateRole.OWNER)
    return session.scalars(owners.order_by(Mandate.id)).all()


def owners_since(session: Session, organisation: Organisation, moment: datetime) -> set[int]:
    """Who owns it, and who did at that moment or after it."""
    owns = Mandate.live & (Mandate.role == MandateRole.OWNER)
    owners = select(Mandate.member_id).where(
        Mandate.organisation_id == organisation.id, or_(owns, Mandate.owned_until >= moment)
    )
    return set(session.scalars(owners))


def last_owners(session: Session, organisation: Organisation) -> set[int]:
    """Who owns it; of one that was closed, who did to its end."""
    return owners_since(session, organisation, organisation.closed_at or now(session))


def offers_of(session: Session, organisation: Organisation) -> Sequence[Mandate]:
    """What was not answered yet."""
    offered = select(Mandate).where(Mandate.organisation_id == organisation.id, Mandate.offered)
    return session.scalars(offered.options(_WITH_MEMBER).order_by(Mandate.id)).all()


def offers_lately(
    session: Session, organisation: Organisation, member: Member
) -> Sequence[Mandate]:
    """What the member was offered within PAUSE, and is over without having been accepted."""
    over = select(Mandate).where(
        Mandate.organisation_id == organisation.id,
        Mandate.member_id == member.id,
        Mandate.accepted_at.is_(None),
        Mandate.ended_at > now(session) - PAUSE,
    )
    return session.scalars(over).all()


def close_to(session: Session, member: Member) -> Select[int]:
    """The ids of the organisations that the member has a mandate of, is offered one, or had one
    within a year: they are no judge of them."""
    return close_since(member, now(session) - YEAR)


def close_since(member: Member, moment: datetime | ColumnElement[datetime]) -> Select[int]:
    lately = Mandate.accepted_at.is_not(None) & (Mandate.ended_at > moment)
    return select(Mandate.organisation_id).where(
        Mandate.member_id == member.id, or_(Mandate.ended_at.is_(None), lately)
    )


def offered_to(session: Session, member: Member) -> Sequence[Mandate]:
    offered = select(Mandate).where(Mandate.member_id == member.id, Mandate.offered)
    return session.scalars(offered.order_by(Mandate.id)).all()


def unverified_of(session: Session, member: Member) -> int:
    """How many organisations they own that are not verified, or owned until those were closed not
    long ago: closing one makes no room for the next."""
    owned = select(func.count()).select_from(Mandate).join(Mandate.organisation)
    lately = and_(
        Mandate.accepted_at.is_not(None),
        Mandate.ended_at == Organisation.closed_at,
        Organisation.closed_at > now(session) - LATELY,
    )
    mine = owned.where(
        Mandate.member_id == member.id,
        Mandate.role == MandateRole.OWNER,
        Organisation.level == 0,
        or_(Mandate.live, lately),
    )
    return session.scalars(mine).one()


def owned_alike(session: Session, member: Member, kind: str, name: str) -> Organisation | None:
    """One that they own and nobody has verified, of that kind and name."""
    mine = mandates_of(member).where(
        Mandate.role == MandateRole.OWNER,
        Organisation.level == 0,
        Organisation.kind == kind,
        Organisation.name == name,
    )
    mandate = session.scalars(mine.limit(1)).first()
    return mandate.organisation if mandate else None


def organisations_listed(
    session: Session, lens: Lens, *, words: str = "", kind: str = "", after: int = 0
) -> Sequence[Organisation]:
    """A page of the directory, by name; `after` is the id of the last one seen."""
    listed = organisations_within(lens).where(Organisation.closed_at.is_(None))
    listed = listed.order_by(func.lower(Organisation.name), Organisation.id)
    if words:
        listed = listed.where(Organisation.name.icontains(words, autoescape=True))
    if kind:
        listed = listed.where(Organisation.kind == kind)
    if last := session.get(Organisation, after) if after else None:
        here = tuple_(func.lower(Organisation.name), Organisation.id)
        listed = listed.where(here > tuple_(func.lower(literal(last.name)), literal(last.id)))
    return session.scalars(listed.limit(PAGE)).all()


def free_slug(session: Session, name: str) -> str:
    """How addresses and tables call it: its name, and a number where others are called alike."""
    slug = SIGNS.sub("-", name.lower()).strip("-")[:40] or "organisation"
    alike = select(Organisation.slug).where(Organisation.slug.startswith(slug, autoescape=True))
    taken = set(session.scalars(alike))
    numbered = (f"{slug}-{number}" for number in count(2))
    return next(free for free in chain([slug], numbered) if free not in taken)


def organisation_whole(session: Session, id: int) -> tuple[Organisation, list[str]]:
    """With its clusters. Raises NotFound."""
    theirs = OrganisationCluster.organisation_id == Organisation.id
    whole = select(Organisation, OrganisationCluster.cluster).outerjoin(OrganisationCluster, theirs)
    found = whole.where(Organisation.id == id).order_by(OrganisationCluster.cluster)
    rows = session.execute(found).all()
    if not rows:
        raise NotFound
    return rows[0][0], [cluster for _organisation, cluster in rows if cluster]


def clusters_in(session: Session, organisation: Organisation) -> list[str]:
    clusters = select(OrganisationCluster.cluster).where(
        OrganisationCluster.organisation_id == organisation.id
    )
    return list(session.scalars(clusters.order_by(OrganisationCluster.cluster)))


def official_mandates_of(session: Session, member: Member) -> Sequence[Mandate]:
    """Those that let the member publish."""
    return session.scalars(official_ones(member)).all()


def official_ones(member: Member) -> Select[Mandate]:
    """Of verified government organisations."""
    return mandates_of(member).where(Organisation.kind == Kind.GOVERNMENT, Organisation.level > 0)


def is_official(session: Session, member_id: int) -> bool:
    """Whether they speak for a verified government organisation."""
    theirs = official_ones(session.get_one(Member, member_id)).with_only_columns(Mandate.id)
    return session.scalar(theirs.order_by(None).limit(1)) is not None


def verified_kinds_of(member: Member) -> Select[Mandate]:
    """What opens doors by its kind: anybody can say that they are an office."""
    return mandates_of(member).order_by(None).where(Organisation.level > 0)


def colleagues_of(member: Member) -> Select[int]:
    """The ids of all with a live mandate of an organisation of the member's."""
    mine = mandates_of(member).with_only_columns(Mandate.organisation_id).order_by(None)
    return select(Mandate.member_id).where(Mandate.organisation_id.in_(mine), Mandate.live)


def organisations_within(lens: Lens) -> Select[Organisation]:
    """That are in the region or a part of it, and in the cluster. A theme is no organisation's."""
    inside = select(OrganisationCluster.organisation_id).where(
        OrganisationCluster.cluster == lens.cluster
    )
    return select(Organisation).where(
        within(Organisation.region, lens.region),
        Organisation.id.in_(inside) if lens.cluster else true(),
        false() if lens.theme else true(),
    )


def _in_force(organisation: Organisation) -> Select[Mandate]:
    live = select(Mandate).where(
        Mandate.organisation_id == organisation.id,
        Mandate.live,
    )
    return live.options(_WITH_MEMBER)


_WITH_MEMBER = joinedload(Mandate.member)
HELD = mandates_of(anyone())  # asked with every page to write on, so built only once
