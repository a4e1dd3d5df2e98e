"""The doors to reporting without an account: the form, the link of the letter that proves an
address, what came of it, and another look at that.

Whatever is named, the answer to the form is the same; what could be read there is said to whoever
has proven their address, who could have looked for themself.
"""

from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Conflict, Denied, Invalid, Refusal
from community.members.models import Member
from community.settings import Settings
from community.tickets import Purpose, Ticket, id_in, link_for
from community.words import _
from moderation.outsiders import (
    MOST,
    Told,
    answers_for,
    ask_again,
    ask_to_report,
    confirming,
    report_by,
)
from moderation.reasons import Reason, all_reasons, reasons_given
from web.appeals import Asked
from web.attempts import appealing_by, not_too_often
from web.doors import Seen, asking, settings_of, visiting
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import Id, MaybeLine, Ticked
from web.joining import not_too_many, over
from web.pages import page, why
from web.words import locale_of

REFUSED = (Denied, Invalid)
NOTE = 4_000  # characters of an explanation

Text = Annotated[str, Meta(max_length=NOTE)]


class About(Form, frozen=True, kw_only=True):
    page: Annotated[str, Meta(max_length=500)] = ""


class Reported(Form, frozen=True, kw_only=True):
    pages: Text = ""
    reason: Annotated[str, Meta(max_length=40)] = ""
    note: Text = ""
    right: Text = ""
    name: MaybeLine = ""
    email: Annotated[str, Meta(max_length=320)] = ""
    good_faith: Ticked = ""

    def told(self, settings: Settings, locale: str) -> Told:
        lines = [line for line in map(str.strip, self.pages.splitlines()) if line]
        return Told(
            pages=tuple(dict.fromkeys(_ours(line, settings) for line in lines)),
            reason=self.reason,
            note=self.note,
            email=self.email,
            locale=locale,
            name=self.name.strip(),
            right=self.right,
            good_faith=bool(self.good_faith),
        )


def _ours(line: str, settings: Settings) -> str:
    """The path of a page of this site. Raises Invalid."""
    try:
        at, home = urlsplit(line), urlsplit(settings.public_url)
    except ValueError:  # "http://[::1"
        at = home = urlsplit("")
    bare = not at.scheme and not at.netloc and line.startswith("/")
    if not bare and (not at.netloc or at.netloc.lower() != home.netloc):
        raise Invalid(_("“%(line)s” is no page of this site."), line=line[:80])
    return f"{at.path}#{at.fragment}" if at.fragment else at.path


class AskedAgain(Asked, frozen=True, kw_only=True):
    flag: Id


async def form(request: Request) -> Response:
    return await _form(request, Reported(pages=asked(request, About).page))


async def report(request: Request) -> Response:
    given = await filled_in(request, Reported)
    try:
        told = given.told(settings_of(request), locale_of(request))
        await not_too_many(request, Purpose.REPORT)
        await asking(request, ask_to_report, told)
    except REFUSED as refusal:
        return await _form(request, given, refusal)
    return RedirectResponse(request.app.url_path_for("letter"), 303)


async def confirm(request: Request) -> Response:
    """What somebody told with this address, for whoever has it: they confirm that it was them."""
    try:
        seen = await _opened(request)
        if request.method == "GET":
            return _for_them_alone(page(request, "moderation/report_confirm.html", seen))
        notifier = await asking(request, report_by, seen.found[0].id)
    except Conflict as refusal:
        return await over(request, refusal, "report")
    link = link_for(settings_of(request).secret(), notifier.id)
    return RedirectResponse(request.app.url_path_for("reported", notifier=link), 303)


async def reported(request: Request) -> Response:
    return await _reported(request)


async def appeal(request: Request) -> Response:
    """Another look at what was decided, by whoever holds the link of a letter of ours."""
    given, notifier = await filled_in(request, AskedAgain), _notifier_in(request)
    await not_too_often(request, appealing_by(request))
    try:
        made = await asking(request, ask_again, notifier, given.flag, given.words)
    except (*REFUSED, Conflict) as refusal:
        return await _reported(request, given, refusal)
    here = request.scope["path"].removesuffix("/appeal")
    return RedirectResponse(f"{here}#another-look-{made.decision_id}", 303)


async def _reported(
    request: Request, given: AskedAgain | None = None, refusal: Refusal | None = None
) -> Response:
    """With why it was not taken, below the report it is about."""
    id = _notifier_in(request)
    try:
        seen = await visiting(request, lambda session, _reader: answers_for(session, id))
    except Conflict as unknown:
        return await over(request, unknown, "report")
    link = request.path_params["notifier"]
    shown = page(request, "moderation/reported_outside.html", seen, link=link, asked=given,
                 refused=refusal)  # fmt: skip
    return _for_them_alone(refused(shown, refusal))


def _notifier_in(request: Request) -> str | None:
    return id_in(settings_of(request).secret(), request.path_params["notifier"])


async def _opened(request: Request) -> Seen[tuple[Ticket, dict[str, Reason]]]:
    """Raises Conflict where the link is not good any more."""
    id = id_in(settings_of(request).secret(), request.path_params["ticket"])
    return await visiting(
        request, lambda session, _reader: (confirming(session, id), all_reasons(session))
    )


async def _form(request: Request, given: Reported, refusal: Refusal | None = None) -> Response:
    seen = await visiting(request, _reasons)
    shown = page(request, "moderation/report.html", seen, given=given, most=NOTE, most_pages=MOST,
                 error=why(request, seen, refusal))  # fmt: skip
    return refused(shown, refusal)


def _for_them_alone(shown: Response) -> Response:
    shown.headers["cache-control"] = "private, no-store"
    shown.headers["referrer-policy"] = "no-referrer"  # the address itself opens it
    shown.headers["x-robots-tag"] = "noindex"
    return shown


def _reasons(session: Session, _reader: Member | None) -> list[Reason]:
    return list(reasons_given(session))


routes = [
    Route("/report", form, methods=["GET"], name="report"),
    Route("/report", report, methods=["POST"]),
    Route("/report/{ticket}", confirm, methods=["GET", "POST"], name="confirm_report"),
    Route("/reported/{notifier}", reported, name="reported"),
    Route("/reported/{notifier}/appeal", appeal, methods=["POST"], name="appeal_by_notice"),
]
