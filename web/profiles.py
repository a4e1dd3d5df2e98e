"""The doors to what members show of themselves."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.errors import Invalid
from community.files import FileKind
from community.profiles import change_picture, remove_picture
from community.words import _
from web.doors import acting_alone
from web.files import pictured
from web.forms import Form, back


class Pictured(Form, frozen=True, kw_only=True):
    pass


async def change(request: Request) -> Response:
    _fields, pictures = await pictured(request, Pictured, FileKind.PICTURE)
    if not pictures:
        raise Invalid(_("Choose a picture first."))
    await acting_alone(request, change_picture, pictures[0])
    return back(request, "settings", "picture")


async def remove(request: Request) -> Response:
    await acting_alone(request, remove_picture)
    return back(request, "settings", "picture")


routes = [
    Route("/settings/picture", change, methods=["POST"], name="change_picture"),
    Route("/settings/picture/removal", remove, methods=["POST"], name="remove_picture"),
]
