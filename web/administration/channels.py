"""Where members talk: open, describe, archive, and who is in a private one."""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels import hosting, joining
from channels.hosting import channels_managed, managed_for, members_in
from channels.keeping import KEPT
from channels.models import Channel
from community.database import Transaction
from community.errors import Invalid
from community.members.models import Member
from community.members.queries import member_with_email
from community.words import _
from web.administration.categories import choices
from web.administration.seeing import Placed, overseeing
from web.doors import acting
from web.errors import refused
from web.forms import Form, back, filled_in, saved
from web.ids import MaybeLine, Name, Ticked
from web.pages import page


class Described(Placed, frozen=True, kw_only=True):
    name: Name
    about: MaybeLine = ""


class Opened(Described, frozen=True, kw_only=True):
    private: Ticked = ""
    announcing: Ticked = ""


class Kept(Form, frozen=True, kw_only=True):
    days: Annotated[int, Meta(ge=0, le=max(KEPT))] = 0
    announcing: Ticked = ""


class Archived(Form, frozen=True, kw_only=True):
    archived: Literal["yes", "no"]


class Admitted(Form, frozen=True, kw_only=True):
    email: Annotated[str, Meta(max_length=320)]


class Shown(NamedTuple):
    channel: Channel
    members: Sequence[Member]


async def index(request: Request) -> Response:
    seen = await overseeing(request, channels_managed)
    return page(request, "administration/channels.html", seen, **choices())


async def open_one(request: Request) -> Response:
    given = await filled_in(request, Opened)
    channel = await acting(
        request,
        hosting.open_channel,
        given.name,
        given.about,
        given.place,
        private=bool(given.private),
        announcing=bool(given.announcing),
    )
    return back(request, "manage_channel", "opened", channel=channel.id)


async def show(request: Request) -> Response:
    return await _show(request)


async def change(request: Request) -> Response:
    given, id = await filled_in(request, Described), request.path_params["channel"]
    await acting(request, hosting.change_channel, id, given.name, given.about, given.place)
    return back(request, "manage_channel", "described", channel=id)


async def archive(request: Request) -> Response:
    given, id = await filled_in(request, Archived), request.path_params["channel"]
    await acting(request, hosting.archive if given.archived == "yes" else hosting.unarchive, id)
    return back(request, "manage_channel", "archived", channel=id)


async def keep(request: Request) -> Response:
    given, id = await filled_in(request, Kept), request.path_params["channel"]
    announcing = bool(given.announcing)
    await acting(request, hosting.set_keeping, id, given.days, announcing=announcing)
    return back(request, "manage_channel", "kept", channel=id)


async def admit(request: Request) -> Response:
    given, id = await filled_in(request, Admitted), request.path_params["channel"]
    try:
        await acting(request, _admit, id, given.email)
    except Invalid as refusal:
        return await _show(request, refusal, given.email)
    return back(request, "manage_channel", "members", channel=id)


async def remove(request: Request) -> Response:
    id, member = request.path_params["channel"], request.path_params["member"]
    await acting(request, joining.remove, id, member)
    return back(request, "manage_channel", "members", channel=id)


async def _show(request: Request, refusal: Invalid | None = None, email: str = "") -> Response:
    seen = await overseeing(request, _shown, request.path_params["channel"])
    shown = page(
        request,
        "administration/channel.html",
        seen,
        refusal=refusal,
        email=email,
        lengths=KEPT,
        saved=saved(request),
        **choices(),
    )
    return refused(shown, refusal)


def _admit(tx: Transaction, administrator: Member, channel_id: int, email: str) -> None:
    member = member_with_email(tx, email)
    if member is None:
        raise Invalid(_("There is no member with this address."))
    joining.invite(tx, administrator, channel_id, member.id)


def _shown(session: Session, administrator: Member, channel_id: int) -> Shown:
    channel = managed_for(session, administrator, channel_id)
    return Shown(channel, members_in(session, administrator, channel_id))


ONE = "/administration/channels/{channel:id}"

routes = [
    Route("/administration/channels", index, methods=["GET"], name="manage_channels"),
    Route("/administration/channels", open_one, methods=["POST"]),
    Route(ONE, show, methods=["GET"], name="manage_channel"),
    Route(ONE, change, methods=["POST"]),
    Route(f"{ONE}/archive", archive, methods=["POST"], name="archive_channel"),
    Route(f"{ONE}/keeping", keep, methods=["POST"], name="keep_channel"),
    Route(f"{ONE}/members", admit, methods=["POST"], name="admit_to_channel"),
    Route(
        f"{ONE}/members/{{member:id}}/removal", remove, methods=["POST"], name="remove_from_channel"
    ),
]
