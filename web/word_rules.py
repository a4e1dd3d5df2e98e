"""The doors to rules of words: the list, one of them, what one would have found, lists in and
out."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Annotated, Any, NamedTuple

from msgspec import Meta
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.errors import Conflict, Denied, Invalid, NotFound, Refusal
from community.lists import MOST_BYTES, decoded
from community.members.models import Member
from forum.categories import Category
from moderation.reasons import Reason, reasons_given
from moderation.rules import actions, lists, trying
from moderation.rules.actions import Wording
from moderation.rules.models import CATEGORY, Action, Scope, WordRule
from moderation.rules.patterns import Pattern, pattern
from moderation.rules.queries import rule_for, rules_kept
from moderation.rules.trying import Trial
from web.doors import acting, glancing, looking
from web.errors import refused
from web.files import KIND
from web.forms import Form, back, filled_in, read, saved
from web.guards import LONGEST
from web.ids import MaybeLine, Ticked
from web.moderation import Code
from web.pages import page, why

PLACE = r"\A(?:topics|channels|closed|few|category:[1-9][0-9]{0,17})?\Z"
PATIENCE = 5.0  # seconds that a trial may look
AROUND = 64 * 1024  # bytes of what stands around a list
REFUSED = (Conflict, Denied, Invalid)


class Worded(Form, frozen=True, kw_only=True):
    pattern: MaybeLine = ""
    action: Action = Action.FLAG
    reason: Code = ""
    scope: Annotated[str, Meta(pattern=PLACE)] = ""
    why: MaybeLine = ""
    in_use: Ticked = ""

    @property
    def wording(self) -> Wording:
        return Wording(self.pattern, self.action, self.reason, self.scope, self.why.strip(),
                       bool(self.in_use))  # fmt: skip


class Listed(Form, frozen=True, kw_only=True):
    lines: Annotated[str, Meta(max_length=MOST_BYTES)] = ""


class Choices(NamedTuple):
    rules: Sequence[WordRule]
    reasons: Sequence[Reason]
    categories: dict[str, str]  # by scope


async def index(request: Request) -> Response:
    return await _listed(request)


async def new(request: Request) -> Response:
    return await _form(request, Worded(in_use="yes"))


async def show(request: Request) -> Response:
    rule_id = request.path_params["word_rule"]
    rule = (await looking(request, rule_for, rule_id)).found
    worded = Worded(
        pattern=rule.pattern, action=Action(rule.action), reason=rule.reason_code,
        scope=rule.scope, why=rule.why, in_use="yes" if rule.in_use else "",
    )  # fmt: skip
    return await _form(request, worded, rule_id)


async def make(request: Request) -> Response:
    worded = await filled_in(request, Worded)
    try:
        rule = await acting(request, actions.make_rule, worded.wording)
    except REFUSED as refusal:
        return await _form(request, worded, refusal=refusal)
    return back(request, "word_rule", word_rule=rule.id)


async def change(request: Request) -> Response:
    worded, rule_id = await filled_in(request, Worded), request.path_params["word_rule"]
    try:
        await acting(request, actions.change_rule, rule_id, worded.wording)
    except REFUSED as refusal:
        return await _form(request, worded, rule_id, refusal=refusal)
    return back(request, "word_rule", word_rule=rule_id)


async def attempt(request: Request) -> Response:
    """Nothing is kept: what the rule would have found stands below the form it was filled in."""
    worded, rule_id = await filled_in(request, Worded), request.path_params.get("word_rule", 0)
    try:
        trial = await _tried(request, pattern(worded.pattern), worded.scope)
    except REFUSED as refusal:
        return await _form(request, worded, rule_id, refusal=refusal)
    return await _form(request, worded, rule_id, trial=trial)


async def download(request: Request) -> Response:
    rules = await glancing(request, rules_kept)
    headers = {"content-disposition": 'attachment; filename="word-rules.csv"'}
    return Response(lists.written(rules), media_type="text/csv; charset=utf-8", headers=headers)


async def upload(request: Request) -> Response:
    """Each line that is right holds from now on; of each that is not stands there why."""
    try:
        given = await _sent(request)
        lines = await asyncio.to_thread(lists.read_rules, given.lines)
        results = await acting(request, lists.put_list, lines)
    except REFUSED as refusal:
        return await _listed(request, refusal=refusal)
    return await _listed(request, results=results)


async def _tried(request: Request, sought: Pattern, scope: str) -> Trial:
    """Looks are short, and what is found in them is looked through in a thread."""
    until, trial = monotonic() + PATIENCE, Trial()
    left = await glancing(request, trying.newest)
    left = {kind: below for kind, below in left.items() if _has_scope(kind, scope)}
    while left and monotonic() < until:
        for kind, below in [*left.items()]:
            window = await glancing(request, trying.window_of, kind, scope, below)
            await asyncio.to_thread(trying.look_for, sought, window.texts, trial)
            left[kind] = window.next
        left = {kind: below for kind, below in left.items() if below}
    trial.whole = not left
    return trial


def _has_scope(kind: str, scope: str) -> bool:
    if scope == Scope.EVERYWHERE:
        return True
    in_forum = scope == Scope.TOPICS or scope.startswith(CATEGORY)
    return scope != Scope.FEW and in_forum == (kind == "posts")


async def _sent(request: Request) -> Listed:
    """What was written into the form, or the file that came with it. Raises Invalid."""
    await glancing(request, rules_kept)  # strangers send us no files
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != KIND:
        return await filled_in(request, Listed)
    request.scope[LONGEST] = 2 * MOST_BYTES + AROUND
    async with request.form(max_files=1, max_fields=3, max_part_size=MOST_BYTES + 1) as form:
        items = form.multi_items()
        given = read([item for item in items if isinstance(item[1], str)], Listed)
        files = [await each.read() for _name, each in items if isinstance(each, UploadFile)]
    return replace(given, lines=decoded(files[0])) if any(files) else given


async def _listed(
    request: Request, *, results: Sequence[lists.Result] = (), refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, _choices)
    shown = page(request, "moderation/word_rules.html", seen, results=results,
                 error=why(request, seen, refusal))  # fmt: skip
    return refused(shown, refusal)


async def _form(
    request: Request,
    worded: Worded,
    rule_id: int = 0,
    *,
    trial: Trial | None = None,
    refusal: Refusal | None = None,
) -> Response:
    seen: Any = await looking(request, _choices)
    if rule_id and not any(one.id == rule_id for one in seen.found.rules):
        raise NotFound
    shown = page(
        request, "moderation/word_rule.html", seen, worded=worded, rule_id=rule_id, trial=trial,
        saved=saved(request) if request.method == "GET" else "",
        error=why(request, seen, refusal),
    )  # fmt: skip
    return refused(shown, refusal)


def _choices(session: Session, member: Member) -> Choices:
    rules = rules_kept(session, member)
    named = session.execute(select(Category.id, Category.name).order_by(Category.position))
    return Choices(rules, reasons_given(session), {f"{CATEGORY}{id}": name for id, name in named})


routes = [
    Route("/moderation/words", index, methods=["GET"], name="word_rules"),
    Route("/moderation/words", make, methods=["POST"]),
    Route("/moderation/words/new", new, name="new_word_rule"),
    Route("/moderation/words/list", upload, methods=["POST"], name="put_word_rules"),
    Route("/moderation/words/list.csv", download, name="word_rules_list"),
    Route("/moderation/words/trial", attempt, methods=["POST"], name="try_new_word_rule"),
    Route("/moderation/words/{word_rule:id}", show, methods=["GET"], name="word_rule"),
    Route("/moderation/words/{word_rule:id}", change, methods=["POST"]),
    Route("/moderation/words/{word_rule:id}/trial", attempt, methods=["POST"],
          name="try_word_rule"),
]  # fmt: skip
