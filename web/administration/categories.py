"""Where topics live: open, describe, restrict, put in order, archive."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.errors import Conflict
from community.members.models import Member
from community.organisations.models import KIND_NAMES
from community.places import CLUSTER_NAMES, THEME_NAMES, provinces, regencies_of
from forum import categories as actions
from forum.categories import Category, admissions, categories_listed, category_for
from web.administration.seeing import Placed, overseeing
from web.administration.wording import ROLE_NAMES
from web.doors import acting
from web.errors import refused
from web.forms import Form, back, filled_in, saved
from web.ids import MaybeLine, Name
from web.pages import page

Slug = Annotated[str, Meta(min_length=2, max_length=40, pattern=r"\A[a-z0-9]+(-[a-z0-9]+)*\Z")]
Holder = Annotated[str, Meta(max_length=40)]


class Described(Placed, frozen=True, kw_only=True):
    name: Name
    about: MaybeLine = ""


class Opened(Described, frozen=True, kw_only=True):
    slug: Slug


class Restricted(Form, frozen=True, kw_only=True):
    holders: list[Holder] = []


class Moved(Form, frozen=True, kw_only=True):
    places: Literal[-1, 1]


class Archived(Form, frozen=True, kw_only=True):
    archived: Literal["yes", "no"]


class Listed(NamedTuple):
    categories: Sequence[Category]
    holders: dict[int, set[str]]  # of the restricted ones


class Shown(NamedTuple):
    category: Category
    holders: set[str]


async def index(request: Request) -> Response:
    return await _list(request)


async def open_one(request: Request) -> Response:
    given = await filled_in(request, Opened)
    try:
        category = await acting(
            request, actions.open_category, given.slug, given.name, given.about, given.place
        )
    except Conflict as refusal:
        return await _list(request, refusal, given)
    return back(request, "manage_category", "opened", category=category.id)


async def show(request: Request) -> Response:
    seen = await overseeing(request, _shown, request.path_params["category"])
    return page(request, "administration/category.html", seen, saved=saved(request), **choices())


async def change(request: Request) -> Response:
    given, id = await filled_in(request, Described), request.path_params["category"]
    await acting(request, actions.change_category, id, given.name, given.about, given.place)
    return back(request, "manage_category", "described", category=id)


async def restrict(request: Request) -> Response:
    given, id = await filled_in(request, Restricted), request.path_params["category"]
    await acting(request, actions.restrict_category, id, given.holders)
    return back(request, "manage_category", "restricted", category=id)


async def move(request: Request) -> Response:
    given, id = await filled_in(request, Moved), request.path_params["category"]
    await acting(request, actions.move_category, id, given.places)
    return back(request, "manage_categories")


async def archive(request: Request) -> Response:
    given, id = await filled_in(request, Archived), request.path_params["category"]
    action = actions.archive_category if given.archived == "yes" else actions.unarchive_category
    await acting(request, action, id)
    return back(request, "manage_category", "archived", category=id)


def choices() -> dict[str, Any]:
    """What the fields of a place and of the holders offer."""
    holders = {f"role:{role}": words for role, words in ROLE_NAMES.items() if role != "member"}
    kinds = {f"kind:{kind}": words for kind, words in KIND_NAMES.items()}
    return {
        "provinces": provinces(),
        "regencies_of": regencies_of,
        "clusters": CLUSTER_NAMES,
        "themes": THEME_NAMES,
        "holder_names": holders | kinds,
    }


async def _list(
    request: Request, refusal: Conflict | None = None, given: Opened | None = None
) -> Response:
    seen = await overseeing(request, _listed)
    shown = page(
        request,
        "administration/categories.html",
        seen,
        refusal=refusal,
        given=given,
        **choices(),
    )
    return refused(shown, refusal)


def _listed(session: Session, administrator: Member) -> Listed:
    return Listed(categories_listed(session, administrator), admissions(session))


def _shown(session: Session, administrator: Member, category_id: int) -> Shown:
    category = category_for(session, administrator, category_id)
    return Shown(category, admissions(session).get(category.id, set()))


ONE = "/administration/categories/{category:id}"

routes = [
    Route("/administration/categories", index, methods=["GET"], name="manage_categories"),
    Route("/administration/categories", open_one, methods=["POST"]),
    Route(ONE, show, methods=["GET"], name="manage_category"),
    Route(ONE, change, methods=["POST"]),
    Route(f"{ONE}/admissions", restrict, methods=["POST"], name="restrict_category"),
    Route(f"{ONE}/position", move, methods=["POST"], name="move_category"),
    Route(f"{ONE}/archive", archive, methods=["POST"], name="archive_category"),
]
