"""Members and organisations as search shows them, and what the floors above say the same way."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from community.members.models import Member, MemberCluster
from community.organisations.models import Mandate, Organisation, OrganisationCluster
from community.places import within
from community.search.models import Mark, mark
from community.search.queries import MOST_MARKS, Marked, Source, any_of
from community.streams import Entry
from community.wanted import SIGNS, Wanted


def meant(session: Session, wanted: Wanted) -> Wanted:
    """With the marks of all whom the name of the author may mean."""
    if not wanted.author:
        return wanted
    called = select(literal(Mark.AUTHOR), Member.id).where(_called(wanted.author))
    spoken = mandates_called(wanted.author).with_only_columns(literal(Mark.MANDATE), Mandate.id)
    rows = session.execute(union_all(called, spoken).limit(MOST_MARKS + 1))
    return wanted._replace(by=any_of([mark(Mark(of), id) for of, id in rows]))


def members_found(_session: Session, reader: Member | None, wanted: Wanted) -> list[Source]:
    """Members find each other; visitors find nobody (profiles say noindex for the same reason)."""
    if reader is None or wanted.of_entries:
        return []
    inside = select(MemberCluster.member_id).where(MemberCluster.cluster == wanted.place.cluster)
    seen = select(Member.id).where(
        Member.admitted,
        within(Member.region, wanted.place.region),
        Member.id.in_(inside) if wanted.place.cluster else true(),
        *between(Member.joined_at, wanted),
    )
    nothing = literal("")
    columns = (Member.id, Member.name, nothing, nothing, *NOWHERE, Member.id, Member.name, nothing,
               Member.joined_at)  # fmt: skip
    shown = select(literal("member"), *columns)
    return [Source("member", Member.id, seen, shown, of_kind("member"))]


def organisations_found(_session: Session, _reader: Member | None, wanted: Wanted) -> list[Source]:
    if wanted.of_entries:
        return []
    cluster = OrganisationCluster.cluster == wanted.place.cluster
    inside = select(OrganisationCluster.organisation_id).where(cluster)
    seen = select(Organisation.id).where(
        Organisation.closed_at.is_(None),
        within(Organisation.region, wanted.place.region),
        Organisation.id.in_(inside) if wanted.place.cluster else true(),
        *between(Organisation.founded_at, wanted),
    )
    nothing, one = literal(""), Organisation
    columns = (one.id, one.name, one.about, nothing, *NOWHERE, literal(0), nothing, nothing,
               one.founded_at)  # fmt: skip
    shown = select(literal("organisation"), *columns)
    return [Source("organisation", one.id, seen, shown, of_kind("organisation"))]


def of_kind(kind: str) -> Marked:
    return ((mark(Mark.KIND, kind),),)


def said_by(kind: type[Entry], wanted: Wanted) -> list[ColumnElement[bool]]:
    """What entries of a stream can be narrowed to, whatever the stream. Nothing that is gone."""
    narrowed: list[ColumnElement[bool]] = [kind.hidden_at.is_(None), kind.withdrawn_at.is_(None)]
    signs = (SIGNS[one] for one in wanted.has & SIGNS.keys())
    narrowed += [kind.html.contains(sign, autoescape=True) for sign in signs]
    if wanted.author and not wanted.by:
        called = select(Member.id).where(_called(wanted.author))
        spoken = mandates_called(wanted.author)
        narrowed.append(or_(kind.author_id.in_(called), kind.mandate_id.in_(spoken)))
    return [*narrowed, *between(kind.written_at, wanted)]


def marked_as(wanted: Wanted) -> Marked:
    """The same for the index, as far as it knows."""
    return *wanted.by, *((mark(Mark.HAS, one),) for one in sorted(wanted.has))


def _called(name: str) -> ColumnElement[bool]:
    return Member.name.icontains(name, autoescape=True)


def mandates_called(name: str) -> Select[int]:
    """The ids of those to speak for an organisation with these words in its name."""
    called = Organisation.name.icontains(name, autoescape=True)
    return select(Mandate.id).join(Mandate.organisation).where(called)


def between(moment: InstrumentedAttribute[datetime], wanted: Wanted) -> list[ColumnElement[bool]]:
    since = [moment >= wanted.since] if wanted.since else []
    return since + ([moment < wanted.before] if wanted.before else [])


def with_author(shown: Select[*tuple[Any, ...]], kind: type[Entry]) -> Select[*tuple[Any, ...]]:
    """Joined with who wrote it, for whom."""
    return (
        shown.join(Member, Member.id == kind.author_id)
        .outerjoin(Mandate, Mandate.id == kind.mandate_id)
        .outerjoin(Mandate.organisation)
    )


NOWHERE = (literal(0), literal(0))  # what stands in no stream
OFFICE = func.coalesce(Organisation.name, "")  # of those joined so
