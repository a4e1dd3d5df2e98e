"""The door to topics like the one somebody is writing the title of."""

from collections.abc import Sequence

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from community.members.models import Member
from forum.similar import similar_to
from forum.topics.models import Topic
from web.doors import glancing
from web.forms import Form, asked
from web.ids import MaybeLine
from web.pages import fragment


class Titled(Form, frozen=True, kw_only=True):
    title: MaybeLine = ""


async def similar(request: Request) -> Response:
    topics, locale = await glancing(request, _similar, asked(request, Titled).title)
    return HTMLResponse(fragment(locale, "forum/similar.html", topics=topics))


def _similar(session: Session, member: Member, title: str) -> tuple[Sequence[Topic], str]:
    return similar_to(session, member, title), member.locale


routes = [Route("/topics/similar", similar, name="similar")]
