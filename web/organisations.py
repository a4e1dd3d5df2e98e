"""The doors to organisations: the directory, a page for each, registering and describing one."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Denied, Invalid, Refusal
from community.members.models import Member
from community.organisations import actions
from community.organisations.actions import Founding
from community.organisations.closing import keep_open, who_may_object
from community.organisations.models import KIND_NAMES, ROLE_NAMES, Kind, Mandate, Organisation
from community.organisations.policies import may_keep_open, may_lead, may_register, may_rename
from community.organisations.queries import (
    PAGE,
    clusters_in,
    everybody_of,
    mandates_held,
    offered_to,
    organisation_owned,
    organisation_whole,
    organisations_listed,
    unverified_of,
)
from community.places import CLUSTER_NAMES, THEME_NAMES, Cluster, Lens, provinces, regencies_of
from community.policies import YES, Verdict
from community.verification import open_verification_of
from forum.announcements.queries import ListedAnnouncement, announcements_by
from forum.listing import ListedTopic, topics_started_for
from moderation.decisions import closing
from moderation.models import Decision
from moderation.statements import badges_of
from web.doors import acting, acting_alone, looking, proving, proving_alone, visiting
from web.errors import refused
from web.forms import Form, asked, back, filled_in, saved
from web.ids import Id, Line, MaybeLine, MaybeWords
from web.lenses import Filter, address
from web.pages import page, why

REFUSED = (Denied, Invalid)  # what the form is shown again for


class Listing(Filter, frozen=True, kw_only=True):
    words: MaybeLine = ""
    kind: Kind | None = None
    after: Id | None = None


class Founded(Form, frozen=True, kw_only=True):
    kind: Kind
    name: Line
    about: MaybeWords = ""
    region: Annotated[str, Meta(max_length=5)] = ""
    clusters: list[Cluster] = []

    @property
    def founding(self) -> Founding:
        region = Lens.read({"region": self.region}).region
        clusters = tuple(dict.fromkeys(self.clusters))
        return Founding(self.kind, self.name.strip(), self.about, region, clusters)


class Ended(Form, frozen=True, kw_only=True):
    because: Line


class Closed(Form, frozen=True, kw_only=True):
    reason: Line


class Directory(NamedTuple):
    """On its first page also what the reader speaks for, and what is offered to them."""

    listed: Sequence[Organisation]
    mandates: Sequence[Mandate]
    offers: Sequence[Mandate]


class Profile(NamedTuple):
    """An organisation as the reader sees it."""

    organisation: Organisation
    clusters: list[str]
    people: Sequence[Mandate]
    offers: Sequence[Mandate]  # not answered yet; for its owners
    topics: Sequence[ListedTopic]
    announcements: Sequence[ListedAnnouncement]
    badges: Sequence[Decision]  # it ever had
    leads: bool
    keeps: bool  # the reader may keep it open, which is to close


class Workshop(NamedTuple):
    """What the form starts from; with no organisation, one is registered."""

    organisation: Organisation | None
    clusters: list[str]
    may: Verdict
    may_rename: Verdict


async def index(request: Request) -> Response:
    """The directory, by name."""
    given, path = asked(request, Listing), request.scope["path"]
    lens, filters = given.lens._replace(theme=""), {"words": given.words, "kind": given.kind or ""}
    seen = await visiting(request, directory_for, lens, filters, given.after or 0)
    found = seen.found.listed
    more = address(path, lens, **filters, after=found[-1].id) if len(found) == PAGE else None
    return page(
        request,
        "community/organisations.html",
        seen,
        lens=lens,
        filters=filters,
        more=more,
        kinds=KIND_NAMES,
        provinces=provinces(),
        regencies_of=regencies_of,
        clusters=CLUSTER_NAMES,
        themes=THEME_NAMES,
    )


async def show(request: Request) -> Response:
    seen = await visiting(request, profile_for, request.path_params["organisation"])
    return page(
        request, "community/organisation.html", seen, roles=ROLE_NAMES, saved=saved(request)
    )


async def begin(request: Request) -> Response:
    return await _form(request)


async def register(request: Request) -> Response:
    given = await filled_in(request, Founded)
    try:
        organisation = await acting_alone(request, actions.register, given.founding)
    except REFUSED as refusal:
        return await _form(request, given, refusal)
    to = request.app.url_path_for("verification", organisation=organisation.id)
    return RedirectResponse(to, 303)


async def change(request: Request) -> Response:
    given, id = await filled_in(request, Founded), request.path_params["organisation"]
    try:
        await acting(request, actions.describe, id, given.founding)
    except REFUSED as refusal:
        return await _form(request, given, refusal)
    return back(request, "organisation", organisation=id)


async def end_badge(request: Request) -> Response:
    given, id = await filled_in(request, Ended), request.path_params["organisation"]
    await proving(request, actions.end_badge, id, given.because)
    return back(request, "organisation", organisation=id)


async def close(request: Request) -> Response:
    id = request.path_params["organisation"]
    await proving_alone(request, closing.close, id)
    return back(request, "organisation", organisation=id)


async def keep(request: Request) -> Response:
    id = request.path_params["organisation"]
    await acting(request, keep_open, id)
    return back(request, "organisation", organisation=id)


async def close_by_order(request: Request) -> Response:
    given, id = await filled_in(request, Closed), request.path_params["organisation"]
    await proving_alone(request, closing.close_by_order, id, given.reason)
    return back(request, "organisation", organisation=id)


def directory_for(
    session: Session, reader: Member | None, lens: Lens, filters: dict[str, str], after: int
) -> Directory:
    listed = organisations_listed(session, lens, **filters, after=after)
    if reader is None or any((*lens, *filters.values(), after)):
        return Directory(listed, [], [])
    return Directory(listed, mandates_held(session, reader), offered_to(session, reader))


def profile_for(session: Session, reader: Member | None, id: int) -> Profile:
    organisation, clusters = organisation_whole(session, id)
    everybody = everybody_of(session, organisation)
    people = [one for one in everybody if one.live]
    mine = next((one for one in people if reader and one.member_id == reader.id), None)
    leads = reader is not None and bool(may_lead(reader, mine))
    return Profile(
        organisation,
        clusters,
        [one for one in people if leads or not one.member.suspended_until],
        [one for one in everybody if one.offered] if leads else [],
        topics_started_for(session, reader, id),
        announcements_by(session, reader, id),
        badges_of(session, id),
        leads,
        _keeps(session, reader, organisation),
    )


def _keeps(session: Session, reader: Member | None, organisation: Organisation) -> bool:
    if reader is None or organisation.closing_at is None:
        return False
    return bool(may_keep_open(reader, who_may_object(session, organisation)))


def workshop_for(session: Session, member: Member, id: int | None) -> Workshop:
    if id is None:
        return Workshop(None, [], may_register(member, unverified_of(session, member)), YES)
    organisation = organisation_owned(session, member, id)
    return Workshop(
        organisation,
        clusters_in(session, organisation),
        YES,
        may_rename(organisation, open_verification_of(session, organisation) is not None),
    )


async def _form(
    request: Request, given: Founded | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, workshop_for, request.path_params.get("organisation"))
    shown = page(
        request,
        "community/organisation_form.html",
        seen,
        given=given or seen.found.organisation,
        chosen=given.clusters if given else seen.found.clusters,
        error=why(request, seen, refusal),
        kinds=KIND_NAMES,
        provinces=provinces(),
        regencies_of=regencies_of,
        clusters=CLUSTER_NAMES,
    )
    return refused(shown, refusal)


routes = [
    Route("/organisations", index, methods=["GET"], name="organisations"),
    Route("/organisations", register, methods=["POST"]),
    Route("/organisations/new", begin, name="new_organisation"),
    Route("/organisations/{organisation:id}", show, methods=["GET"], name="organisation"),
    Route("/organisations/{organisation:id}", change, methods=["POST"]),
    Route(
        "/organisations/{organisation:id}/badge/ending",
        end_badge,
        methods=["POST"],
        name="end_badge",
    ),
    Route(
        "/organisations/{organisation:id}/closing",
        close,
        methods=["POST"],
        name="close_organisation",
    ),
    Route(
        "/organisations/{organisation:id}/closing/objection",
        keep,
        methods=["POST"],
        name="keep_organisation",
    ),
    Route(
        "/organisations/{organisation:id}/closing/order",
        close_by_order,
        methods=["POST"],
        name="order_closing",
    ),
    Route("/organisations/{organisation:id}/edit", begin, name="edit_organisation"),
]
