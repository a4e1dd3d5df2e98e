from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from community.errors import NotFound
from community.members.models import Member
from community.members.queries import anyone, asked_by
from community.organisations.models import Kind, Mandate, Organisation


def mandates_of(member: Member) -> Select[Mandate]:
    """The live ones, with their organisations."""
    return (
        select(Mandate)
        .join(Mandate.organisation)
        .options(contains_eager(Mandate.organisation))
        .where(
            Mandate.member_id == member.id,
            Mandate.accepted_at.is_not(None),
            Mandate.ended_at.is_(None),
        )
        .order_by(Mandate.id)
    )


def mandates_held(session: Session, member: Member) -> Sequence[Mandate]:
    return session.scalars(HELD, asked_by(member)).all()


def mandate_for(session: Session, member: Member, mandate_id: int) -> Mandate:
    """One's own live mandate."""
    mandate = session.scalar(mandates_of(member).where(Mandate.id == mandate_id))
    if mandate is None:
        raise NotFound
    return mandate


def official_mandates_of(session: Session, member: Member) -> Sequence[Mandate]:
    """Those that let the member publish: of verified government organisations."""
    official = mandates_of(member).where(
        Organisation.kind == Kind.GOVERNMENT, Organisation.level > 0
    )
    return session.scalars(official).all()


def kinds_of(session: Session, member: Member) -> list[str]:
    """The kinds of organisation the member speaks for."""
    kinds = mandates_of(member).with_only_columns(Organisation.kind).order_by(None).distinct()
    return sorted(session.scalars(kinds))


def organisations_spoken_for(session: Session, member: Member) -> list[int]:
    """Their ids."""
    spoken_for = mandates_of(member).with_only_columns(Mandate.organisation_id)
    return list(session.scalars(spoken_for))


def colleagues_of(session: Session, member: Member) -> set[int]:
    """Everybody with a live mandate of an organisation of the member's, themself included."""
    mine = mandates_of(member).with_only_columns(Mandate.organisation_id).order_by(None)
    live = select(Mandate.member_id).where(
        Mandate.organisation_id.in_(mine),
        Mandate.accepted_at.is_not(None),
        Mandate.ended_at.is_(None),
    )
    return {member.id, *session.scalars(live)}


HELD = mandates_of(anyone())  # asked with every page to write on, so built only once
