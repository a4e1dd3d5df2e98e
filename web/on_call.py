"""The doors to who is called when something cannot wait."""

from typing import Annotated, Literal

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.errors import Denied, Invalid, Refusal
from community.members.policies import may_administer
from moderation.on_call import Turn, add_duty, plan_for, remove_duty
from web.doors import acting, looking
from web.errors import refused
from web.forms import Form, back, filled_in, saved
from web.ids import Id
from web.pages import page, why

REFUSED = (Denied, Invalid)


class Taken(Form, frozen=True, kw_only=True):
    member: Id
    days: list[Literal["0", "1", "2", "3", "4", "5", "6"]] = []
    from_hour: Annotated[int, Meta(ge=0, le=23)] = 22
    to_hour: Annotated[int, Meta(ge=0, le=24)] = 7
    position: Annotated[int, Meta(ge=0, le=1_000)] = 0

    @property
    def turn(self) -> Turn:
        return Turn(self.member, "".join(self.days), self.from_hour, self.to_hour, self.position)


async def show(request: Request) -> Response:
    return await _page(request)


async def add(request: Request) -> Response:
    given = await filled_in(request, Taken)
    try:
        await acting(request, add_duty, given.turn)
    except REFUSED as refusal:
        return await _page(request, given, refusal)
    return back(request, "on_call")


async def remove(request: Request) -> Response:
    await acting(request, remove_duty, request.path_params["duty"])
    return back(request, "on_call", "removed")


async def _page(
    request: Request, typed: Taken | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, plan_for)
    shown = page(
        request, "moderation/on_call.html", seen, typed=typed, error=why(request, seen, refusal),
        saved="" if typed else saved(request), may_keep=may_administer(seen.member),
    )  # fmt: skip
    return refused(shown, refusal)


routes = [
    Route("/moderation/on-call", show, methods=["GET"], name="on_call"),
    Route("/moderation/on-call", add, methods=["POST"]),
    Route("/moderation/on-call/{duty:id}/removal", remove, methods=["POST"], name="remove_duty"),
]
