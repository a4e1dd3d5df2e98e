"""The doors into channels/."""

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from channels import actions
from channels.events import MessageChanged
from channels.policies import may_speak
from channels.queries import channels_listed, room_for
from web.doors import acting, looking
from web.forms import Form, filled_in
from web.ids import Id, Key, Words
from web.pages import page


class Say(Form, frozen=True, kw_only=True):
    body: Words
    key: Key
    mandate: Id | None = None


async def index(request: Request) -> Response:
    return page(request, "channels/index.html", await looking(request, channels_listed))


async def show(request: Request) -> Response:
    seen = await looking(request, room_for, request.path_params["channel"])
    assert seen.member
    room = seen.found
    return page(
        request,
        "channels/show.html",
        seen,
        channel=room.channel,
        messages=[MessageChanged.of(room.channel, message) for message in room.messages],
        may_speak=may_speak(seen.member, room.channel),
        key=uuid4().hex,
    )


async def say(request: Request) -> Response:
    """The same action for browsers without JavaScript."""
    fields, channel = await filled_in(request, Say), request.path_params["channel"]
    await acting(
        request, actions.say, channel, fields.body, key=fields.key, mandate_id=fields.mandate
    )
    return RedirectResponse(request.app.url_path_for("channel", channel=channel), 303)


routes = [
    Route("/channels", index, name="channels"),
    Route("/channels/{channel:id}", show, name="channel"),
    Route("/channels/{channel:id}/messages", say, methods=["POST"], name="say"),
]
