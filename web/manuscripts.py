"""The doors into forum/manuscripts: an announcement is written, looked at, handed in, approved."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, NamedTuple
from uuid import uuid4

from msgspec import Meta
from msgspec.structs import replace
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.attachments import MOST, TOO_MANY, Attached, chosen_for, left_at
from community.clock import now
from community.database import Transaction
from community.differences import Piece, difference
from community.errors import Conflict, Invalid, NotFound
from community.members.models import Member
from community.policies import Verdict, no
from community.words import _
from forum.announcements.reach import Reach, reach_of
from forum.manuscripts import actions
from forum.manuscripts.attachments import NEW, enclose
from forum.manuscripts.models import STATE_NAMES, Manuscript
from forum.manuscripts.policies import (
    may_approve,
    may_publish,
    may_rewrite,
    needs_second,
    wrong_dates,
)
from forum.manuscripts.queries import (
    eyes_on,
    manuscript_for,
    manuscripts_open,
    publishing_mandates_of,
)
from web.composing import composed, with_files
from web.doors import acting, looking, proving
from web.drafting import Drafted, Misfilled, Typed, labels, readable
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import Id, Rev
from web.kept_templates import draft_from
from web.pages import page
from web.words import ZONES


class Versioned(Form, frozen=True, kw_only=True):
    version: Rev


class Begun(Form, frozen=True, kw_only=True):
    template: Id | None = None


class Declined(Versioned, frozen=True, kw_only=True):
    because: Annotated[str, Meta(max_length=1_000, pattern=r"\A[^\0]*\Z")] = ""


class Shown(NamedTuple):
    """A manuscript, whom it would reach now, and what its reader may do with it."""

    manuscript: Manuscript
    reach: Reach | None  # of a correction none: whom it is for is settled
    may_approve: Verdict


class Filling(NamedTuple):
    offices: list[tuple[int, str]]
    verdict: Verdict
    manuscript: Manuscript | None
    files: Sequence[Attached]  # that hang there, and that wait


async def index(request: Request) -> Response:
    seen = await looking(request, manuscripts_open)
    return page(request, "forum/manuscripts.html", seen, states=STATE_NAMES)


async def begin(request: Request) -> Response:
    """The form, filled in as a template says where one is asked for, or why this member cannot use
    it."""
    wanted = asked(request, Begun).template
    if wanted is None:
        return await _form(request, None, {})
    seen = await looking(request, draft_from, wanted)
    return await _form(request, seen.found, {})


async def write(request: Request) -> Response:
    async def store(given: Drafted) -> int:
        return (await acting(request, _written, given)).id

    return await _kept(request, NEW, store)


async def show(request: Request) -> Response:
    seen = await looking(request, _shown, _id(request))
    second = needs_second(seen.site.seconding, seen.found.manuscript.audience)
    changes = await asyncio.to_thread(_changes, seen.found.manuscript)
    return page(
        request, "forum/manuscript.html", seen, states=STATE_NAMES, second=second, changes=changes
    )


async def edit(request: Request) -> Response:
    return await _form(request, None, {}, _id(request))


async def rewrite(request: Request) -> Response:
    async def store(given: Drafted) -> int:
        return (await acting(request, _rewritten, _id(request), given)).id

    return await _kept(request, f"{NEW}:{_id(request)}", store, _id(request))


async def hand_in(request: Request) -> Response:
    given = await filled_in(request, Versioned)
    manuscript = await proving(request, actions.hand_in, _id(request), version=given.version)
    return _on(request, manuscript)


async def approve(request: Request) -> Response:
    given = await filled_in(request, Versioned)
    manuscript = await proving(request, actions.approve, _id(request), version=given.version)
    return _on(request, manuscript)


async def decline(request: Request) -> Response:
    given = await filled_in(request, Declined)
    await acting(request, actions.decline, _id(request), given.because, version=given.version)
    return _to(request, _id(request))


async def take_back(request: Request) -> Response:
    given = await filled_in(request, Versioned)
    await acting(request, actions.take_back, _id(request), version=given.version)
    return _to(request, _id(request))


async def drop(request: Request) -> Response:
    given = await filled_in(request, Versioned)
    await acting(request, actions.drop, _id(request), version=given.version)
    return RedirectResponse(request.app.url_path_for("manuscripts"), 303)


async def _kept(
    request: Request, place: str, store: Callable[[Drafted], Awaitable[int]],
    manuscript_id: int | None = None,
) -> Response:  # fmt: skip
    """What was filled in, with its files; or the form again: they wait there."""
    async with composed(request, Drafted) as form:
        form = form._replace(fields=replace(form.fields, place=place))
        try:
            given = await with_files(request, form, enclose)
        except Invalid as invalid:
            wrong = {"given": no(invalid.sentence, **invalid.values)}
            return await _form(request, form.fields, wrong, manuscript_id)
    try:
        return _to(request, await store(given))
    except Misfilled as misfilled:
        return await _form(request, given, misfilled.errors, manuscript_id)
    except (Conflict, Invalid) as refusal:
        return await _form(request, given, {}, manuscript_id, refusal)


async def _form(
    request: Request, given: Drafted | None, errors: Mapping[str, Verdict],
    manuscript_id: int | None = None, refusal: Conflict | Invalid | None = None,
) -> Response:  # fmt: skip
    """Also where somebody else was quicker: nothing that was typed is lost, nor is theirs written
    over before it is read."""
    seen = await looking(request, _filling, manuscript_id)
    assert seen.member
    if given is None and seen.found.manuscript:
        given = Drafted.of(seen.found.manuscript, seen.member.zone)
        may = seen.found.verdict and may_rewrite(seen.found.manuscript)
        seen = seen._replace(found=seen.found._replace(verdict=may))
    elif given and refusal and seen.found.manuscript:
        given = replace(given, version=seen.found.manuscript.version)
    status = 422 if errors else 200 if seen.found.verdict else 403
    shown = page(
        request, "forum/manuscript_form.html", seen, status=status, given=given, errors=errors,
        key=given.key if given and given.key else uuid4().hex, zones=ZONES, refusal=refusal,
        files=_files(seen.found.files, given), most_files=MOST, **labels(),
    )  # fmt: skip
    return refused(shown, refusal)


def _filling(session: Session, member: Member, manuscript_id: int | None) -> Filling:
    manuscript = manuscript_for(session, member, manuscript_id) if manuscript_id else None
    if manuscript and manuscript.corrects_id:
        raise NotFound  # it has a form of its own
    mandates = publishing_mandates_of(session, member)
    verdict = may_publish(member, next(iter(mandates), None))
    offices = [(one.id, one.organisation.name) for one in mandates]
    there = manuscript.attachments if manuscript else []
    waiting = left_at(session, member, f"{NEW}:{manuscript_id}" if manuscript_id else NEW).files
    return Filling(offices, verdict, manuscript, [*there, *waiting])


def _files(files: Sequence[Attached], given: Drafted | None) -> list[tuple[Attached, str, bool]]:
    """Each with what was said of it, and whether it is not wanted any more."""
    said = dict(zip(given.file, given.words, strict=False)) if given else {}
    away = given.away if given else ()
    return [
        (one, said.get(one["file"], one.get("words", "")), one["file"] in away) for one in files
    ]


def _shown(session: Session, member: Member, manuscript_id: int) -> Shown:
    manuscript = manuscript_for(session, member, manuscript_id)
    mandate, absent = eyes_on(session, member, manuscript)
    verdict = may_approve(member, mandate, manuscript, absent)
    if manuscript.corrects:
        return Shown(manuscript, None, verdict)
    reach = reach_of(session, manuscript.author, manuscript.audience)
    return Shown(manuscript, reach, verdict)


def _changes(manuscript: Manuscript) -> list[Piece]:
    """From what is announced now."""
    corrected = manuscript.corrects
    return difference(corrected.text, manuscript.text) if corrected else []


def _written(tx: Transaction, member: Member, given: Drafted) -> Manuscript:
    if given.mandate is None or not given.key:
        raise Invalid(_("Say in whose name it is."))
    typed = _sound(tx, member, given, [])
    return actions.write(tx, member, given.mandate, *typed, key=given.key, along=given.along)


def _rewritten(tx: Transaction, member: Member, manuscript_id: int, given: Drafted) -> Manuscript:
    there = manuscript_for(tx, member, manuscript_id).attachments
    typed = _sound(tx, member, given, there)
    return actions.rewrite(
        tx, member, manuscript_id, *typed, version=given.version, along=given.along
    )


def _sound(tx: Transaction, member: Member, given: Drafted, there: Sequence[Attached]) -> Typed:
    """`there`: files that hang at it. Raises Misfilled."""
    typed = given.typed(member.zone)
    if len(chosen_for(tx, member, there, given.along)) > MOST:
        raise Misfilled(given=no(TOO_MANY, most=MOST))
    if wrong := wrong_dates(*typed, now(tx)):
        raise Misfilled(**wrong)
    readable(typed.draft)
    return typed


def _on(request: Request, manuscript: Manuscript) -> Response:
    """To what it became, or to itself."""
    if manuscript.became_id:
        to = request.app.url_path_for("announcement", announcement=manuscript.became_id)
        return RedirectResponse(to, 303)
    return _to(request, manuscript.id)


def _to(request: Request, manuscript_id: int) -> Response:
    return RedirectResponse(request.app.url_path_for("manuscript", manuscript=manuscript_id), 303)


def _id(request: Request) -> int:
    number: int = request.path_params["manuscript"]
    return number


routes = [
    Route("/announcements/new", begin, name="new_announcement"),
    Route("/announcements/drafts", index, methods=["GET"], name="manuscripts"),
    Route("/announcements/drafts", write, methods=["POST"]),
    Route("/announcements/drafts/{manuscript:id}", show, methods=["GET"], name="manuscript"),
    Route("/announcements/drafts/{manuscript:id}", rewrite, methods=["POST"]),
    Route("/announcements/drafts/{manuscript:id}/edit", edit, name="edit_manuscript"),
    Route("/announcements/drafts/{manuscript:id}/handing-in", hand_in, methods=["POST"],
          name="hand_in"),
    Route("/announcements/drafts/{manuscript:id}/approval", approve, methods=["POST"],
          name="approve_manuscript"),
    Route("/announcements/drafts/{manuscript:id}/refusal", decline, methods=["POST"],
          name="decline_manuscript"),
    Route("/announcements/drafts/{manuscript:id}/taking-back", take_back, methods=["POST"],
          name="take_back_manuscript"),
    Route("/announcements/drafts/{manuscript:id}/deletion", drop, methods=["POST"],
          name="drop_manuscript"),
]  # fmt: skip
