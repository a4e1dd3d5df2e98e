"""The doors to what a channel is and who is in it: its own page, and what one does there."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from channels import hosting, joining
from channels.about import About, about_channel
from channels.direct import MOST, name_group
from channels.hosting import PACES
from channels.models import (
    Callers,
    Channel,
    ChannelRole,
    ChannelState,
    ChannelType,
    HearingLevel,
)
from community.database import Transaction
from community.errors import NotFound, Refusal, SignedOut
from community.members.models import Member
from web.doors import Seen, acting, looking, noting
from web.errors import refused
from web.forms import Form, asked, back, filled_in
from web.ids import Id, MaybeLine
from web.pacing import not_too_fast
from web.pages import page

STATES: dict[ChannelState, Callable[[Transaction, Member, int], Channel]] = {
    ChannelState.OPEN: hosting.unarchive,
    ChannelState.READ_ONLY: hosting.silence,
    ChannelState.ARCHIVED: hosting.archive,
}


class Shown(Form, frozen=True, kw_only=True):
    """`after` is the last member seen, `who` a part of the name of somebody to invite."""

    after: Id | None = None
    who: MaybeLine = ""
    saved: Annotated[str, Meta(max_length=40)] = ""


class Hearing(Form, frozen=True, kw_only=True):
    level: HearingLevel


class Favoured(Form, frozen=True, kw_only=True):
    favourite: Literal["yes", "no"]


class Described(Form, frozen=True, kw_only=True):
    about: MaybeLine = ""
    notice: MaybeLine = ""


class Stated(Form, frozen=True, kw_only=True):
    state: ChannelState


class Paced(Form, frozen=True, kw_only=True):
    seconds: Annotated[int, Meta(ge=0, le=max(PACES))]


class Called(Form, frozen=True, kw_only=True):
    callers: Callers


class Named(Form, frozen=True, kw_only=True):
    """Empty: as its people are called."""

    name: Annotated[str, Meta(max_length=60, pattern=r"\A[^\0\r\n]*\Z")] = ""


class Invited(Form, frozen=True, kw_only=True):
    member: Id


class Hosting(Form, frozen=True, kw_only=True):
    role: ChannelRole


FIRST = Shown()  # the page as it opens


async def about(request: Request) -> Response:
    return await _show(request, asked(request, Shown))


async def join(request: Request) -> Response:
    channel = await acting(request, joining.join, request.path_params["channel"])
    return RedirectResponse(request.app.url_path_for("channel", channel=channel.id), 303)


async def leave(request: Request) -> Response:
    try:
        await acting(request, joining.leave, request.path_params["channel"])
    except (NotFound, SignedOut):
        raise
    except Refusal as refusal:
        return await _show(request, FIRST, refusal)
    return RedirectResponse(request.app.url_path_for("channels"), 303)


async def hear(request: Request) -> Response:
    level = (await filled_in(request, Hearing)).level
    return await _done(request, "level", noting, joining.hear, level)


async def favour(request: Request) -> Response:
    favourite = (await filled_in(request, Favoured)).favourite == "yes"
    return await _done(request, "favourite", noting, joining.favour, favourite)


async def describe(request: Request) -> Response:
    given = await filled_in(request, Described)
    told = {"about": given.about, "notice": given.notice}
    return await _done(request, "described", acting, hosting.describe, **told)


async def state(request: Request) -> Response:
    return await _done(request, "state", acting, STATES[(await filled_in(request, Stated)).state])


async def pace(request: Request) -> Response:
    seconds = (await filled_in(request, Paced)).seconds
    return await _done(request, "pace", acting, hosting.set_pace, seconds)


async def call(request: Request) -> Response:
    callers = (await filled_in(request, Called)).callers
    return await _done(request, "callers", acting, hosting.set_callers, callers)


async def name(request: Request) -> Response:
    return await _done(request, "named", acting, name_group, (await filled_in(request, Named)).name)


async def invite(request: Request) -> Response:
    member = (await filled_in(request, Invited)).member
    return await _done(request, "invited", _at_a_pace, joining.invite, member)


async def remove(request: Request) -> Response:
    return await _done(request, "people", acting, joining.remove, request.path_params["member"])


async def host(request: Request) -> Response:
    role, member = (await filled_in(request, Hosting)).role, request.path_params["member"]
    return await _done(request, "people", acting, joining.give_role, member, role)


async def _at_a_pace(request: Request, action: Any, *args: Any) -> Any:
    """Somebody is told of each."""
    await not_too_fast(request)
    return await acting(request, action, *args)


async def _done(
    request: Request, part: str, by: Callable[..., Any], action: Any, *args: Any, **kwargs: Any
) -> Response:
    """Back to the page, which says so, or says why not."""
    id = request.path_params["channel"]
    try:
        await by(request, action, id, *args, **kwargs)
    except (NotFound, SignedOut):
        raise
    except Refusal as refusal:
        return await _show(request, FIRST, refusal)
    return back(request, "channel_about", part, channel=id)


async def _show(request: Request, shown: Shown, refusal: Refusal | None = None) -> Response:
    id = request.path_params["channel"]
    seen: Seen[About] = await looking(request, about_channel, id, shown.after or 0, shown.who)
    drawn = page(
        request,
        "channels/about.html",
        seen,
        channel=seen.found.channel,
        words=shown.who,
        further=bool(shown.after),
        saved=shown.saved,
        refusal=refusal,
        paces=PACES,
        most=MOST,
        group=seen.found.channel.type == ChannelType.GROUP,
        direct=seen.found.channel.type == ChannelType.DIRECT,
    )
    return refused(drawn, refusal)


ONE = "/channels/{channel:id}"

routes = [
    Route(f"{ONE}/about", about, name="channel_about"),
    Route(f"{ONE}/joining", join, methods=["POST"], name="join_channel"),
    Route(f"{ONE}/leaving", leave, methods=["POST"], name="leave_channel"),
    Route(f"{ONE}/level", hear, methods=["POST"], name="hear_channel"),
    Route(f"{ONE}/favourite", favour, methods=["POST"], name="favour_channel"),
    Route(f"{ONE}/description", describe, methods=["POST"], name="describe_channel"),
    Route(f"{ONE}/state", state, methods=["POST"], name="state_channel"),
    Route(f"{ONE}/pace", pace, methods=["POST"], name="pace_channel"),
    Route(f"{ONE}/callers", call, methods=["POST"], name="callers_in_channel"),
    Route(f"{ONE}/name", name, methods=["POST"], name="name_group"),
    Route(f"{ONE}/invitations", invite, methods=["POST"], name="invite_to_channel"),
    Route(f"{ONE}/members/{{member:id}}/removal", remove, methods=["POST"], name="expel"),
    Route(f"{ONE}/members/{{member:id}}/role", host, methods=["POST"], name="host_channel"),
]
