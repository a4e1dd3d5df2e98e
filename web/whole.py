"""Whole pages for visitors, kept as they go over the wire: the same for everybody who reads that
language, and packed once for all whose browsers unpack alike.

A page is kept with a stamp of all it was drawn from, and the stamp is asked anew each time, so
what was hidden or edited a moment ago is never shown. Whoever has a session is never given one.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message
from starlette_compress import CompressMiddleware

from community.database import Database
from community.errors import NotFound, Refusal
from community.site import site_of
from web.doors import cookie_name
from web.kept import Kept
from web.one_look import OneLook
from web.words import locale_of

MOST = 32 * 1024**2  # bytes of pages, about 40 KiB each; the least used goes first
LONGEST = 200  # characters of a key; who pads it to more would fill our memory with addresses
SMALLEST = 500  # bytes that are worth packing
PLAIN = {"content-length", "content-type"}  # of these the answer says itself

Key = tuple[str, str, str, str]  # path, query, language, what the browser unpacks
Stamp = tuple[Any, ...]
Ask = Callable[[Session], Stamp]


class Packed(NamedTuple):
    body: bytes
    headers: dict[str, str]  # how it is packed


class Whole:
    """Of one process: the pages, and the stamps that are being asked."""

    def __init__(self, db: Database) -> None:
        self._pages: Kept[tuple[Stamp, Packed]] = Kept(MOST, lambda kept: len(kept[1].body))
        self._stamps: OneLook[tuple[Key, Ask], Stamp] = OneLook(db, _stamps)

    def get(self, key: Key, stamp: Stamp) -> Packed | None:
        kept = self._pages.get(key)
        return kept[1] if kept and kept[0] == stamp else None

    def put(self, key: Key, stamp: Stamp, page: Packed) -> None:
        _path, query, _locale, unpacks = key
        if len(query) + len(unpacks) <= LONGEST:
            self._pages.put(key, (stamp, page))

    async def stamp(self, key: Key, ask: Ask) -> Stamp:
        """As it is after this was called. A page that many open at once costs little more than
        one."""
        return await self._stamps.ask((key, ask))


async def whole(request: Request, ask: Ask, draw: Callable[[], Awaitable[Response]]) -> Response:
    """The page as it was drawn before, if nothing has changed; an empty stamp keeps nothing."""
    if cookie_name(request) in request.cookies:
        return await draw()
    kept: Whole = request.state.kept
    key = (
        request.scope["path"],
        request.scope["query_string"].decode("latin-1"),
        locale_of(request),
        request.headers.get("accept-encoding", ""),
    )
    stamp = await kept.stamp(key, ask)
    page = kept.get(key, stamp) if stamp else None
    if page is None:
        response = await draw()
        if not stamp or response.status_code != 200 or "set-cookie" in response.headers:
            return response
        page = await _packed(request, response)
        kept.put(key, stamp, page)
    return Response(page.body, media_type="text/html", headers=page.headers)


async def _packed(request: Request, response: Response) -> Packed:
    """As the middleware does it, which lets pass what is packed."""
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    await CompressMiddleware(response, minimum_size=SMALLEST)(request.scope, request.receive, keep)
    start, *bodies = sent
    headers = Headers(raw=start["headers"]).items()
    how = {name: value for name, value in headers if name not in PLAIN}
    return Packed(b"".join(part["body"] for part in bodies), how)


def _stamps(session: Session, asked: Sequence[tuple[Key, Ask]]) -> Sequence[Stamp | Refusal]:
    """Of each page once, however often it is asked for."""
    site = site_of(session).rev
    found = {key: _stamp(session, site, ask) for key, ask in dict(asked).items()}
    return [found[key] for key, _ask in asked]


def _stamp(session: Session, site: int, ask: Ask) -> Stamp | Refusal:
    try:
        stamp = ask(session)
    except NotFound as refusal:
        return refusal
    return (site, *stamp) if stamp else ()
