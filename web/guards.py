"""What stands before every request, pure ASGI: one name, our own pages only, not too fast, headers
on everything.

CSRF: unsafe methods and sockets are taken from our own pages alone, by Fetch Metadata and, for
browsers without it, by Origin. There is no token: nothing on a page depends on who reads it.
"""

from contextlib import suppress
from hashlib import sha256
from math import ceil
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from community.settings import LOOPBACK, Settings
from web.limits import Buckets

SAFE = {"GET", "HEAD", "OPTIONS"}
IN_PART = {206, 304}  # what the rest of is, or was, in an answer that may have been compressed
PROBES = {"/healthz", "/readyz"}  # asked by address, not by name
UNSUBSCRIBE = "/unsubscribe/"  # asked by mail programs; the address itself proves that it may be

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self' {live}; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types akar"
)


class OneName:
    """The community has one name: passkeys and Origin need it. Other loopback names lead there."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._url = settings.public_url
        self._host = urlsplit(settings.public_url).netloc.lower()
        self._loopback = settings.on_loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in PROBES:
            return await self._app(scope, receive, send)
        hosts = [host.lower() for host in Headers(scope=scope).getlist("host")]
        if hosts == [self._host]:
            return await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 4403})
        await self._elsewhere(hosts, scope)(scope, receive, send)

    def _elsewhere(self, hosts: list[str], scope: Scope) -> ASGIApp:
        here = self._loopback and len(hosts) == 1 and _name(hosts[0]) in LOOPBACK
        if here and scope["method"] in SAFE and scope["path"].startswith("/"):
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            return RedirectResponse(f"{self._url}{scope['path']}{query}", 307)
        return PlainTextResponse("No such community here.", 400)


class OnlyOurOwnPages:
    """May change anything or open a socket (CSRF; sockets: CSWSH)."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._origin = settings.public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if "headers" in scope else Headers()
        if scope["type"] == "websocket" and headers.get("origin") != self._origin:
            await send({"type": "websocket.close", "code": 4403})  # before accept: a plain 403
        elif self._changes(scope) and not self._ours(headers):
            refusal = PlainTextResponse("This form did not come from our pages.", 403)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _changes(self, scope: Scope) -> bool:
        """As whoever is signed in."""
        unsafe = scope["type"] == "http" and scope["method"] not in SAFE
        return unsafe and not scope["path"].startswith(UNSUBSCRIBE)

    def _ours(self, headers: Headers) -> bool:
        """Where the browser says both, both have to fit."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is None and origin is None:
            return False
        return site in {None, "same-origin"} and origin in {None, self._origin}


CROWD = 25  # browsers behind one address; mobile networks put thousands there, who rest mostly


class NotTooFast:
    """A browser changes as much by its forms as a tab may by its socket. Who makes up cookies is
    many browsers, up to a crowd."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        rate, burst = settings.frames_per_second, settings.frames_burst
        self._browsers, self._addresses = Buckets(rate, burst), Buckets(rate * CROWD, burst * CROWD)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = 0.0
        if scope["type"] == "http" and scope["method"] not in SAFE:
            client = scope["client"][0] if scope["client"] else ""
            wait = self._addresses.take(client) or self._browsers.take(_browser(scope) or client)
        if not wait:
            return await self._app(scope, receive, send)
        refusal = PlainTextResponse("Too much at once.", 429, {"retry-after": str(ceil(wait))})
        await refusal(scope, receive, send)


LONGEST = "akar.longest_body"  # in the scope: bytes; a door that takes pictures says more


class NotTooMuch:
    """No form is longer than this. Stands innermost, so that the refusal is a page of ours."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        scope[LONGEST], come = self._most, 0

        async def receiving() -> Message:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            if max(come, _announced(scope)) > scope[LONGEST]:
                raise HTTPException(413)
            return message

        await self._app(scope, receiving, send)


class OnEveryAnswer:
    """The headers a browser needs to hold us to; also on errors and static files."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        live = settings.public_url.replace("http", "ws", 1)
        self._headers = {
            "content-security-policy": POLICY.format(live=live),
            "x-content-type-options": "nosniff",
            "referrer-policy": "strict-origin-when-cross-origin",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
        }
        if settings.under_tls:
            self._headers["strict-transport-security"] = "max-age=63072000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if "cache-control" not in headers:
                    # What saw a session is nobody else's; what did not may be asked for again.
                    private = "cookie" in Headers(scope=scope) or "set-cookie" in headers
                    headers["cache-control"] = "private, no-store" if private else "no-cache"
                    headers.add_vary_header("Cookie")
                if message["status"] in IN_PART:  # RFC 9110, 15.3.7 and 15.4.5: as with the whole
                    headers.add_vary_header("Accept-Encoding")
            await send(message)

        await self._app(scope, receive, sending)


def _browser(scope: Scope) -> str:
    """By what it is signed in with, hashed to keep it short; empty for a visitor's."""
    cookie = Headers(scope=scope).get("cookie", "")
    return sha256(cookie.encode("latin-1")).hexdigest() if cookie else ""


def _announced(scope: Scope) -> int:
    """How many bytes will come, where that is said."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isdecimal() and length.isascii() else 0


def _name(host: str) -> str | None:
    if set(host) & set("/?#@\\") or not host.isascii():
        return None
    with suppress(ValueError):  # "[::1"
        return urlsplit(f"//{host}").hostname
    return None
