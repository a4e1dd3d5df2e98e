"""The doors to canned texts: into the fields of a decision, and to keep them."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from msgspec import Meta
from msgspec.structs import replace
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Denied, Invalid, NotFound, Refusal
from community.members.models import Member
from community.policies import require
from moderation.policies import may_see_queue
from moderation.queue import canned
from moderation.queue.canned import Canned, Field, Offered, Wording, may_keep_texts
from moderation.queue.reading import file_for
from moderation.reasons import Reason, all_reasons
from web.cases import FACTS, Claim, Code, Text, case_page
from web.doors import Seen, acting, looking
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import Id
from web.pages import page, why

REFUSED = (Denied, Invalid)

Said = Annotated[str, Meta(max_length=FACTS)]


class About(Form, frozen=True, kw_only=True):
    reason: Code = ""


class Filling(Claim, frozen=True, kw_only=True):
    """What a decision says so far, and the text that goes into it."""

    insert: Id | None = None
    question: Text = ""


class Kept(Form, frozen=True, kw_only=True):
    reason: Code = ""
    field: Field = Field.FACTS
    words_id: Said = ""
    words_en: Said = ""
    position: Annotated[int, Meta(ge=0, le=1_000)] = 0

    @property
    def wording(self) -> Wording:
        return Wording(self.reason, self.field, self.words_id, self.words_en, self.position)


class Texts(NamedTuple):
    texts: Sequence[Canned]
    reasons: dict[str, Reason]


# Into a decision


async def offer(request: Request) -> Response:
    """A piece of the page of a case: what is kept for another reason than its own."""
    case, reason = request.path_params["case"], asked(request, About).reason
    seen = await looking(request, canned.offered_for, case, reason)
    return page(request, "moderation/canned_offered.html", seen, case_id=case)


async def insert(request: Request) -> Response:
    """The case with all that was typed, and the text below it: nothing is written over."""
    case, given = request.path_params["case"], await filled_in(request, Filling)
    seen = await looking(request, file_for, case)
    reason = given.reason or seen.found.case.reason_code
    offered = (await looking(request, canned.offered_for, case, reason)).found
    seen = seen._replace(found=seen.found._replace(offered=offered))
    if given.insert is None:
        return case_page(request, seen, typed=given)
    field, words = _chosen(offered, given.insert)
    filled = replace(given, **{field: _below(getattr(given, field), words)})
    if field == Field.QUESTION:
        return case_page(request, seen, question=filled.question)
    return case_page(request, seen, typed=filled)


def _chosen(offered: Offered, text_id: int) -> tuple[str, str]:
    for one in offered.texts:
        if one.text.id == text_id:
            return one.text.field, one.words
    raise NotFound


def _below(typed: str, words: str) -> str:
    return f"{typed.rstrip()}\n{words}" if typed.strip() else words


# To keep them


async def index(request: Request) -> Response:
    seen = await looking(request, _kept)
    assert seen.member
    may_keep = may_keep_texts(seen.member)
    return page(request, "moderation/canned_texts.html", seen, may_keep=may_keep)


async def new(request: Request) -> Response:
    return await _form(request, Kept(reason=asked(request, About).reason))


async def add(request: Request) -> Response:
    given = await filled_in(request, Kept)
    try:
        await acting(request, canned.add_text, given.wording)
    except REFUSED as refusal:
        return await _form(request, given, refusal=refusal)
    return _to_list(request, given)


async def show(request: Request) -> Response:
    seen = await looking(request, canned.text_for, request.path_params["text"])
    text = seen.found
    typed = Kept(
        reason=text.reason_code or "", field=Field(text.field), words_id=text.words_id,
        words_en=text.words_en, position=text.position,
    )  # fmt: skip
    return await _form(request, typed, text.id)


async def change(request: Request) -> Response:
    given, text_id = await filled_in(request, Kept), request.path_params["text"]
    try:
        await acting(request, canned.change_text, text_id, given.wording)
    except REFUSED as refusal:
        return await _form(request, given, text_id, refusal)
    return _to_list(request, given)


async def remove(request: Request) -> Response:
    await acting(request, canned.remove_text, request.path_params["text"])
    return RedirectResponse(request.app.url_path_for("canned_texts"), 303)


async def _form(
    request: Request, typed: Kept, text_id: int = 0, refusal: Refusal | None = None
) -> Response:
    seen: Seen[Any] = await looking(request, _reasons)
    assert seen.member
    shown = page(
        request, "moderation/canned_text.html", seen, typed=typed, text_id=text_id, most=FACTS,
        may_keep=may_keep_texts(seen.member), error=why(request, seen, refusal),
    )  # fmt: skip
    return refused(shown, refusal)


def _to_list(request: Request, given: Kept) -> Response:
    """To where it stands now."""
    listed = request.app.url_path_for("canned_texts")
    return RedirectResponse(f"{listed}#{given.reason}" if given.reason else str(listed), 303)


def _kept(session: Session, moderator: Member) -> Texts:
    return Texts(canned.texts_kept(session, moderator), all_reasons(session))


def _reasons(session: Session, moderator: Member) -> dict[str, Reason]:
    require(may_see_queue(moderator))
    return all_reasons(session)


routes = [
    Route("/cases/{case:id}/texts", offer, methods=["GET"], name="canned_offered"),
    Route("/cases/{case:id}/texts", insert, methods=["POST"], name="insert_canned"),
    Route("/moderation/texts", index, methods=["GET"], name="canned_texts"),
    Route("/moderation/texts", add, methods=["POST"]),
    Route("/moderation/texts/new", new, name="new_canned_text"),
    Route("/moderation/texts/{text:id}", show, methods=["GET"], name="canned_text"),
    Route("/moderation/texts/{text:id}", change, methods=["POST"]),
    Route("/moderation/texts/{text:id}/removal", remove, methods=["POST"], name="remove_canned"),
]
