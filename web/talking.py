"""The doors of a channel's composer, beside that to say something: drafts, and files before the
message they belong to."""

from msgspec.json import encode
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from channels.attachments import enclose
from channels.drafts import draft_in, join_draft, keep_draft
from community.drafts import ChangedElsewhere
from community.errors import Invalid, NotFound, Refusal, SignedOut
from community.members.models import Member
from community.words import _
from web import words
from web.composing import Composed, Enclose, composed, scripted, stored
from web.doors import glancing, noting
from web.errors import refused
from web.ids import Id


class Talk(Composed, frozen=True, kw_only=True):
    """What is said in a channel, or is to be."""

    parent: Id | None = None  # what it answers
    by: Id | None = None  # who wrote it: somebody else may have signed in since in that browser


def to_come(channel_id: int, key: str) -> Enclose:
    """Files for the message that will be said there with that key."""
    return lambda tx, member, _place, pictures, documents: enclose(
        tx, member, channel_id, key, pictures, documents
    )


async def files(request: Request) -> Response:
    """Scripts send each here while its bubble stands in the talk, and are told what it became."""
    locale = await glancing(request, lambda _session, member: member.locale)
    async with composed(request, Talk) as form:
        try:
            if not form.files:
                raise Invalid(_("Please choose a file."))
            to = to_come(request.path_params["channel"], form.fields.keyed)
            attached = await stored(request, form, to)
        except (NotFound, SignedOut):
            raise
        except Refusal as refusal:
            sentence = words.said_in(locale, refusal.sentence, refusal.values)
            return refused(PlainTextResponse(sentence), refusal)
    return Response(encode(attached), media_type="application/json")


async def draft(request: Request) -> Response:
    """What is kept: its text and version."""
    kept = await glancing(request, _kept, request.path_params["channel"])
    return JSONResponse(kept)


def _kept(session: Session, member: Member, channel_id: int) -> dict[str, str | int]:
    found = draft_in(session, member, channel_id)
    return {"body": found.body, "version": found.version} if found else {"body": "", "version": 0}


async def keep(request: Request) -> Response:
    """Scripts are told the version, or what else was kept."""
    channel = request.path_params["channel"]
    async with composed(request, Talk) as form:
        said = form.fields
        try:
            if said.join:
                version = await noting(request, join_draft, channel, said.body)
            else:
                version = await noting(request, keep_draft, channel, said.body, said.version)
        except ChangedElsewhere as changed:
            return JSONResponse(changed.values, 409)
    if scripted(request):
        return JSONResponse({"version": version})
    return RedirectResponse(request.app.url_path_for("channel", channel=channel), 303)


routes = [
    Route("/channels/{channel:id}/files", files, methods=["POST"], name="channel_files"),
    Route("/channels/{channel:id}/draft", draft, methods=["GET"], name="channel_draft"),
    Route("/channels/{channel:id}/draft", keep, methods=["POST"]),
]
