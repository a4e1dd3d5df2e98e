"""The doors to what is said beside a channel: its threads, to begin one, to follow one no longer.

The page of a thread is that of a channel (web/channels.py)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from channels import threads
from channels.models import Message
from channels.threads import followed_in, threads_of
from community.members.models import Member
from community.text import plain
from web.doors import acting, glancing, looking, noting
from web.pacing import no_faster_than_a_tab, not_too_fast
from web.pages import fragment, page

SHOWN = 300  # characters of the message a thread began at


async def index(request: Request) -> Response:
    seen = await looking(request, threads_of, request.path_params["channel"])
    return page(request, "channels/threads.html", seen, channel=seen.found.channel, words=_words)


async def news(request: Request) -> Response:
    """What is unread there by now; scripts put it into its place."""
    await no_faster_than_a_tab(request)
    channel = request.path_params["channel"]
    locale, followed = await glancing(request, _followed, channel)
    drawn = fragment(
        locale, "channels/thread_news.html", channel_id=channel, followed=followed,
        count=sum(unread for _thread, unread in followed),
    )  # fmt: skip
    return HTMLResponse(drawn)


def _followed(
    session: Session, member: Member, channel_id: int
) -> tuple[str, Sequence[tuple[int, int]]]:
    return member.locale, followed_in(session, member, channel_id)


async def begin(request: Request) -> Response:
    """Before its first reply, which may wait in a browser without a line, with its files and under
    the number of the thread: so beginning has a pace, as has what is said."""
    await not_too_fast(request)
    thread = await acting(request, threads.begin, request.path_params["message"])
    return RedirectResponse(request.app.url_path_for("channel", channel=thread.id), 303)


async def unfollow(request: Request) -> Response:
    thread = await noting(request, threads.unfollow, request.path_params["channel"])
    return RedirectResponse(request.app.url_path_for("threads", channel=thread.home_id), 303)


def _words(message: Message) -> str:
    return "" if message.gone else plain(message.body, SHOWN)


routes = [
    Route("/channels/{channel:id}/threads", index, name="threads"),
    Route("/channels/{channel:id}/threads/news", news, name="thread_news"),
    Route("/messages/{message:id}/thread", begin, methods=["POST"], name="begin_thread"),
    Route(
        "/channels/{channel:id}/following/end", unfollow, methods=["POST"], name="unfollow_thread"
    ),
]
