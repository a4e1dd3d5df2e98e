"""Why something can be reported: words in both tongues, how urgent, how long we may take."""

from typing import Annotated

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.members.models import Member
from moderation.reasons import (
    LONGEST,
    LOWEST,
    Reason,
    ReasonChange,
    all_reasons,
    change_reason,
    reason_for,
)
from web.administration.seeing import overseeing
from web.doors import acting
from web.forms import Form, back, filled_in, saved
from web.ids import MaybeLine, Ticked
from web.pages import page


class Changed(Form, frozen=True, kw_only=True):
    priority: Annotated[int, Meta(ge=0, le=LOWEST)]
    hours: Annotated[int, Meta(ge=1, le=LONGEST)]
    position: Annotated[int, Meta(ge=0, le=1_000)]
    in_use: Ticked = ""
    label_id: MaybeLine = ""
    label_en: MaybeLine = ""
    hint_id: MaybeLine = ""
    hint_en: MaybeLine = ""

    @property
    def change(self) -> ReasonChange:
        return ReasonChange(
            self.priority, self.hours, bool(self.in_use), self.position,
            self.label_id, self.label_en, self.hint_id, self.hint_en,
        )  # fmt: skip


async def index(request: Request) -> Response:
    return page(request, "administration/reasons.html", await overseeing(request, _listed))


async def show(request: Request) -> Response:
    seen = await overseeing(request, _shown, request.path_params["reason"])
    return page(request, "administration/reason.html", seen, saved=saved(request))


async def change(request: Request) -> Response:
    given, code = await filled_in(request, Changed), request.path_params["reason"]
    await acting(request, change_reason, code, given.change)
    return back(request, "manage_reason", reason=code)


def _listed(session: Session, _administrator: Member) -> list[Reason]:
    return list(all_reasons(session).values())


def _shown(session: Session, _administrator: Member, code: str) -> Reason:
    return reason_for(session, code)


routes = [
    Route("/administration/reasons", index, name="manage_reasons"),
    Route("/administration/reasons/{reason}", show, methods=["GET"], name="manage_reason"),
    Route("/administration/reasons/{reason}", change, methods=["POST"]),
]
