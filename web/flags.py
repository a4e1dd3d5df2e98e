"""The doors to reporting, and to what came of it: for reporters and for authors."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import SignedOut
from community.members.models import Member
from community.policies import Verdict
from community.streams import EntryChanged
from moderation import actions
from moderation.hiding.hidden import Hidden, hidden_at, hidden_for
from moderation.models import REPORTABLE, SubjectKind
from moderation.outsiders import FOR_ALL
from moderation.policies import may_flag
from moderation.queries import flags_lately
from moderation.reasons import Reason, reasons_given
from moderation.reports import PAGE, answer_for, may_withdraw, reports_of, withdraw
from moderation.statements import Statement, statement_for
from moderation.subjects import entry_for, is_ours, link_to, place_of, shown_now
from moderation.viewing import view
from web.doors import acting, looking
from web.forms import Before, Form, asked, filled_in
from web.pages import page

NOTE = 2_000  # characters of a note


class Flag(Form, frozen=True, kw_only=True):
    reason: Annotated[str, Meta(max_length=40)]
    note: Annotated[str, Meta(max_length=NOTE)] = ""


Door = Callable[[Request], Awaitable[Response]]


class Flaggable(NamedTuple):
    entry: EntryChanged
    place: str
    link: str
    reasons: Sequence[Reason]
    may_flag: Verdict


def form_of(kind: SubjectKind) -> Door:
    async def show(request: Request) -> Response:
        try:
            seen = await looking(request, _flaggable, kind, request.path_params[_param(kind)])
        except SignedOut:
            if kind not in FOR_ALL:
                raise
            return _from_outside(request)
        return page(request, "moderation/flag.html", seen, kind=kind, most=NOTE)

    return show


def flag(kind: SubjectKind) -> Door:
    async def report(request: Request) -> Response:
        given = await filled_in(request, Flag)
        reported = await acting(
            request, actions.flag, kind, request.path_params[_param(kind)], given.reason, given.note
        )
        return RedirectResponse(f"/flags/{reported.id}", 303)

    return report


async def answer(request: Request) -> Response:
    seen = await looking(request, answer_for, request.path_params["flag"])
    may = may_withdraw(seen.found.case)
    return page(request, "moderation/answer.html", seen, may_withdraw=may)


async def mine(request: Request) -> Response:
    seen = await looking(request, reports_of, asked(request, Before).before or 0)
    reports = seen.found
    more = reports[-1].flag.id if len(reports) == PAGE else None
    return page(request, "moderation/my_reports.html", seen, more=more)


async def take_back(request: Request) -> Response:
    flag = await acting(request, withdraw, request.path_params["flag"])
    return RedirectResponse(f"/flags/{flag.id}", 303)


async def hidden(request: Request) -> Response:
    seen = await looking(request, hidden_for, request.path_params["restriction"])
    await _note(request, seen.found)
    return page(request, "moderation/hidden.html", seen)


def to_hidden(kind: SubjectKind) -> Door:
    async def lead(request: Request) -> Response:
        seen = await looking(request, hidden_at, kind, request.path_params[_param(kind)])
        decision, id = seen.found.decision_id, seen.found.id
        return RedirectResponse(f"/decisions/{decision}" if decision else f"/hidden/{id}", 303)

    return lead


async def statement(request: Request) -> Response:
    seen = await looking(request, statement_for, request.path_params["decision"])
    await _note(request, seen.found)
    return page(request, "moderation/statement.html", seen)


async def _note(request: Request, found: Hidden | Statement) -> None:
    """What is private is shown to moderators when it is written down who looks at it."""
    if found.to_be_noted:
        await acting(request, view, found.case.id)


def _from_outside(request: Request) -> Response:
    """Nobody needs an account to report what they can read."""
    here = request.scope["path"].removesuffix("/flags")
    form = request.app.url_path_for("report")
    return RedirectResponse(f"{form}?{urlencode({'page': here})}", 303)


def _flaggable(session: Session, member: Member, kind: SubjectKind, subject_id: int) -> Flaggable:
    subject = entry_for(session, member, kind, subject_id)
    return Flaggable(
        shown_now(subject),
        place_of(subject),
        link_to(subject),
        reasons_given(session),
        may_flag(member, subject, flags_lately(session, member), is_ours(session, member, subject)),
    )


def _param(kind: SubjectKind) -> str:
    """A profile has its member's number."""
    return "member" if kind == SubjectKind.PROFILE else kind


def _path(kind: SubjectKind, page: str = "flags") -> str:
    return f"/{_param(kind)}s/{{{_param(kind)}:id}}/{page}"


routes = [
    route
    for kind in REPORTABLE
    for route in (
        Route(_path(kind), form_of(kind), methods=["GET"], name=f"flag_{kind}"),
        Route(_path(kind), flag(kind), methods=["POST"]),
        Route(_path(kind, "hidden"), to_hidden(kind), name=f"hidden_{kind}"),
    )
] + [
    Route("/flags", mine, name="my_reports"),
    Route("/flags/{flag:id}", answer, name="flag"),
    Route("/flags/{flag:id}/withdrawal", take_back, methods=["POST"], name="withdraw_flag"),
    Route("/hidden/{restriction:id}", hidden, name="hidden"),
    Route("/decisions/{decision:id}", statement, name="decision"),
]
