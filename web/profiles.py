"""The doors to what members show of themselves."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.direct import may_begin
from community.blocks import Extent, extents_between
from community.errors import Busy, Denied, Invalid, NotFound, Refusal
from community.files import FileKind
from community.members.models import Member
from community.members.queries import clusters_of
from community.organisations.models import Mandate
from community.organisations.queries import mandates_of
from community.profiles import (
    change_picture,
    take_picture_off,
)
from community.words import _
from forum.topics.models import Post
from forum.writings import is_met_in_public, writings_of
from moderation.before.trust import Known, known_as
from web.crossings import change_profile
from web.doors import looking, nothing_more, showing_self, visiting
from web.errors import refused
from web.files import developed, sent
from web.forms import Form, back, filled_in, saved
from web.ids import Name
from web.pages import page, why

REFUSED = (Denied, Invalid)  # what the form is shown again for


class Described(Form, frozen=True, kw_only=True):
    name: Name
    about: Annotated[str, Meta(max_length=500, pattern=r"\A[^\0]*\Z")] = ""


class Pictured(Form, frozen=True, kw_only=True):
    """The picture comes beside it."""


class Profile(NamedTuple):
    member: Member
    clusters: Sequence[str]
    mandates: Sequence[Mandate]
    writings: Sequence[Post]
    personal: bool  # whether the reader sees what is for members
    extent: Extent  # how far away the reader keeps from them
    may_begin: bool  # and write to them alone
    known: Known | None = None  # what is limited of one's own


async def show(request: Request) -> Response:
    """Visitors see whose name they can read anyway, and nothing that is not said in public."""
    seen = await visiting(request, _profile, request.path_params["member"])
    shown = page(request, "community/profile.html", seen)
    shown.headers["x-robots-tag"] = "noindex"  # people are found here, not by search engines
    return shown


def _profile(session: Session, reader: Member | None, member_id: int) -> Profile:
    member = session.get(Member, member_id)
    if member is None:
        raise NotFound
    mandates = session.scalars(mandates_of(member)).all()
    if reader is None and not is_met_in_public(session, member, mandates):
        raise NotFound
    extent, theirs = Extent.NONE, Extent.NONE
    if reader:
        extent, theirs = extents_between(session, reader, member)
    return Profile(
        member,
        clusters_of(session, member),
        mandates,
        writings_of(session, reader, member),
        personal=reader is not None and (reader.moderates or theirs != Extent.BLOCKED),
        extent=extent,
        may_begin=bool(reader and may_begin(reader, member, extent, theirs)),
        known=known_as(session, member) if reader and reader.id == member.id else None,
    )


async def edit(request: Request) -> Response:
    return await _form(request)


async def describe(request: Request) -> Response:
    given = await filled_in(request, Described)
    try:
        await showing_self(request, change_profile, name=given.name, about=given.about)
    except REFUSED as refusal:
        return await _form(request, given, refusal)
    return back(request, "edit_profile", "profile")


async def change(request: Request) -> Response:
    try:
        async with sent(request, Pictured) as form:
            pictures = await developed(request, form, FileKind.PICTURE)
        if not pictures:
            raise Invalid(_("Choose a picture first."))
        await showing_self(request, change_picture, pictures[0])
    except (Invalid, Busy) as refusal:
        return await _form(request, None, refusal)
    return back(request, "edit_profile", "picture")


async def remove(request: Request) -> Response:
    await showing_self(request, take_picture_off)
    return back(request, "edit_profile", "picture")


async def _form(
    request: Request, given: Described | None = None, refusal: Refusal | None = None
) -> Response:
    """`given` is what they wrote; without it a refusal is about the picture."""
    seen = await looking(request, nothing_more)
    error = why(request, seen, refusal)
    shown = page(
        request,
        "community/profile_form.html",
        seen,
        name=given.name if given else seen.member.name if seen.member else "",
        about=given.about if given else seen.member.about if seen.member else "",
        name_error=error if given else "",
        picture_error="" if given else error,
        saved=saved(request),
    )
    return refused(shown, refusal)


routes = [
    Route("/members/{member:id}", show, name="member"),
    Route("/settings/profile", edit, methods=["GET"], name="edit_profile"),
    Route("/settings/profile", describe, methods=["POST"]),
    Route("/settings/picture", change, methods=["POST"], name="change_picture"),
    Route("/settings/picture/removal", remove, methods=["POST"], name="remove_picture"),
]
