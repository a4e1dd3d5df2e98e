"""Whom a text in a channel names: the way there, who is here, and how many people its groups reach,
before it is sent."""

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from channels.mentions import HERE, Around, may_call_here, mentionable, reach_in
from channels.queries import channel_for, message_for, standing_in
from community.members.models import Member
from community.mentions import MOST_REACHED
from community.words import _
from web.doors import glancing
from web.forms import Form, asked, filled_in
from web.hub import Hub
from web.ids import MaybeWords, Named
from web.pages import fragment
from web.words import said_in

MOST_CALLED = MOST_REACHED + 1  # whoever calls is here, too
UNCALLED = _("%(why)s Without that call your message can be sent.")


class Begun(Form, frozen=True, kw_only=True):
    """What was typed after an @."""

    words: Named


class Text(Form, frozen=True, kw_only=True):
    body: MaybeWords = ""


def around_in(connection: HTTPConnection, channel: int, body: str, told: int = 0) -> Around:
    """Who is there is looked up only where they are called."""
    if not any(f"@{name}" in body.lower() for name in HERE):
        return Around(told=told)
    return _here(connection, channel)._replace(told=told)


async def around_message(
    connection: HTTPConnection, message: int, body: str, told: int = 0
) -> Around:
    """Raises NotFound where they see none."""
    if "@" not in body:
        return Around(told=told)
    return around_in(connection, await glancing(connection, _channel_of, message), body, told)


def _channel_of(session: Session, member: Member, message: int) -> int:
    return message_for(session, member, message).stream_id


def _here(connection: HTTPConnection, channel: int) -> Around:
    hub: Hub = connection.state.hub
    here = hub.presence.who(f"channel:{channel}").here
    return Around(here if len(here) <= MOST_CALLED else frozenset(), len(here))


async def suggestions(request: Request) -> Response:
    channel, words = request.path_params["channel"], asked(request, Begun).words
    here = _here(request, channel).number
    return HTMLResponse(await glancing(request, _suggested, channel, words, here))


def _suggested(session: Session, member: Member, channel_id: int, words: str, here: int) -> str:
    channel = channel_for(session, member, channel_id)
    may = may_call_here(member, channel, standing_in(session, member, channel))
    found = mentionable(session, member, channel, words, here if may else 0)
    return fragment(member.locale, "parts/mentions.html", found=found)


async def reach(request: Request) -> Response:
    """Scripts ask while it is being written."""
    body, channel = (await filled_in(request, Text)).body, request.path_params["channel"]
    around = around_in(request, channel, body)
    return JSONResponse(await glancing(request, _reach, channel, body, around))


def _reach(
    session: Session, member: Member, channel_id: int, body: str, around: Around
) -> dict[str, int | str]:
    """Where they may not be called, why."""
    people, may = reach_in(session, member, channel_id, body, around)
    if may:
        return {"people": people}
    why = said_in(member.locale, may.reason, may.values)
    return {"people": people, "why": said_in(member.locale, UNCALLED, {"why": why})}


routes = [
    Route("/channels/{channel:id}/mentions", suggestions, name="channel_mentions"),
    Route("/channels/{channel:id}/reach", reach, methods=["POST"], name="channel_reach"),
]
