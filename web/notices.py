"""The doors to a member's notices and to the bell that counts them."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from community.errors import Busy
from community.members.models import Member
from community.notices import actions
from community.notices.queries import PAGE, notice_for, notices_page, unread_of
from web.doors import glancing, looking, noting
from web.forms import Form, asked, inside
from web.ids import Id
from web.pages import fragment, page


class Older(Form, frozen=True, kw_only=True):
    before: Id | None = None


async def index(request: Request) -> Response:
    """The newest first, a page at a time."""
    seen = await looking(request, notices_page, asked(request, Older).before or 0)
    more = len(seen.found) == PAGE
    return page(request, "community/notices.html", seen, more=more)


async def read(request: Request) -> Response:
    """Marks it as read and goes on to what it is about; that alone while nothing can be written."""
    id = request.path_params["notice"]
    try:
        notice = await noting(request, actions.read_notice, id)
    except Busy:
        notice = await glancing(request, notice_for, id)
    return RedirectResponse(inside(notice.link), 303)


async def read_all(request: Request) -> Response:
    await noting(request, actions.read_all_notices)
    return RedirectResponse(request.app.url_path_for("notices"), 303)


async def bell(request: Request) -> Response:
    """The number alone, for a tab that may have missed a change."""
    locale, unread = await glancing(request, _rung)
    return HTMLResponse(fragment(locale, "community/bell.html", count=unread))


def _rung(session: Session, member: Member) -> tuple[str, int]:
    return member.locale, unread_of(session, member.id)


routes = [
    Route("/notices", index, name="notices"),
    Route("/notices/bell", bell, name="bell"),
    Route("/notices/reading", read_all, methods=["POST"], name="read_all_notices"),
    Route("/notices/{notice:id}/reading", read, methods=["POST"], name="read_notice"),
]
