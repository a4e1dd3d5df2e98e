"""One number and one line in the log for every request."""

import logging
import re
import time
from random import getrandbits

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

log = logging.getLogger("akar.access")

TICKET = re.compile(r"/[\w.-]{43,}")  # what opens an account is nobody's to read in a log
QUIET = ("/static/", "/healthz", "/readyz")  # asked all the time: only where all is logged


class Logged:
    """Stands outermost. What fails inside is logged here, under the number its page shows.

    Of an address only the path is written down: what follows it can hold what nobody else may
    know. No cookie, no body and no name of a member ever gets here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        scope["number"] = f"{getrandbits(64):016x}"  # a name, no secret
        with bound_contextvars(request=scope["number"]):
            await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = scope["number"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            log.exception("failed", extra={"path": _path(scope)})
            if not status:
                raise  # nobody was answered: the server has to
        finally:
            _write_down(scope, status, time.perf_counter() - began)


def number_of(scope: Scope) -> str:
    number: str = scope.get("number", "")
    return number


def _write_down(scope: Scope, status: int, seconds: float) -> None:
    level = logging.DEBUG if scope["path"].startswith(QUIET) else logging.INFO
    if log.isEnabledFor(level):
        fields = {
            "method": scope.get("method", "SOCKET"),
            "path": _path(scope),
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        log.log(level, "answered", extra=fields)


def _path(scope: Scope) -> str:
    return TICKET.sub("/…", scope["path"])
