"""The community itself: its name, a banner on every page, maintenance; and its limits."""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.site import (
    MOST_HELD,
    Seconding,
    change_joining,
    change_publishing,
    change_site,
)
from community.words import _
from web.administration.seeing import nothing_more, overseeing
from web.doors import acting, settings_of
from web.forms import Form, back, filled_in, saved
from web.ids import Name, Ticked
from web.pages import page

# Settings an administrator may know; whoever runs the server sets them as AKAR_….
LIMITS = {
    "sockets_per_member": _("Open pages of one member"),
    "watches_per_socket": _("Channels and topics one page follows"),
    "frames_per_second": _("Commands a second"),
    "frames_burst": _("Commands at once"),
    "sends_per_second": _("Messages a second"),
    "sends_burst": _("Messages at once"),
    "sends_per_minute": _("Messages a minute in one channel"),
    "invitation_letters_per_day": _("Invitations by letter of one member a day"),
    "session_days": _("Days until an unused sign-in ends"),
    "drain_seconds": _("Seconds over which pages leave before a restart"),
}


class Site(Form, frozen=True, kw_only=True):
    name: Name
    banner: Annotated[str, Meta(max_length=300, pattern=r"\A[^\0\r\n]*\Z")] = ""
    read_only: Ticked = ""


class Joining(Form, frozen=True, kw_only=True):
    guardian_consent: Ticked = ""
    approval: Ticked = ""
    held_first: Annotated[int, Meta(ge=0, le=MOST_HELD)] = 0


class Publishing(Form, frozen=True, kw_only=True):
    seconding: Seconding = Seconding.NATIONAL
    facilitators: Ticked = ""


async def show(request: Request) -> Response:
    seen = await overseeing(request, nothing_more)
    settings = settings_of(request)
    limits = [(words, getattr(settings, name)) for name, words in LIMITS.items()]
    return page(request, "administration/site.html", seen, limits=limits, saved=saved(request),
                most_held=MOST_HELD)  # fmt: skip


async def change(request: Request) -> Response:
    given = await filled_in(request, Site)
    await acting(
        request,
        change_site,
        name=given.name,
        banner=given.banner,
        read_only=bool(given.read_only),
    )
    return back(request, "site")


async def change_who_joins(request: Request) -> Response:
    given = await filled_in(request, Joining)
    await acting(
        request,
        change_joining,
        guardian_consent=bool(given.guardian_consent),
        approval=bool(given.approval),
        held_first=given.held_first,
    )
    return back(request, "site", "joining")


async def change_who_publishes(request: Request) -> Response:
    given = await filled_in(request, Publishing)
    await acting(
        request,
        change_publishing,
        seconding=given.seconding,
        facilitators=bool(given.facilitators),
    )
    return back(request, "site", "publishing")


routes = [
    Route("/administration/site", show, methods=["GET"], name="site"),
    Route("/administration/site", change, methods=["POST"]),
    Route("/administration/site/joining", change_who_joins, methods=["POST"], name="who_joins"),
    Route("/administration/site/publishing", change_who_publishes, methods=["POST"],
          name="who_publishes"),
]  # fmt: skip
