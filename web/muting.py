"""The doors through which hosts and moderators mute in one channel, and end it."""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Conflict, Denied, Invalid, Refusal
from moderation.muting import LONGEST, mutable_for, mute_in, mutes_in, unmute_in
from web.doors import acting, looking
from web.errors import refused
from web.forms import Form, filled_in
from web.ids import Id, MaybeLine
from web.pages import page, why

REFUSED = (Invalid, Denied, Conflict)


class Mute(Form, frozen=True, kw_only=True):
    hours: Annotated[int, Meta(ge=1, le=LONGEST)] = 24
    because: MaybeLine = ""


class Ended(Form, frozen=True, kw_only=True):
    member: Id


async def form(request: Request) -> Response:
    return await _form(request, Mute())


async def mute(request: Request) -> Response:
    given = await filled_in(request, Mute)
    try:
        channel = await acting(
            request, mute_in, request.path_params["message"], hours=given.hours,
            because=given.because,
        )  # fmt: skip
    except REFUSED as refusal:
        return await _form(request, given, refusal)
    return RedirectResponse(f"/channels/{channel.id}/mutes", 303)


async def mutes(request: Request) -> Response:
    seen = await looking(request, mutes_in, request.path_params["channel"])
    return page(request, "channels/mutes.html", seen)


async def unmute(request: Request) -> Response:
    ended = await filled_in(request, Ended)
    channel = await acting(request, unmute_in, request.path_params["channel"], ended.member)
    return RedirectResponse(f"/channels/{channel.id}/mutes", 303)


async def _form(request: Request, given: Mute, refusal: Refusal | None = None) -> Response:
    seen = await looking(request, mutable_for, request.path_params["message"])
    error = why(request, seen, refusal)
    return refused(page(request, "channels/mute.html", seen, given=given, error=error), refusal)


routes = [
    Route("/messages/{message:id}/mute", form, methods=["GET"], name="mute_in"),
    Route("/messages/{message:id}/mute", mute, methods=["POST"]),
    Route("/channels/{channel:id}/mutes", mutes, methods=["GET"], name="mutes"),
    Route("/channels/{channel:id}/mutes/end", unmute, methods=["POST"], name="unmute_in"),
]
