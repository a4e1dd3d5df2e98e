"""The door to whom a text may name; and how many people its groups reach, before it is sent."""

import asyncio
from typing import Annotated

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from community.members.models import Member
from community.places import Lens
from community.text import NOWHERE, written
from forum.categories import category_for
from forum.mentions import (
    Scene,
    called_in,
    grouped_by,
    mentionable,
    names_in,
)
from forum.topics.queries import post_for, topic_going_on
from web.doors import glancing
from web.forms import Form, asked
from web.ids import Id, Named
from web.pages import fragment

Place = Annotated[str, Meta(pattern=r"\A(new|(topic|reply|post):[1-9][0-9]{0,17})\Z")]


class Wanted(Form, frozen=True, kw_only=True):
    """What was typed after an @, and where."""

    place: Place
    words: Named
    category: Id | None = None


async def index(request: Request) -> Response:
    wanted = asked(request, Wanted)
    return HTMLResponse(await glancing(request, _suggested, wanted))


async def reach_of(
    request: Request, place: str, body: str, category: int | None, lens: Lens
) -> int:
    """How many people the groups named in the text reach, of an edit those named anew."""
    if "@" not in body:
        return 0
    calls = (await asyncio.to_thread(written, body)).mentioned
    return await glancing(request, _reach, place, calls, category, lens)


def shown_in(
    session: Session, member: Member, place: str, body: str, category: int | None, lens: Lens
) -> str:
    """The text as it will look there: with the ways to those it mentions."""
    scene = _scene(session, member, place, category, lens)
    return written(body, called_in(session, scene, body).ways if scene else NOWHERE).html


def _suggested(session: Session, member: Member, wanted: Wanted) -> str:
    scene = _scene(session, member, wanted.place, wanted.category, Lens())
    found = mentionable(session, member, scene, wanted.words) if scene else []
    return fragment(member.locale, "parts/mentions.html", found=found)


def _reach(
    session: Session,
    member: Member,
    place: str,
    calls: frozenset[str],
    category: int | None,
    lens: Lens,
) -> int:
    scene = _scene(session, member, place, category, lens)
    if scene is None:
        return 0
    kind, _colon, number = place.partition(":")
    names = names_in(session, calls)
    if kind == "post":
        before = post_for(session, member, int(number)).body
        names -= called_in(session, scene, before).names
    return len(grouped_by(session, scene, names) - {member.id})


def _scene(
    session: Session, member: Member, place: str, category: int | None, lens: Lens
) -> Scene | None:
    """None where it is not yet said where. Raises NotFound where they see nothing."""
    kind, _colon, number = place.partition(":")
    match kind:
        case "new" if category is None:
            return None
        case "new":
            assert category
            return Scene.begun(category_for(session, member, category), lens)
        case "topic":
            return Scene.of(topic_going_on(session, member, int(number)))
        case _:
            return Scene.of(post_for(session, member, int(number)).topic)


routes = [Route("/mentions", index, name="mentions")]
