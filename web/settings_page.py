"""The doors to what members choose for themselves. Each choice holds from the next page on."""

from typing import NamedTuple

from msgspec import defstruct
from msgspec.structs import asdict
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.members import actions
from community.members.models import Member
from community.members.queries import clusters_of
from community.notices.actions import want
from community.notices.models import ALWAYS, NoticeKind, Way
from community.notices.queries import ways_of
from community.notices.words import KIND_NAMES
from community.places import CLUSTER_NAMES, Cluster, Lens, provinces, regencies_of
from community.presence import show_presence
from web.doors import acting_alone, looking, showing_self
from web.forms import Form, filled_in
from web.ids import Ticked
from web.looks import Theme, remember
from web.pages import page
from web.words import LANGUAGE_NAMES, ZONES, Locale, Zone


class Preferences(Form, frozen=True, kw_only=True):
    locale: Locale
    zone: Zone
    theme: Theme
    save_data: Ticked = ""


class Presence(Form, frozen=True, kw_only=True):
    shown: Ticked = ""


class Place(Form, frozen=True, kw_only=True):
    region: str = ""
    clusters: list[Cluster] = []


# A field for each kind of notice that one may choose about; what is not there stays as it is.
Wanted = defstruct(
    "Wanted",
    [(kind.value, Way | None, None) for kind in NoticeKind if kind not in ALWAYS],
    bases=(Form,),
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
)


class Chosen(NamedTuple):
    """What the page is drawn from, beside the member."""

    clusters: list[str]
    ways: dict[NoticeKind, Way]


async def index(request: Request) -> Response:
    return page(
        request,
        "community/settings.html",
        await looking(request, _chosen),
        languages=LANGUAGE_NAMES,
        zones=ZONES,
        provinces=provinces(),
        regencies_of=regencies_of,
        clusters=CLUSTER_NAMES,
        kind_names=KIND_NAMES,
        always=[KIND_NAMES[kind] for kind in NoticeKind if kind in ALWAYS],
        saved=request.query_params.get("saved", ""),
    )


async def preferences(request: Request) -> Response:
    chosen = await filled_in(request, Preferences)
    await acting_alone(
        request,
        actions.change_preferences,
        locale=chosen.locale,
        zone=chosen.zone,
        theme=chosen.theme,
        save_data=bool(chosen.save_data),
    )
    response = _saved(request, "preferences")
    remember(request, response, language=chosen.locale, theme=chosen.theme)
    return response


async def presence(request: Request) -> Response:
    shown = (await filled_in(request, Presence)).shown == "yes"
    await acting_alone(request, show_presence, shown=shown)
    return _saved(request, "presence")


async def place(request: Request) -> Response:
    """What the member's announcements are chosen by."""
    chosen = await filled_in(request, Place)
    lens = Lens.read({"region": chosen.region})
    await showing_self(
        request, actions.change_place, region=lens.region, clusters=tuple(set(chosen.clusters))
    )
    return _saved(request, "place")


async def notices(request: Request) -> Response:
    wanted = asdict(await filled_in(request, Wanted))
    await acting_alone(request, want, {NoticeKind(k): way for k, way in wanted.items() if way})
    return _saved(request, "notices")


def _chosen(session: Session, member: Member) -> Chosen:
    return Chosen(clusters_of(session, member), ways_of(session, member))


def _saved(request: Request, part: str) -> Response:
    address = request.app.url_path_for("settings")
    return RedirectResponse(f"{address}?saved={part}#{part}", 303)


routes = [
    Route("/settings", index, name="settings"),
    Route("/settings/preferences", preferences, methods=["POST"], name="change_preferences"),
    Route("/settings/presence", presence, methods=["POST"], name="show_presence"),
    Route("/settings/place", place, methods=["POST"], name="change_place"),
    Route("/settings/notices", notices, methods=["POST"], name="switch_notices"),
]
