"""The doors to what members have not posted yet, and to the files that wait with it."""

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from community.drafts import ChangedElsewhere
from forum.attachments import enclose
from forum.drafts import join_draft, keep_draft, mind
from web import words
from web.composing import Writing, composed, scripted, stored, with_files
from web.doors import glancing, noting
from web.errors import refused
from web.pages import fragment
from web.writing import REFUSED, again, where


async def drafts(request: Request) -> Response:
    """Scripts ask this, too: they are told the version, or what else was kept."""
    script = scripted(request)
    async with composed(request, Writing) as form:
        writing = form.fields
        try:
            writing = await with_files(request, form, enclose)
            version = await _keep(request, writing)
        except ChangedElsewhere as changed:
            if script:
                return JSONResponse(changed.values, 409)
            kept = replace(writing, version=changed.values["version"])
            return await again(request, kept, changed)
        except REFUSED as refusal:
            return await again(request, writing, refusal)
    return (
        JSONResponse({"version": version})
        if script
        else RedirectResponse(where(writing.place), 303)
    )


async def _keep(request: Request, writing: Writing) -> int:
    if writing.file or writing.away:
        await noting(request, mind, writing.place, writing.along)
    if writing.join:
        return await noting(request, join_draft, writing.place, writing.text)
    return await noting(request, keep_draft, writing.place, writing.text, writing.version)


async def draft_files(request: Request) -> Response:
    """Scripts send files here, one after the other while the text is being written, and are told
    how each stands in the composer, or why not."""
    locale = await glancing(request, lambda _session, member: member.locale)
    async with composed(request, Writing) as form:
        try:
            files = await stored(request, form, enclose)
        except REFUSED as refusal:
            sentence = words.said_in(locale, refusal.sentence, refusal.values)
            return refused(PlainTextResponse(sentence), refusal)
    return HTMLResponse(fragment(locale, "parts/enclosed_rows.html", files=files))


routes = [
    Route("/drafts", drafts, methods=["POST"], name="drafts"),
    Route("/drafts/files", draft_files, methods=["POST"], name="draft_files"),
]
