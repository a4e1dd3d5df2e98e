"""The door to what was said somewhere in one topic."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.finding import MOST, finds_in
from web.doors import visiting
from web.forms import Form, asked
from web.ids import MaybeLine
from web.pages import page


class Sought(Form, frozen=True, kw_only=True):
    words: MaybeLine = ""


async def find(request: Request) -> Response:
    words = asked(request, Sought).words.strip()
    seen = await visiting(request, finds_in, request.path_params["topic"], words)
    finds = seen.found
    shown = page(request, "forum/find.html", seen, finds=finds, topic=finds.topic, words=words,
                 most=MOST)  # fmt: skip
    shown.headers["x-robots-tag"] = "noindex"  # it has a different page for every question
    return shown


routes = [Route("/topics/{topic:id}/find", find, name="find_in_topic")]
