"""The doors to who stands in for whom at an office."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import uuid4

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Denied, Invalid, Refusal
from community.members.models import Member
from community.organisations import deputies
from community.organisations.deputies import Deputy, deputies_around, may_end
from community.organisations.models import Mandate, MandateRole
from community.organisations.queries import colleagues_in, mandates_held
from community.words import _
from web.doors import acting, looking
from web.errors import refused
from web.forms import Form, back, filled_in, saved
from web.ids import Id, Key
from web.pages import page, why
from web.words import at_zone, end_of

REFUSED = (Conflict, Denied, Invalid)
Day = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[01][0-9]-[0-3][0-9]\Z")]


class Standing(Form, frozen=True, kw_only=True):
    absent: Id
    present: Id
    begins: Day
    ends: Day  # the last day
    key: Key


class Around(NamedTuple):
    """Who stands in for whom where the reader speaks, and whom they may name. Where they alone
    speak there is nobody to name."""

    deputies: Sequence[tuple[Deputy, bool]]  # and whether the reader may end it
    absent: Sequence[Mandate]  # for whom they may name one
    present: Sequence[Mandate]
    speaks: bool


async def show(request: Request) -> Response:
    return await _page(request)


async def name(request: Request) -> Response:
    given = await filled_in(request, Standing)
    try:
        await acting(request, _named, given)
    except REFUSED as refusal:
        return await _page(request, given, refusal)
    return back(request, "deputies", "named")


async def end(request: Request) -> Response:
    await acting(request, deputies.end_deputy, request.path_params["deputy"])
    return back(request, "deputies", "ended")


def around(session: Session, member: Member) -> Around:
    mine = {one.organisation_id: one for one in mandates_held(session, member)}
    people = colleagues_in(session, list(mine))
    of_each = Counter(one.organisation_id for one in people)
    there = [one for one in people if of_each[one.organisation_id] > 1]
    listed = deputies_around(session, member)
    return Around(
        [(one, bool(may_end(member, one, mine.get(one.absent.organisation_id)))) for one in listed],
        [one for one in there if _names(mine[one.organisation_id], one)],
        [one for one in there if one.member_id != member.id or _leads(mine[one.organisation_id])],
        bool(mine),
    )


def _names(mine: Mandate, other: Mandate) -> bool:
    return other.id == mine.id or _leads(mine)


def _leads(mine: Mandate) -> bool:
    return mine.role == MandateRole.OWNER


def _named(tx: Transaction, member: Member, given: Standing) -> Deputy:
    """From the beginning of the first day to the end of the last, where the member is."""
    begins, ends = _beginning(given.begins, member.zone), end_of(given.ends, member.zone)
    return deputies.name_deputy(tx, member, given.absent, given.present, max(begins, now(tx)), ends,
                                key=given.key)  # fmt: skip


def _beginning(day: str, zone: str) -> datetime:
    try:
        return at_zone(day, zone)
    except (ValueError, OverflowError):
        raise Invalid(_("This is not a day.")) from None


async def _page(
    request: Request, given: Standing | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, around)
    done = saved(request) if request.method == "GET" else ""
    shown = page(
        request, "community/deputies.html", seen, given=given, saved=done,
        key=given.key if given else uuid4().hex, error=why(request, seen, refusal),
    )  # fmt: skip
    return refused(shown, refusal)


routes = [
    Route("/desk/deputies", show, methods=["GET"], name="deputies"),
    Route("/desk/deputies", name, methods=["POST"]),
    Route("/desk/deputies/{deputy:id}/ending", end, methods=["POST"], name="end_deputy"),
]
