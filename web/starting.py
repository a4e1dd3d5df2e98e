"""The door to what was started since a list was drawn."""

from collections.abc import Sequence

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from community.members.models import Member
from community.places import Lens
from forum.starting import started_after
from forum.topics.events import TopicStarted
from forum.topics.models import Topic
from web.doors import glancing
from web.forms import asked
from web.ids import MaybeLine, Rev
from web.lenses import Filter
from web.pages import fragment


class Since(Filter, frozen=True, kw_only=True):
    after: Rev = 0
    category: MaybeLine = ""


async def started(request: Request) -> Response:
    since = asked(request, Since)
    topics, locale = await glancing(request, _started, since.after, since.lens, since.category)
    events = [TopicStarted.of(topic) for topic in topics]
    return HTMLResponse(fragment(locale, "forum/started_since.html", events=events))


def _started(
    session: Session, member: Member, after: int, lens: Lens, slug: str
) -> tuple[Sequence[Topic], str]:
    return started_after(session, member, after, lens, slug), member.locale


routes = [Route("/topics/started", started, name="started")]
