"""The doors to pinned messages: the list, to pin, to take down."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels import pinning
from channels.events import MessageChanged
from channels.pinning import pins_of
from web import messages
from web.doors import acting, looking
from web.pages import page


async def index(request: Request) -> Response:
    seen = await looking(request, pins_of, request.path_params["channel"])
    channel, pinned = seen.found
    return page(
        request, "channels/pins.html", seen, channel=channel, most=pinning.MOST,
        pinned=[(MessageChanged.of(channel, one), messages.place_of(one)) for one in pinned],
    )  # fmt: skip


async def pin(request: Request) -> Response:
    return messages.to(await acting(request, pinning.pin, request.path_params["message"]))


async def unpin(request: Request) -> Response:
    return messages.to(await acting(request, pinning.unpin, request.path_params["message"]))


routes = [
    Route("/channels/{channel:id}/pins", index, name="pins"),
    Route("/messages/{message:id}/pin", pin, methods=["POST"], name="pin"),
    Route("/messages/{message:id}/pin/end", unpin, methods=["POST"], name="unpin"),
]
