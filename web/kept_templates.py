"""The doors to an office's templates of announcements: kept, renamed, removed. From one a draft is
begun on the form of web/manuscripts.py."""

from uuid import uuid4

from msgspec.structs import replace
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.clock import now
from community.errors import Conflict, Denied, Invalid, Refusal
from community.members.models import Member
from forum.manuscripts import templates
from forum.manuscripts.models import Manuscript
from forum.manuscripts.queries import publishing_mandates_of
from web.doors import acting, looking
from web.drafting import Drafted
from web.errors import refused
from web.forms import Form, asked, back, filled_in, saved
from web.ids import Id, Key, Name
from web.pages import page, why

REFUSED = (Conflict, Denied, Invalid)


class Source(Form, frozen=True, kw_only=True):
    """What a template is made of: one of the two."""

    manuscript: Id | None = None
    announcement: Id | None = None

    @property
    def ids(self) -> dict[str, int]:
        return {
            "manuscript_id": self.manuscript or 0,
            "announcement_id": self.announcement or 0,
        }


class Named(Form, frozen=True, kw_only=True):
    name: Name


class Kept(Source, frozen=True, kw_only=True):
    name: Name
    key: Key


async def index(request: Request) -> Response:
    return await _list(request)


async def new(request: Request) -> Response:
    return await _form(request, asked(request, Source))


async def keep(request: Request) -> Response:
    given = await filled_in(request, Kept)
    try:
        await acting(request, templates.keep_template, given.name, key=given.key, **given.ids)
    except REFUSED as refusal:
        return await _form(request, given, given.name, given.key, refusal)
    return back(request, "templates", "kept")


async def rename(request: Request) -> Response:
    given, id = await filled_in(request, Named), request.path_params["template"]
    try:
        await acting(request, templates.rename_template, id, given.name)
    except REFUSED as refusal:
        return await _list(request, refusal)
    return back(request, "templates", "renamed")


async def remove(request: Request) -> Response:
    await acting(request, templates.remove_template, request.path_params["template"])
    return back(request, "templates", "removed")


async def _form(
    request: Request, source: Source, name: str = "", key: str = "", refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, templates.source_for, **source.ids)
    shown = page(
        request, "forum/template_form.html", seen, source=source, key=key or uuid4().hex,
        name=name or seen.found.title[:60], error=why(request, seen, refusal),
    )  # fmt: skip
    return refused(shown, refusal)


async def _list(request: Request, refusal: Refusal | None = None) -> Response:
    seen = await looking(request, templates.templates_kept)
    done = saved(request) if request.method == "GET" else ""
    shown = page(request, "forum/kept_templates.html", seen, saved=done,
                 error=why(request, seen, refusal))  # fmt: skip
    return refused(shown, refusal)


def draft_from(session: Session, member: Member, template_id: int) -> Drafted:
    """What a form begins with. Minutes and days that have passed are to be chosen anew."""
    template = templates.template_for(session, member, template_id)
    mandate = next(
        one.id
        for one in publishing_mandates_of(session, member)
        if one.organisation_id == template.organisation_id
    )
    begun = Manuscript(version=0, late=True)
    begun.take(template.draft)
    minutes = {"acknowledge_by": begun.acknowledge_by, "expires_at": begun.expires_at}
    passed = {name: "" for name, minute in minutes.items() if minute and minute <= now(session)}
    return replace(Drafted.of(begun, member.zone), mandate=mandate, **passed)


routes = [
    Route("/desk/templates", index, methods=["GET"], name="templates"),
    Route("/desk/templates", keep, methods=["POST"]),
    Route("/desk/templates/new", new, methods=["GET"], name="new_template"),
    Route("/desk/templates/{template:id}", rename, methods=["POST"], name="rename_template"),
    Route("/desk/templates/{template:id}/removal", remove, methods=["POST"],
          name="remove_template"),
]  # fmt: skip
