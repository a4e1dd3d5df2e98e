"""The service worker, and the page it shows where there is no network."""

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from web.pages import STATIC, bare


async def offline(request: Request) -> Response:
    return HTMLResponse(bare(request, "offline.html"))


async def service_worker(request: Request) -> Response:
    """At the top of the site, because that is as far as its pages may reach (its scope)."""
    return FileResponse(
        STATIC / "js/service-worker.js",
        media_type="text/javascript",
        headers={"cache-control": "no-cache"},
    )


routes = [
    Route("/offline", offline, name="offline"),
    Route("/sw.js", service_worker, name="service_worker"),
]
