"""The doors to whom a member keeps away from.

Rows and frames are the same for everybody, so what one reader does not want to see is folded up by
a stylesheet of their own: with scripts and without, in pages and in frames that come later. Each
entry's own page shows it.
"""

import json

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.blocks import Extent, kept_away_by
from community.members.models import Member
from community.words import _
from web.crossings import keep_away
from web.doors import acting_alone, glancing, looking
from web.forms import Form, back, filled_in, saved
from web.pages import page
from web.words import said_in

FOLDED = """\
{those} :is({hidden}) {{ display: none; }}
{those} :is(.author, .history-version p)::after {{ content: {word}; font-style: italic; }}
{those} .topic-title i {{ display: inline !important; }}
{those}:is(channel-typing *) {{ display: none; }}
{those}:is(.channel-last, .quoted) {{ visibility: hidden; }}
"""
HIDDEN = ".post-body, .bubble, img.avatar, .topic-words, .history-version .prose"


class Kept(Form, frozen=True, kw_only=True):
    extent: Extent


async def index(request: Request) -> Response:
    seen = await looking(request, kept_away_by)
    return page(request, "community/people.html", seen, saved=saved(request))


async def keep(request: Request) -> Response:
    kept = await filled_in(request, Kept)
    await acting_alone(request, keep_away, request.path_params["member"], kept.extent)
    return back(request, "people")


async def folded(request: Request) -> Response:
    """Of what moderators write as such, and of announcements, it folds up nothing."""
    css = await glancing(request, _stylesheet)
    return Response(css, media_type="text/css")


def _stylesheet(session: Session, member: Member) -> str:
    them = ", ".join(
        f'[data-author="{other.id}"]' for other, _extent in kept_away_by(session, member)
    )
    word = json.dumps(" " + said_in(member.locale, _("(muted)")), ensure_ascii=False)
    if not them:
        return ""
    those = f"main :is({them}):not([data-staff])"
    return FOLDED.format(those=those, hidden=HIDDEN, word=word)


routes = [
    Route("/settings/people", index, name="people"),
    Route("/settings/people.css", folded, name="folded"),
    Route("/members/{member:id}/distance", keep, methods=["POST"], name="keep_away"),
]
