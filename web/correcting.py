"""The doors by which an office sets right what it published, or withdraws it."""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal, NamedTuple, Self
from uuid import uuid4

from msgspec import Meta
from msgspec.structs import replace
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid, NotFound
from community.members.models import Member
from community.policies import Verdict
from community.words import _
from forum.announcements.models import Announcement, Content
from forum.announcements.policies import may_correct, may_withdraw
from forum.announcements.queries import announcement_for
from forum.manuscripts.correcting import rewrite_correction, withdraw, write_correction
from forum.manuscripts.models import Correction, Manuscript
from forum.manuscripts.policies import may_publish, wrong_correction
from forum.manuscripts.queries import mandate_over, manuscript_for
from web.doors import acting, looking, proving
from web.drafting import Drafted, Minute, Misfilled, day_of, minute_of, readable, ticked
from web.forms import Form, filled_in
from web.ids import Key, MaybeDay, MaybeLine, MaybeWords, Rev, Ticked
from web.pages import page
from web.words import ZONES

Because = Annotated[str, Meta(max_length=1_000, pattern=r"\A[^\0]*\Z")]


class Corrected(Form, frozen=True, kw_only=True):
    """As it was filled in: its wording, why, and who is to read it anew."""

    key: Key = ""
    version: Rev = 0  # of the manuscript that is changed
    of_version: Rev = 0  # of the announcement
    reason: Because = ""
    material: Ticked = ""
    acknowledge_by: Minute = ""
    title: MaybeLine = ""
    body: MaybeWords = ""
    language: Literal["id", "en"] = "id"
    other_title: MaybeLine = ""
    other_body: MaybeWords = ""
    number: Annotated[str, Meta(max_length=60, pattern=r"\A[^\0\r\n]*\Z")] = ""
    valid_from: MaybeDay = ""
    valid_until: MaybeDay = ""

    @classmethod
    def of(cls, one: Content, zone: str) -> Self:
        return cls(
            acknowledge_by=minute_of(one.acknowledge_by, zone), title=one.title, body=one.body,
            language="en" if one.language == "en" else "id", other_title=one.other_title,
            other_body=one.other_body, number=one.number, valid_from=day_of(one.valid_from),
            valid_until=day_of(one.valid_until),
        )  # fmt: skip

    def typed(self, zone: str, announcement: Announcement) -> Correction:
        """Raises Misfilled. A deadline is asked for where somebody is asked again."""
        asked = self.material if announcement.acknowledge_by else ""
        drafted = Drafted(
            title=self.title, body=self.body, language=self.language, number=self.number,
            other_title=self.other_title, other_body=self.other_body, acknowledge=asked,
            acknowledge_by=self.acknowledge_by, valid_from=self.valid_from,
            valid_until=self.valid_until,
        )  # fmt: skip
        draft = drafted.typed(zone).draft
        readable(draft)
        return Correction(draft, self.reason, bool(self.material), self.of_version)


class Withdrawn(Form, frozen=True, kw_only=True):
    version: Rev
    because: Because = ""


class Filling(NamedTuple):
    """What is set right, and whether its reader may."""

    announcement: Announcement
    manuscript: Manuscript | None
    verdict: Verdict


async def begin(request: Request) -> Response:
    return await _form(request, None, {})


async def write(request: Request) -> Response:
    return await _kept(request, await filled_in(request, Corrected), _written)


async def edit(request: Request) -> Response:
    return await _form(request, None, {})


async def rewrite(request: Request) -> Response:
    return await _kept(request, await filled_in(request, Corrected), _rewritten)


async def begin_to_withdraw(request: Request) -> Response:
    seen = await looking(request, _withdrawing, request.path_params["announcement"])
    status = 200 if seen.found.verdict else 403
    return page(request, "forum/announcement_withdrawal.html", seen, status=status)


async def take_back(request: Request) -> Response:
    given, announcement = await filled_in(request, Withdrawn), request.path_params["announcement"]
    await proving(request, withdraw, announcement, given.because, version=given.version)
    to = request.app.url_path_for("announcement", announcement=announcement)
    return RedirectResponse(to, 303)


async def _kept(
    request: Request,
    given: Corrected,
    action: Callable[[Transaction, Member, int, Corrected], Manuscript],
) -> Response:
    """What was typed comes back with what is wrong, also where somebody else was quicker: their
    words are not written over before they are read."""
    try:
        manuscript = await acting(request, action, _id(request), given)
    except Misfilled as wrong:
        return await _form(request, given, wrong.errors)
    except Conflict as conflict:
        return await _form(request, given, {}, conflict)
    to = request.app.url_path_for("manuscript", manuscript=manuscript.id)
    return RedirectResponse(to, 303)


async def _form(
    request: Request, given: Corrected | None, errors: Mapping[str, Verdict],
    conflict: Conflict | None = None,
) -> Response:  # fmt: skip
    anew = "announcement" in request.path_params
    seen = await looking(request, _correcting if anew else _going_on, _id(request))
    assert seen.member
    if given is None:
        given = _filled(seen.found, seen.member.zone)
    elif conflict:
        given = replace(given, **_versions(seen.found))
    status = 409 if conflict else 422 if errors else 200 if seen.found.verdict else 403
    return page(
        request, "forum/correction_form.html", seen, status=status, given=given, errors=errors,
        conflict=conflict, key=given.key or uuid4().hex, zones=ZONES,
    )  # fmt: skip


def _filled(filling: Filling, zone: str) -> Corrected:
    """As it would be filled in for what is stored."""
    given = Corrected.of(filling.manuscript or filling.announcement, zone)
    given = replace(given, **_versions(filling))
    if one := filling.manuscript:
        return replace(given, reason=one.reason, material=ticked(one.material))
    return given


def _versions(filling: Filling) -> dict[str, int]:
    version = filling.manuscript.version if filling.manuscript else 0
    return {"of_version": filling.announcement.version, "version": version}


def _correcting(session: Session, member: Member, announcement_id: int) -> Filling:
    announcement = announcement_for(session, member, announcement_id).announcement
    verdict = may_publish(member, mandate_over(session, member, announcement))
    return Filling(announcement, None, may_correct(announcement) if verdict else verdict)


def _going_on(session: Session, member: Member, manuscript_id: int) -> Filling:
    manuscript = manuscript_for(session, member, manuscript_id)
    if manuscript.corrects is None:
        raise NotFound
    return Filling(manuscript.corrects, manuscript, may_correct(manuscript.corrects))


def _withdrawing(session: Session, member: Member, announcement_id: int) -> Filling:
    announcement = announcement_for(session, member, announcement_id).announcement
    verdict = may_publish(member, mandate_over(session, member, announcement))
    return Filling(announcement, None, may_withdraw(announcement) if verdict else verdict)


def _written(tx: Transaction, member: Member, announcement_id: int, given: Corrected) -> Manuscript:
    announcement = announcement_for(tx, member, announcement_id).announcement
    if not given.key:
        raise Invalid(_("Something in the form is not right."))
    it = _sound(tx, member, announcement, given)
    return write_correction(tx, member, announcement_id, it, key=given.key)


def _rewritten(tx: Transaction, member: Member, manuscript_id: int, given: Corrected) -> Manuscript:
    announcement = _going_on(tx, member, manuscript_id).announcement
    it = _sound(tx, member, announcement, given)
    return rewrite_correction(tx, member, manuscript_id, it, version=given.version)


def _sound(
    tx: Transaction, member: Member, announcement: Announcement, given: Corrected
) -> Correction:
    """Raises Misfilled."""
    it = given.typed(member.zone, announcement)
    if wrong := wrong_correction(announcement, it, now(tx)):
        raise Misfilled(**wrong)
    return it


def _id(request: Request) -> int:
    """Of the announcement, or of the manuscript."""
    (number,) = request.path_params.values()
    return int(number)


routes = [
    Route("/announcements/{announcement:id}/correction", begin, methods=["GET"], name="correction"),
    Route("/announcements/{announcement:id}/correction", write, methods=["POST"]),
    Route("/announcements/drafts/{correction:id}/correction", edit, methods=["GET"],
          name="edit_correction"),
    Route("/announcements/drafts/{correction:id}/correction", rewrite, methods=["POST"]),
    Route("/announcements/{announcement:id}/withdrawal", begin_to_withdraw, methods=["GET"],
          name="announcement_withdrawal"),
    Route("/announcements/{announcement:id}/withdrawal", take_back, methods=["POST"]),
]  # fmt: skip
