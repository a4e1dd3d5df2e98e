"""From when on reports hide something by themselves, until somebody has looked."""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import asdict
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.members.models import Member
from moderation.hiding.thresholds import (
    FEWEST,
    HIGHEST,
    LONGEST_RUSH,
    MOST,
    OLDEST,
    Bounds,
    bounds_of,
    change_bounds,
)
from web.administration.seeing import overseeing
from web.doors import acting
from web.forms import Form, back, filled_in, saved
from web.pages import page

People = Annotated[int, Meta(ge=FEWEST, le=MOST)]


class Thresholds(Form, frozen=True, kw_only=True):
    hide_at: Annotated[int, Meta(ge=1, le=HIGHEST)]
    reporters: People
    rush: People
    rush_minutes: Annotated[int, Meta(ge=1, le=LONGEST_RUSH)]
    rush_days: Annotated[int, Meta(ge=1, le=OLDEST)]


async def show(request: Request) -> Response:
    seen = await overseeing(request, _bounds)
    return page(request, "administration/thresholds.html", seen, usual=Bounds(),
                saved=saved(request))  # fmt: skip


async def change(request: Request) -> Response:
    given = await filled_in(request, Thresholds)
    await acting(request, change_bounds, Bounds(**asdict(given)))
    return back(request, "thresholds")


def _bounds(session: Session, _administrator: Member) -> Bounds:
    return bounds_of(session)


routes = [
    Route("/administration/thresholds", show, methods=["GET"], name="thresholds"),
    Route("/administration/thresholds", change, methods=["POST"]),
]
