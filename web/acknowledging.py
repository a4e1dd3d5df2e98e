"""The doors into forum/announcements where an announcement is acknowledged, also by the link of a
letter; and where its office sees what came of that.

The link proves whom we wrote to, so it works without signing in. Looking changes nothing: programs
that look into mails open links, too. Its page is small and runs no script, for telephones at sea.
"""

from collections.abc import AsyncIterator
from datetime import UTC
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from community.database import Database
from community.errors import Conflict, NotFound
from community.lists import written
from community.proofs import prove, proven
from community.text import plain
from forum.announcements.acknowledging import Corrected, acknowledge
from forum.announcements.delivery import delivery_for
from forum.announcements.passes import OVER, Pass, Passed, acknowledge_with, passed
from forum.announcements.progress import NAMES, Missing, begin_list, missing_for, progress_for
from forum.announcements.remarks import LONGEST, PAGE, remarks_for
from web.doors import acting, asking, database_of, looking, proving, settings_of
from web.forms import Before, Form, Next, asked, filled_in, inside
from web.ids import Id, Rev
from web.pages import fragment, page
from web.words import locale_of

SALT = "acknowledgement"
SHOWN = 4_000  # bytes of the text on the page of a link, which has at most 10 kB
BARS = 40  # of a chart; its table has all
COLUMNS = ("kind", "id", "name", "region", "joined_at")


Said = Annotated[str, Meta(max_length=LONGEST, pattern=r"\A[^\0]*\Z")]


class After(Form, frozen=True, kw_only=True):
    after: Id | None = None


class Acknowledged(Next, frozen=True, kw_only=True):
    said: Said = ""
    version: Rev = 1  # that they had before them


class Confirmed(Form, frozen=True, kw_only=True):
    said: Said = ""
    version: Rev = 1


def acknowledgement_for(key: bytes, shown: str) -> str:
    """The link of a letter for this pass, after the address of the community."""
    return f"/acknowledgements/{prove(key, SALT, shown)}"


async def confirm(request: Request) -> Response:
    given = await filled_in(request, Acknowledged)
    await acting(request, acknowledge, _id(request), given.said, given.version)
    return RedirectResponse(inside(given.next), 303)


async def show_link(request: Request) -> Response:
    try:
        return _opened(request, await database_of(request).look(passed, _shown(request)))
    except Conflict:  # of a link that was good once
        return _over(request)


async def confirm_by_link(request: Request) -> Response:
    shown, given = _shown(request), await filled_in(request, Confirmed)
    try:
        sent = asking(request, acknowledge_with, shown, given.said, given.version)
        return _opened(request, await sent)
    except Corrected as refusal:
        found = await database_of(request).look(passed, shown)
        return _opened(request, found, 409, why=refusal.sentence, typed=given.said)
    except Conflict:
        return _over(request)


async def progress(request: Request) -> Response:
    after = asked(request, After).after
    seen = await looking(request, progress_for, _id(request), after or 0)
    return page(request, "forum/announcement_progress.html", seen, names=NAMES, bars_shown=BARS)


async def remarks(request: Request) -> Response:
    before = asked(request, Before).before
    seen = await looking(request, remarks_for, _id(request), before or 0)
    return page(request, "forum/announcement_remarks.html", seen, most=PAGE)


async def delivery(request: Request) -> Response:
    seen = await looking(request, delivery_for, _id(request))
    return page(request, "forum/announcement_delivery.html", seen)


async def missing(request: Request) -> Response:
    """A list for a spreadsheet of who has not acknowledged it: it names people, so whoever takes it
    away proves who they are, and that is written down (S25, S33)."""
    id = _id(request)
    official = await proving(request, begin_list, id)
    headers = {"content-disposition": f'attachment; filename="announcement-{id}.csv"'}
    file = _file(database_of(request), official.id, id)
    return StreamingResponse(file, media_type="text/csv; charset=utf-8", headers=headers)


async def _file(db: Database, official: int, announcement: int) -> AsyncIterator[str]:
    yield written([COLUMNS])
    after = ("", 0)
    while lines := await db.look(missing_for, official, announcement, after):
        after = (lines[-1].kind, lines[-1].id)
        yield written([_cells(line) for line in lines])


def _cells(line: Missing) -> tuple[Any, ...]:
    late = line.joined_at.astimezone(UTC).isoformat() if line.joined_at else ""
    return (*line[:4], late)


def _shown(request: Request) -> Pass:
    text = proven(settings_of(request).secret(), SALT, request.path_params["acknowledgement"])
    if text is None:
        raise NotFound
    return Pass.read(text)


def _opened(
    request: Request, found: Passed, status: int = 200, *, why: str = "", typed: str = ""
) -> Response:
    announcement, member = found.announcement, found.member
    whole = len(announcement.html.encode()) <= SHOWN
    return _small(
        request, status, found=found, zone=ZoneInfo(member.zone),
        html=announcement.html if whole else "", body=_cut(announcement.body), why=why, typed=typed,
    )  # fmt: skip


def _over(request: Request) -> Response:
    """Whose it was, it does not say."""
    return _small(request, 410, found=None)


def _small(request: Request, status: int, **fields: Any) -> Response:
    html = fragment(locale_of(request), "forum/acknowledging.html", over=OVER, **fields)
    headers = {"cache-control": "private, no-store", "x-robots-tag": "noindex"}
    return HTMLResponse(html, status, headers)


def _cut(body: str) -> str:
    """So much of it that the page stays small, whatever signs it is written in."""
    text = plain(body, len(body))
    kept = text.encode()[:SHOWN].decode(errors="ignore")
    return kept if kept == text else f"{kept} …"


def _id(request: Request) -> int:
    number: int = request.path_params["announcement"]
    return number


routes = [
    Route("/announcements/{announcement:id}/acknowledgement", confirm, methods=["POST"],
          name="acknowledge"),
    Route("/acknowledgements/{acknowledgement}", show_link, methods=["GET"],
          name="acknowledge_by_link"),
    Route("/acknowledgements/{acknowledgement}", confirm_by_link, methods=["POST"]),
    Route("/announcements/{announcement:id}/progress", progress, name="progress"),
    Route("/announcements/{announcement:id}/remarks", remarks, name="remarks"),
    Route("/announcements/{announcement:id}/delivery", delivery, name="delivery"),
    Route("/announcements/{announcement:id}/missing", missing, methods=["POST"],
          name="announcement_missing"),
]  # fmt: skip
