"""The doors to what a member follows and mutes: on the page of each thing, and all of it on one."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.places import Lens
from forum.following import actions
from forum.following.models import Level
from forum.following.queries import PAGE, all_chosen
from forum.topics.actions import mark_unread
from web.doors import looking, noting
from web.forms import Before, Next, asked, filled_in, inside
from web.pages import page


class Choice(Next, frozen=True, kw_only=True):
    """Empty: as what is around it has it."""

    level: Level | None = None


class LensChoice(Choice, frozen=True, kw_only=True):
    region: str = ""
    cluster: str = ""
    theme: str = ""


async def index(request: Request) -> Response:
    before = asked(request, Before).before or 0
    seen = await looking(request, all_chosen, before)
    topics = seen.found.topics
    older = f"?before={topics[-1][0].id}" if len(topics) == PAGE else None
    return page(request, "forum/following.html", seen, older=older, further=bool(before))


async def topic(request: Request) -> Response:
    chosen = await filled_in(request, Choice)
    await noting(request, actions.choose_for_topic, request.path_params["topic"], chosen.level)
    return RedirectResponse(inside(chosen.next), 303)


async def category(request: Request) -> Response:
    chosen = await filled_in(request, Choice)
    await noting(request, actions.choose_for_category, request.path_params["slug"], chosen.level)
    return RedirectResponse(inside(chosen.next), 303)


async def lens(request: Request) -> Response:
    chosen = await filled_in(request, LensChoice)
    place = Lens.read({axis: getattr(chosen, axis) for axis in Lens._fields})
    await noting(request, actions.choose_for_lens, place, chosen.level)
    return RedirectResponse(inside(chosen.next), 303)


async def unread(request: Request) -> Response:
    """Back to the list: on the page of the topic it would be read again."""
    post = await noting(request, mark_unread, request.path_params["post"])
    category = post.topic.category
    under = category.announcement_id
    to = f"/announcements/{under}" if under else f"/categories/{category.slug}"
    return RedirectResponse(to, 303)


routes = [
    Route("/settings/following", index, name="following"),
    Route("/settings/following", lens, methods=["POST"], name="follow_lens"),
    Route("/topics/{topic:id}/level", topic, methods=["POST"], name="follow_topic"),
    Route("/categories/{slug}/level", category, methods=["POST"], name="follow_category"),
    Route("/posts/{post:id}/unread", unread, methods=["POST"], name="mark_unread"),
]
