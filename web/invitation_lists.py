"""The page where an administrator invites many: a list is looked through first, then sent."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple
from uuid import uuid4

from msgspec import Meta
from msgspec.structs import replace
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.errors import Invalid, Refusal, TooFast
from community.invitation_lists import Checked, check_list, invite_listed, read_list
from community.invitations.models import Batch
from community.invitations.queries import letters_left
from community.lists import MOST_BYTES, Line, decoded
from community.members.models import Member
from community.words import _
from web.administration.seeing import nothing_more, overseeing
from web.doors import proving, settings_of
from web.errors import refused
from web.files import KIND
from web.forms import Form, filled_in, read
from web.guards import LONGEST
from web.ids import Key
from web.pages import page, why

AROUND = 64 * 1024  # bytes of what stands around the list, and of the list a second time


class Pasted(Form, frozen=True, kw_only=True):
    lines: Annotated[str, Meta(max_length=MOST_BYTES)] = ""


class List(Pasted, frozen=True, kw_only=True):
    key: Key


class Looked(NamedTuple):
    list: Checked
    left: int  # letters that can be sent for them today


async def show(request: Request) -> Response:
    return await _shown(request, "")


async def check(request: Request) -> Response:
    """Nothing is sent yet; what would be stands there, to be sent as it is."""
    try:
        given = await _sent(request)
    except Invalid as refusal:
        return await _shown(request, "", refusal=refusal)
    try:
        lines = await asyncio.to_thread(read_list, given.lines)
    except Invalid as refusal:
        return await _shown(request, given.lines, refusal=refusal)
    return await _shown(request, given.lines, lines)


async def send(request: Request) -> Response:
    await overseeing(request, nothing_more)  # nobody else sends so much
    request.scope[LONGEST] = 4 * MOST_BYTES  # as a form writes it
    given = await filled_in(request, List)
    try:
        lines = await asyncio.to_thread(read_list, given.lines)
        a_day = settings_of(request).invitation_letters_per_day
        batch = await proving(
            request, invite_listed, given.lines, lines, key=given.key, a_day=a_day
        )
    except (Invalid, TooFast) as refusal:
        return await _shown(request, given.lines, refusal=refusal)
    return await _shown(request, "", batch=batch)


async def _sent(request: Request) -> Pasted:
    """What was written into the form, or the file that came with it. Raises Invalid."""
    await overseeing(request, nothing_more)  # strangers send us no files
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != KIND:
        raise Invalid(_("This was not sent as our forms are."))
    request.scope[LONGEST] = 2 * MOST_BYTES + AROUND
    async with request.form(max_files=1, max_fields=3, max_part_size=MOST_BYTES + 1) as form:
        items = form.multi_items()
        given = read([item for item in items if isinstance(item[1], str)], Pasted)
        files = [await each.read() for _name, each in items if isinstance(each, UploadFile)]
    return replace(given, lines=decoded(files[0])) if any(files) else given


async def _shown(
    request: Request,
    text: str,
    lines: Sequence[Line] = (),
    *,
    refusal: Refusal | None = None,
    batch: Batch | None = None,
) -> Response:
    def look(session: Session, administrator: Member) -> Looked:
        left = letters_left(session, administrator, settings_of(request).invitation_letters_per_day)
        return Looked(check_list(session, administrator, lines), left)

    seen = await overseeing(request, look)
    fields: dict[str, Any] = {
        "text": text,
        "error": why(request, seen, refusal),
        "batch": batch,
        "key": uuid4().hex,
    }
    return refused(page(request, "administration/invitation_list.html", seen, **fields), refusal)


routes = [
    Route("/invitations/list", show, methods=["GET"], name="invitation_list"),
    Route("/invitations/list", check, methods=["POST"]),
    Route("/invitations/list/sending", send, methods=["POST"], name="send_invitations"),
]
