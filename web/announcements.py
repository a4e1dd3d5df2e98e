"""The doors into forum/announcements: reading, publishing, acknowledging, following up."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.clock import now
from community.database import Transaction
from community.errors import Invalid
from community.members.models import Member
from community.organisations.models import KIND_NAMES
from community.organisations.queries import official_mandates_of
from community.places import CLUSTER_NAMES, THEME_NAMES, provinces, regencies_of
from community.policies import Verdict, no
from community.text import written
from community.words import _
from forum.announcements import actions
from forum.announcements.models import Announcement, Draft
from forum.announcements.policies import may_publish
from forum.announcements.queries import (
    NAMES,
    PAGE,
    Reach,
    announcement_for,
    board_of,
    progress_for,
    reach_for,
)
from web.doors import acting, looking, proving, visiting
from web.drafting import Drafted, Misfilled
from web.forms import Form, Next, asked, filled_in, inside
from web.ids import Id
from web.lenses import Filter, address
from web.pages import page
from web.words import ZONES


class Listing(Filter, frozen=True, kw_only=True):
    before: Id | None = None


class Missing(Form, frozen=True, kw_only=True):
    after: Id | None = None


class Preview(NamedTuple):
    """What will be stored, and whom it would reach now."""

    draft: Draft
    html: str
    reach: Reach
    organisation: str


async def index(request: Request) -> Response:
    """The newest first; above them what waits for the reader."""
    listing, path = asked(request, Listing), request.scope["path"]
    seen = await visiting(request, board_of, listing.lens, listing.before or 0)
    listed = seen.found.listed
    more = len(listed) == PAGE
    return page(
        request,
        "forum/announcements.html",
        seen,
        lens=listing.lens,
        further=listing.before is not None,
        older=address(path, listing.lens, before=listed[-1].announcement.id) if more else None,
        newest=address(path, listing.lens),
        **_places(),
    )


async def show(request: Request) -> Response:
    seen = await visiting(request, announcement_for, request.path_params["announcement"])
    return page(request, "forum/announcement.html", seen)


async def write(request: Request) -> Response:
    """The form, or why this member cannot use it."""
    return await _form(request, None, {})


async def rewrite(request: Request) -> Response:
    """Back from the preview, with everything as it was."""
    return await _form(request, await filled_in(request, Drafted), {})


async def preview(request: Request) -> Response:
    given = await filled_in(request, Drafted)
    try:
        seen = await looking(request, _previewed, given)
    except Misfilled as wrong:
        return await _form(request, given, wrong.errors)
    return page(request, "forum/announcement_preview.html", seen, given=given)


async def publish(request: Request) -> Response:
    given = await filled_in(request, Drafted)
    try:
        published = await proving(request, _published, given)
    except Misfilled as wrong:
        return await _form(request, given, wrong.errors)
    to = request.app.url_path_for("announcement", announcement=published.id)
    return RedirectResponse(to, 303)


async def acknowledge(request: Request) -> Response:
    back = await filled_in(request, Next)
    await acting(request, actions.acknowledge, request.path_params["announcement"])
    return RedirectResponse(inside(back.next), 303)


async def progress(request: Request) -> Response:
    announcement, after = request.path_params["announcement"], asked(request, Missing).after
    seen = await looking(request, progress_for, announcement, after or 0)
    return page(request, "forum/announcement_progress.html", seen, names=NAMES)


async def _form(request: Request, given: Drafted | None, errors: Mapping[str, Verdict]) -> Response:
    seen = await looking(request, official_mandates_of)
    assert seen.member
    verdict = may_publish(seen.member, next(iter(seen.found), None))
    return page(
        request,
        "forum/announcement_form.html",
        seen,
        status=422 if errors else 200 if verdict else 403,
        given=given,
        errors=errors,
        verdict=verdict,
        key=given.key if given else uuid4().hex,
        offices=[(mandate.id, mandate.organisation.name) for mandate in seen.found],
        zones=ZONES,
        **_places(),
    )


def _previewed(session: Session, member: Member, given: Drafted) -> Preview:
    draft = given.draft(member.zone)
    reach = reach_for(session, member, given.mandate, draft.audience)
    if draft.acknowledge_by and draft.acknowledge_by <= now(session):
        raise Misfilled(acknowledge_by=no(_("The time to acknowledge by has passed already.")))
    try:
        html = written(draft.body).html
    except Invalid as invalid:
        raise Misfilled(body=no(invalid.sentence, **invalid.values)) from invalid
    mandates = official_mandates_of(session, member)
    speaking = next(one.organisation.name for one in mandates if one.id == given.mandate)
    return Preview(draft, html, reach, speaking)


def _published(tx: Transaction, member: Member, given: Drafted) -> Announcement:
    draft = given.draft(member.zone)
    return actions.publish(tx, member, given.mandate, draft, key=given.key)


def _places() -> dict[str, Any]:
    return {
        "provinces": provinces(),
        "regencies_of": regencies_of,
        "clusters": CLUSTER_NAMES,
        "themes": THEME_NAMES,
        "kinds": KIND_NAMES,
    }


routes = [
    Route("/announcements", index, methods=["GET"], name="announcements"),
    Route("/announcements", publish, methods=["POST"], name="publish"),
    Route("/announcements/new", write, name="new_announcement"),
    Route("/announcements/drafts", rewrite, methods=["POST"], name="rewrite_announcement"),
    Route("/announcements/previews", preview, methods=["POST"], name="preview_announcement"),
    Route("/announcements/{announcement:id}", show, name="announcement"),
    Route("/announcements/{announcement:id}/acknowledgement", acknowledge, methods=["POST"],
          name="acknowledge"),
    Route("/announcements/{announcement:id}/progress", progress, name="progress"),
]  # fmt: skip
