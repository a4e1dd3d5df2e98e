"""The register as everybody reads it: what is open, overdue, answered or refused, of all offices or
of one. Each starts at what its reader may see."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Moment
from community.members.models import Member
from community.organisations.models import Organisation
from community.organisations.queries import organisation_for
from community.words import _
from forum.responses.models import OPEN, RUNNING, SETTLED, Response, State
from forum.responses.queries import responses_of

PAGE = 30


class Show(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    REFUSED = "refused"


SHOW_NAMES = {
    Show.OPEN: _("Open"),
    Show.OVERDUE: _("Overdue"),
    Show.ANSWERED: _("Answered"),
    Show.REFUSED: _("Refused"),
}


class Listed(NamedTuple):
    response: Response
    overdue: bool


class Register(NamedTuple):
    agency: Organisation | None
    listed: Sequence[Listed]
    overdue: int  # of all or of the office, whatever is listed
    more: bool


def register_of(
    session: Session, reader: Member | None, show: Show, agency_id: int | None, after: int = 0
) -> Register:
    """A page of it; `after` is the id of the last one seen. What is open stands as it is due, the
    oldest first; what is settled, the latest first. Raises NotFound for an office that is none."""
    agency = organisation_for(session, reader, agency_id) if agency_id else None
    theirs = _of_agency(responses_of(reader), agency_id)
    shown = theirs.where(_shows(session, show))
    rows = session.scalars(_from(session, shown, show, after).limit(PAGE + 1)).all()
    at = now(session)
    listed = [Listed(one, one.overdue(at)) for one in rows[:PAGE]]
    late = theirs.where(_shows(session, Show.OVERDUE)).with_only_columns(Response.id)
    overdue = session.scalars(select(func.count()).select_from(late.subquery())).one()
    return Register(agency, listed, overdue, len(rows) > PAGE)


def _of_agency(found: Select[Response], agency_id: int | None) -> Select[Response]:
    return found.where(Response.agency_id == agency_id) if agency_id else found


def _shows(session: Session, show: Show) -> ColumnElement[bool]:
    match show:
        case Show.OPEN:
            return Response.state.in_(OPEN)
        case Show.OVERDUE:
            return Response.state.in_(RUNNING) & (Response.due_at <= now(session))
        case Show.ANSWERED:
            return Response.state.in_(SETTLED)
        case Show.REFUSED:
            return Response.state == State.REFUSED


def _from(session: Session, shown: Select[Response], show: Show, after: int) -> Select[Response]:
    """In its order, after that one."""
    ways = {
        Show.ANSWERED: (Response.answered_at, False),
        Show.REFUSED: (Response.changed_at, False),
    }
    at, upwards = ways.get(show, (Response.due_at, True))
    order = (at, Response.id) if upwards else (at.desc(), Response.id.desc())
    if last := session.get(Response, after) if after else None:
        stood = literal(getattr(last, at.key) or last.changed_at, Moment)
        place, there = tuple_(at, Response.id), tuple_(stood, literal(last.id, BigInteger))
        shown = shown.where(place > there if upwards else place < there)
    return shown.order_by(*order)
