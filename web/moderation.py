"""The doors into moderation/ for those who moderate: the queue, a case, the log."""

from typing import Annotated, Any
from uuid import uuid4

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Conflict, Denied, Invalid, Refusal
from community.members.policies import may_mute, may_suspend
from community.organisations.models import HIGHEST
from community.places import CLUSTER_NAMES, THEME_NAMES, Lens, provinces
from community.words import _
from moderation import actions, applications
from moderation.deciding import LONGEST, LONGEST_VERIFICATION, Judgement, decide
from moderation.listing import PAGE, Age, Show, Wanted, queue_page, row_for
from moderation.log import Sought, log_page
from moderation.models import Ruling, SubjectKind
from moderation.policies import may_claim, may_decide, may_release, may_take_over
from moderation.reading import File, file_for
from moderation.reasons import LOWEST
from web.doors import Seen, acting, looking, proving
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import Id, Key, MaybeLine, Rev
from web.pages import page

VERBS = {  # what is looked for in the log
    "case.flagged": _("Reports"),
    "case.claimed": _("Claims"),
    "case.taken_over": _("Cases taken over"),
    "case.lapsed": _("Claims that ended by themselves"),
    "case.applied": _("Applications"),
    "case.decided": _("Decisions"),
    "mandate.offered": _("Mandates offered"),
    "mandate.withdrawn": _("Mandates ended"),
    "restriction.ended": _("Restrictions that ended"),
    "topic.locked": _("Topics locked"),
    "channel.removed": _("Members removed from a channel"),
    "member.appointed": _("Roles given or taken back"),
    "member.suspended": _("Members suspended"),
    "announcement.published": _("Announcements published"),
}
# What takes a voice or gives one (S25).
FOR_THE_PROVEN = (Ruling.HIDE_AND_MUTE, Ruling.HIDE_AND_SUSPEND, Ruling.GRANT)
FACTS = 8_000  # characters of a statement
REFUSED = (Conflict, Invalid, Denied)  # what a case explains

Text = Annotated[str, Meta(max_length=FACTS)]
Code = Annotated[str, Meta(max_length=40)]


class Filter(Form, frozen=True, kw_only=True):
    show: Show = "waiting"
    reason: Code = ""
    priority: Annotated[int, Meta(ge=0, le=LOWEST)] | None = None
    kind: SubjectKind | None = None
    age: Age | None = None
    region: Code = ""
    cluster: Code = ""
    theme: Code = ""
    after: Id | None = None

    @property
    def filters(self) -> dict[str, str]:
        """Those that are set, for an address."""
        names = ("reason", "priority", "kind", "age", "region", "cluster", "theme")
        given = {name: getattr(self, name) for name in names}
        return {name: str(value) for name, value in given.items() if value not in ("", None)}


class Search(Form, frozen=True, kw_only=True):
    actor: MaybeLine = ""
    verb: Code = ""
    subject: MaybeLine = ""
    before: Id | None = None


class Versioned(Form, frozen=True, kw_only=True):
    version: Rev


class Claim(Versioned, frozen=True, kw_only=True):
    """With what was already typed, where a claim ended before it was sent."""

    ruling: Ruling | None = None
    reason: Code = ""
    facts: Text = ""
    ground: Text = ""
    days: Annotated[int, Meta(ge=0, le=LONGEST)] = 0
    level: Annotated[int, Meta(ge=0, le=HIGHEST)] = 0
    months: Annotated[int, Meta(ge=0, le=LONGEST_VERIFICATION)] = 0
    key: Key | None = None


class Question(Versioned, frozen=True, kw_only=True):
    question: Annotated[str, Meta(max_length=FACTS, pattern=r"\A(?=[\s\S]*\S)[^\0]+\Z")]


class Decide(Claim, frozen=True, kw_only=True):
    ruling: Ruling
    reason: Code
    key: Key

    @property
    def judgement(self) -> Judgement:
        return Judgement(
            self.ruling, self.reason, self.facts, self.ground, self.days, self.level,
            self.months,
        )  # fmt: skip


async def queue(request: Request) -> Response:
    given = asked(request, Filter)
    lens = Lens.read(request.query_params)
    wanted = Wanted(given.show, given.reason, given.priority, given.kind, given.age, lens)
    seen = await looking(request, queue_page, wanted, given.after or 0)
    rows = seen.found.rows
    return page(
        request,
        "moderation/queue.html",
        seen,
        wanted=wanted,
        filters=given.filters,
        more=rows[-1].case.id if len(rows) == PAGE else None,
        provinces=provinces(),
        clusters=CLUSTER_NAMES,
        themes=THEME_NAMES,
    )


async def row(request: Request) -> Response:
    """One line of the queue as this moderator may see it; the queue page fetches what changed."""
    seen = await looking(request, row_for, request.path_params["case"])
    return page(request, "moderation/row.html", seen)


async def show(request: Request) -> Response:
    return case_page(request, await looking(request, file_for, request.path_params["case"]))


async def claim(request: Request) -> Response:
    given = await filled_in(request, Claim)
    answer = await _moved(request, actions.claim, given.version)
    if answer.status_code == 303 and (given.facts or given.ground):
        return await _again(request, None, given)  # nothing that was typed is lost
    return answer


async def release(request: Request) -> Response:
    return await _moved(request, actions.release, (await filled_in(request, Versioned)).version)


async def take_over(request: Request) -> Response:
    return await _moved(request, actions.take_over, (await filled_in(request, Versioned)).version)


async def renew(request: Request) -> Response:
    """Sent by the open page as long as it is open."""
    await acting(request, actions.renew, request.path_params["case"])
    return Response(status_code=204)


async def decision(request: Request) -> Response:
    case, given = request.path_params["case"], await filled_in(request, Decide)
    door = proving if given.ruling in FOR_THE_PROVEN else acting
    try:
        await door(request, decide, case, given.judgement, version=given.version, key=given.key)
    except REFUSED as refusal:
        return await _again(request, refusal, given)
    return RedirectResponse(f"/cases/{case}", 303)


async def ask_back(request: Request) -> Response:
    case, given = request.path_params["case"], await filled_in(request, Question)
    try:
        await acting(request, applications.ask_back, case, given.question, version=given.version)
    except REFUSED as refusal:
        return await _again(request, refusal, question=given.question)
    return RedirectResponse(f"/cases/{case}", 303)


async def log(request: Request) -> Response:
    given = asked(request, Search)
    sought = Sought(given.actor, given.verb, given.subject)
    seen = await looking(request, log_page, sought, given.before or 0)
    entries = seen.found.entries
    more = entries[-1].id if len(entries) == PAGE else None
    return page(request, "moderation/log.html", seen, sought=sought, more=more, verbs=VERBS)


def case_page(
    request: Request,
    seen: Seen[File],
    *,
    refusal: Refusal | None = None,
    typed: Claim | None = None,
    question: str = "",
) -> Response:
    """With what was typed and why it was refused, where it was."""
    case, member = seen.found.case, seen.member
    assert member
    party = seen.found.party
    verdicts: dict[str, Any] = {
        "may_claim": may_claim(member, case, party),
        "may_take_over": may_take_over(member, case, party),
        "may_release": may_release(member, case),
        "may_decide": may_decide(member, case, party),
        "may_mute": may_mute(member, case.author),
        "may_suspend": may_suspend(member, case.author),
    }
    shown = page(
        request,
        "moderation/case.html",
        seen,
        refusal=refusal,
        typed=typed,
        typed_question=question,
        key=uuid4().hex,
        longest=LONGEST,
        longest_verification=LONGEST_VERIFICATION,
        most=FACTS,
        **verdicts,
    )
    return refused(shown, refusal)


async def _moved(request: Request, action: Any, version: int) -> Response:
    case = request.path_params["case"]
    try:
        await acting(request, action, case, version=version)
    except REFUSED as refusal:
        return await _again(request, refusal)
    return RedirectResponse(f"/cases/{case}", 303)


async def _again(
    request: Request, refusal: Refusal | None, typed: Claim | None = None, question: str = ""
) -> Response:
    seen = await looking(request, file_for, request.path_params["case"])
    return case_page(request, seen, refusal=refusal, typed=typed, question=question)


routes = [
    Route("/moderation", queue, name="queue"),
    Route("/moderation/log", log, name="log"),
    Route("/cases/{case:id}", show, name="case"),
    Route("/cases/{case:id}/row", row, name="case_row"),
    Route("/cases/{case:id}/claim", claim, methods=["POST"], name="claim"),
    Route("/cases/{case:id}/claim/renewal", renew, methods=["POST"], name="renew_claim"),
    Route("/cases/{case:id}/release", release, methods=["POST"], name="release_claim"),
    Route("/cases/{case:id}/takeover", take_over, methods=["POST"], name="take_over"),
    Route("/cases/{case:id}/questions", ask_back, methods=["POST"], name="ask_back"),
    Route("/cases/{case:id}/decision", decision, methods=["POST"], name="decide"),
]
