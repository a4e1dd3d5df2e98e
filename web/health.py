"""/healthz: this process lives. /readyz: it should be sent people."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from community.errors import Busy
from community.site import site_of
from web.doors import database_of


async def healthy(request: Request) -> Response:
    return PlainTextResponse("alive")


async def ready(request: Request) -> Response:
    """Red while draining, when a background task has ended, when the database does not answer."""
    if request.app.state.draining:
        return PlainTextResponse("draining", 503)
    if missing := request.state.background.missing:
        return PlainTextResponse(f"ended: {' '.join(missing)}", 503)
    try:
        await database_of(request).look(_answers)
    except Busy:
        return PlainTextResponse("the database does not answer", 503)
    return PlainTextResponse("ready")


def _answers(session: Session) -> None:
    site_of(session)


routes = [
    Route("/healthz", healthy, name="healthz"),
    Route("/readyz", ready, name="readyz"),
]
