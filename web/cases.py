"""The doors to one case: who holds it, what moderators tell each other, and how it ends."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal
from uuid import uuid4

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Conflict, Denied, Invalid, Refusal
from community.organisations.models import HIGHEST
from moderation.decisions import applications, claiming, seconding
from moderation.decisions.deciding import LONGEST_VERIFICATION, Judgement, decide
from moderation.measures import (
    ALONE,
    LASTING,
    LONGEST,
    LONGEST_LABEL,
    MEASURES,
    ON_AUTHOR,
    OUT,
    Act,
    MeasureKind,
    may_alone,
    may_take,
)
from moderation.models import GIVING, TAKING, Ruling, SubjectKind
from moderation.queue.reading import File
from moderation.states import verdicts
from web.case_files import case_file
from web.doors import Seen, acting, proving
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import Id, Key, Rev
from web.moderation import Filter, onward
from web.pages import page

FACTS = 8_000  # characters of a statement
NOTE = 2_000  # characters of a note
REFUSED = (Conflict, Invalid, Denied)  # what a case explains
# What takes a voice; giving one does, too (S25).
FOR_THE_PROVEN = (MeasureKind.SLOW, MeasureKind.MUTE, *OUT)

Action = Callable[..., Any]
Acting = Callable[..., Awaitable[Any]]  # or proving
Door = Callable[[Request], Awaitable[Response]]
Text = Annotated[str, Meta(max_length=FACTS)]
Words = Annotated[str, Meta(max_length=NOTE)]
Code = Annotated[str, Meta(max_length=40)]
Days = Annotated[int, Meta(ge=0, le=LONGEST)]


class Versioned(Form, frozen=True, kw_only=True):
    version: Rev


class Noted(Versioned, frozen=True, kw_only=True):
    words: Words = ""


class Claim(Versioned, frozen=True, kw_only=True):
    """With what was already typed, where a claim ended before it was sent."""

    ruling: Ruling | None = None
    reason: Code = ""
    facts: Text = ""
    ground: Text = ""
    measure: list[MeasureKind] = []
    label: Annotated[str, Meta(max_length=LONGEST_LABEL)] = ""
    to: Id | None = None  # a category
    slow_days: Days = 0
    mute_days: Days = 0
    suspend_days: Days = 0
    level: Annotated[int, Meta(ge=0, le=HIGHEST)] = 0
    months: Annotated[int, Meta(ge=0, le=LONGEST_VERIFICATION)] = 0
    key: Key | None = None

    @property
    def acts(self) -> tuple[Act, ...]:
        """What was chosen before somebody found that it breaks no rule does not count."""
        if self.ruling not in TAKING:
            return ()
        return tuple(self._act(kind) for kind in self.measure)

    def _act(self, kind: MeasureKind) -> Act:
        match kind:
            case MeasureKind.LABEL:
                return Act(kind, words=self.label)
            case MeasureKind.MOVE:
                return Act(kind, to_id=self.to or 0)
            case MeasureKind.SLOW:
                return Act(kind, self.slow_days)
            case MeasureKind.MUTE:
                return Act(kind, self.mute_days)
            case MeasureKind.SUSPEND:
                return Act(kind, self.suspend_days)
        return Act(kind)


class Question(Versioned, frozen=True, kw_only=True):
    question: Annotated[str, Meta(max_length=FACTS, pattern=r"\A(?=[\s\S]*\S)[^\0]+\Z")]


class Decide(Claim, frozen=True, kw_only=True):
    then: Literal["", "next"] = ""
    ruling: Ruling
    reason: Code
    key: Key

    @property
    def judgement(self) -> Judgement:
        return Judgement(
            self.ruling, self.reason, self.facts, self.ground, self.acts, self.level, self.months
        )

    @property
    def for_the_proven(self) -> bool:
        taken = {act.kind for act in self.acts}
        return self.ruling in GIVING or not taken.isdisjoint(FOR_THE_PROVEN)


async def show(request: Request) -> Response:
    return case_page(request, await case_file(request))


async def claim(request: Request) -> Response:
    given = await filled_in(request, Claim)
    answer = await moved(request, claiming.claim, version=given.version)
    if answer.status_code == 303 and (given.facts or given.ground):
        return await again(request, None, given)  # nothing that was typed is lost
    return answer


async def renew(request: Request) -> Response:
    """Sent by the open page as long as it is open."""
    await acting(request, claiming.renew, request.path_params["case"])
    return Response(status_code=204)


async def note(request: Request) -> Response:
    """At any time, so without a version."""
    case, given = request.path_params["case"], await filled_in(request, Noted)
    try:
        await acting(request, claiming.note, case, given.words)
    except REFUSED as refusal:
        return await again(request, refusal, words=given.words)
    return RedirectResponse(f"/cases/{case}#notes", 303)


async def decision(request: Request) -> Response:
    return await judged(request, decide)


async def second(request: Request) -> Response:
    """Agrees to what somebody else proposes."""
    given = await filled_in(request, Versioned)
    return await moved(request, seconding.agree, door=proving, version=given.version)


async def ask_back(request: Request) -> Response:
    given = await filled_in(request, Question)
    return await moved(
        request, applications.ask_back, given.question, question=given.question,
        version=given.version,
    )  # fmt: skip


def case_page(
    request: Request,
    seen: Seen[File],
    *,
    refusal: Refusal | None = None,
    typed: Claim | None = None,
    question: str = "",
    words: str = "",
) -> Response:
    """With what was typed and why it was refused, where it was."""
    case, member = seen.found.case, seen.member
    assert member
    kinds = MEASURES.get(SubjectKind(case.subject_kind), ())
    shown = page(
        request,
        "moderation/case.html",
        seen,
        may=verdicts(member, case, seen.found.party),
        may_take={kind: may_take(member, case.author, kind) for kind in kinds},
        may_alone=may_alone((), official=seen.found.official),
        on_author=ON_AUTHOR,
        lasting=LASTING,
        longest_label=LONGEST_LABEL,
        refusal=refusal,
        typed=typed,
        typed_question=question,
        typed_words=words,
        came_by=asked(request, Filter),
        key=uuid4().hex,
        alone=ALONE,
        longest=LONGEST,
        longest_verification=LONGEST_VERIFICATION,
        most=FACTS,
        most_words=NOTE,
    )
    return refused(shown, refusal)


async def moved(
    request: Request, action: Action, *args: Any, door: Acting = acting, words: str = "",
    question: str = "", **more: Any,
) -> Response:  # fmt: skip
    """The page of the case afterwards, or with why it was refused and what was typed."""
    try:
        await door(request, action, request.path_params["case"], *args, **more)
    except REFUSED as refusal:
        return await again(request, refusal, question=question, words=words)
    return to_case(request)


async def judged(request: Request, action: Action) -> Response:
    """A decision, about the case or about an appeal."""
    case, given = request.path_params["case"], await filled_in(request, Decide)
    door: Acting = proving if given.for_the_proven else acting
    try:
        await door(request, action, case, given.judgement, version=given.version, key=given.key)
    except REFUSED as refusal:
        return await again(request, refusal, given)
    return await onward(request, asked(request, Filter), case) if given.then else to_case(request)


def to_case(request: Request) -> Response:
    """With the filters they came by, so that they go on under them."""
    query = asked(request, Filter).query
    return RedirectResponse(f"/cases/{request.path_params['case']}{query}", 303)


def step(action: Action) -> Door:
    """A door for what is done with a case as it was seen."""

    async def taken(request: Request) -> Response:
        given = await filled_in(request, Versioned)
        return await moved(request, action, version=given.version)

    return taken


def _noted(action: Action) -> Door:
    """The same, with words for the other moderators."""

    async def taken(request: Request) -> Response:
        given = await filled_in(request, Noted)
        return await moved(request, action, given.words, words=given.words, version=given.version)

    return taken


async def again(
    request: Request,
    refusal: Refusal | None,
    typed: Claim | None = None,
    question: str = "",
    words: str = "",
) -> Response:
    seen = await case_file(request)
    return case_page(request, seen, refusal=refusal, typed=typed, question=question, words=words)


def _post(path: str, door: Door, name: str) -> Route:
    return Route(f"/cases/{{case:id}}/{path}", door, methods=["POST"], name=name)


routes = [
    Route("/cases/{case:id}", show, name="case"),
    _post("claim", claim, "claim"),
    _post("claim/renewal", renew, "renew_claim"),
    _post("release", step(claiming.release), "release_claim"),
    _post("takeover", step(claiming.take_over), "take_over"),
    _post("escalation", _noted(claiming.escalate), "escalate"),
    _post("return", _noted(claiming.give_back), "give_back"),
    _post("void", _noted(claiming.void), "void"),
    _post("notes", note, "note"),
    _post("questions", ask_back, "ask_back"),
    _post("decision", decision, "decide"),
    _post("proposal/agreement", second, "agree"),
    _post("proposal/objection", _noted(seconding.object_to), "object_to"),
    _post("proposal/withdrawal", step(seconding.take_back), "take_back"),
]
