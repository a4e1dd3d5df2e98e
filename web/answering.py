"""The doors to who answers what at an office: for its people, and edited by its owners."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Conflict, Denied, Invalid, Refusal
from community.members.models import Member
from community.organisations import answering
from community.organisations.answering import Field, fields_for, may_share_out
from community.organisations.models import Mandate, Organisation
from community.organisations.queries import colleagues_in
from community.places import CLUSTER_NAMES, THEME_NAMES, Lens, provinces, regencies_of
from community.policies import Verdict
from web.doors import acting, looking
from web.errors import refused
from web.forms import Form, back, filled_in, saved
from web.ids import Id, Key
from web.pages import page, why

REFUSED = (Conflict, Denied, Invalid)


class Given(Form, frozen=True, kw_only=True):
    mandate: Id
    key: Key
    region: str = ""
    cluster: str = ""
    theme: str = ""

    @property
    def lens(self) -> Lens:
        """Raises Invalid."""
        named = {"region": self.region, "cluster": self.cluster, "theme": self.theme}
        return Lens.read(named)


class Shared(NamedTuple):
    organisation: Organisation
    fields: Sequence[Field]
    may: Verdict  # the reader, change it
    people: Sequence[Mandate]


async def show(request: Request) -> Response:
    return await _page(request)


async def give(request: Request) -> Response:
    given, id = await filled_in(request, Given), request.path_params["organisation"]
    try:
        await acting(request, answering.give_field, id, given.mandate, given.lens, key=given.key)
    except REFUSED as refusal:
        return await _page(request, given, refusal)
    return back(request, "answering", "given", organisation=id)


async def take(request: Request) -> Response:
    office = await acting(request, answering.take_field, request.path_params["field"])
    to = request.app.url_path_for("answering", organisation=office)
    return RedirectResponse(f"{to}?saved=taken", 303)


def _shared(session: Session, member: Member, id: int) -> Shared:
    mandate, fields = fields_for(session, member, id)
    people = colleagues_in(session, [id])
    return Shared(mandate.organisation, fields, may_share_out(member, mandate), people)


async def _page(
    request: Request, given: Given | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, _shared, request.path_params["organisation"])
    done = saved(request) if request.method == "GET" else ""
    shown = page(
        request, "community/answering.html", seen, given=given, saved=done,
        key=given.key if given else uuid4().hex, error=why(request, seen, refusal),
        provinces=provinces(), regencies_of=regencies_of, clusters=CLUSTER_NAMES,
        themes=THEME_NAMES,
    )  # fmt: skip
    return refused(shown, refusal)


routes = [
    Route("/organisations/{organisation:id}/answering", show, methods=["GET"], name="answering"),
    Route("/organisations/{organisation:id}/answering", give, methods=["POST"]),
    Route("/answering/{field:id}/removal", take, methods=["POST"], name="take_field"),
]
