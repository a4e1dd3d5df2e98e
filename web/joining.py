"""The doors to an account: asking to join, a forgotten password, and the links that letters bring.
Joining ends in web/confirming.py.

A link is opened by GET, which changes nothing, and used by POST: programs that look into mails
open links, too (Discourse CVE-2019-1020018).
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from msgspec import Meta
from msgspec.structs import asdict
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community import accounts, joining
from community.addresses import canonical
from community.errors import Conflict, Denied, Invalid, Refusal, TooFast
from community.guardians import TooYoung, year_in
from community.invitations.models import Held, Invitation, held_in
from community.invitations.queries import OVER, good_invitation
from community.joining import Application
from community.members.queries import member_with_email
from community.passwords import LONGEST, Passwords
from community.places import CLUSTER_NAMES, Cluster, Lens, provinces, regencies_of
from community.policies import require
from community.tickets import Purpose, Ticket, id_in, link_for
from community.words import _
from web.attempts import asking_by, attempts_of, is_known
from web.doors import Seen, asking, database_of, nothing_more, settings_of, visiting
from web.elsewhere import confirmed_elsewhere
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import MaybeLine
from web.looks import remember_young, young_before
from web.pages import page, why
from web.post import mail_folder
from web.sign_ins import let_in
from web.words import locale_of

T = TypeVar("T")
Find = Callable[[Session, str | None], Ticket]

REFUSED = (Denied, Invalid)  # what the form is shown again for


class By(Form, frozen=True, kw_only=True):
    """An invitation, by its link."""

    invitation: Annotated[str, Meta(max_length=200)] = ""


class Described(Form, frozen=True, kw_only=True):
    """What who joins says of themself."""

    region: Annotated[str, Meta(max_length=5)] = ""
    clusters: list[Cluster] = []
    about: MaybeLine = ""

    @property
    def place(self) -> str:
        """Raises Invalid for one that does not exist."""
        return Lens.read({"region": self.region}).region

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.clusters))


class Joined(Described, frozen=True, kw_only=True):
    """What is empty or misspelled is said on the form."""

    invitation: Annotated[str, Meta(max_length=200)] = ""
    email: Annotated[str, Meta(max_length=320)] = ""
    name: Annotated[str, Meta(max_length=60)] = ""
    born: Annotated[str, Meta(max_length=20)] = ""
    guardian: Annotated[str, Meta(max_length=320)] = ""

    def application(self, locale: str, invitation: Held | None) -> Application:
        return Application(
            email=self.email,
            name=self.name,
            region=self.place,
            clusters=self.kinds,
            about=self.about,
            born=year_in(self.born),
            locale=locale,
            invitation=invitation,
            guardian=self.guardian,
        )


class Forgotten(Form, frozen=True, kw_only=True):
    email: Annotated[str, Meta(max_length=320)]


class Chosen(Form, frozen=True, kw_only=True):
    password: Annotated[str, Meta(max_length=LONGEST)]


async def enter(request: Request) -> Response:
    try:
        return await _join_form(request, by=asked(request, By).invitation)
    except Conflict as refusal:
        return await over(request, refusal, "join")


async def join(request: Request) -> Response:
    given = await filled_in(request, Joined)
    try:
        await not_too_many(request, Purpose.JOIN)
        application = given.application(locale_of(request), _held(request, given.invitation))
        application = application._replace(
            confirmed=await confirmed_elsewhere(request),
            born=max(application.born, young_before(request)),
        )
        ticket = await asking(request, joining.ask_to_join, application)
    except TooYoung as refusal:
        shown = await _join_form(request, given, refusal, given.invitation)
        remember_young(request, shown, application.born)
        return shown
    except REFUSED as refusal:
        return await _join_form(request, given, refusal, given.invitation)
    except Conflict as refusal:
        return await over(request, refusal, "join")
    return _to_confirm(request, ticket) if ticket else _to_letter(request)


async def forgot(request: Request) -> Response:
    return page(request, "community/forgot.html", await visiting(request, nothing_more), error="")


async def ask_again(request: Request) -> Response:
    given, locale = await filled_in(request, Forgotten), locale_of(request)
    try:
        await _not_forgotten_too_often(request, canonical(given.email))
        await database_of(request).act(accounts.ask_to_reset, given.email, locale)
    except Invalid as refusal:
        seen = await visiting(request, nothing_more)
        error = why(request, seen, refusal)
        return refused(page(request, "community/forgot.html", seen, error=error), refusal)
    return _to_letter(request)


async def letter(request: Request) -> Response:
    """What follows every question above, whoever asked: the answer is in their letter-box."""
    settings = settings_of(request)
    folder = None if settings.smtp_url else mail_folder(settings) if settings.on_loopback else ""
    seen = await visiting(request, nothing_more)
    return page(request, "community/letter.html", seen, folder=folder)


async def reset(request: Request) -> Response:
    """Also while nothing else can be written: an administrator may have to come back in."""
    try:
        seen, ticket_id = await opened(request, accounts.resetting)
        if request.method == "GET":
            return _reset_form(request, seen)
        given = await filled_in(request, Chosen)
        try:
            hash = await hashed(request, given.password, seen.found.address)
        except Denied as refusal:
            return _reset_form(request, seen, refusal)
        member = await database_of(request).act(accounts.reset_by, ticket_id, hash)
    except Conflict as refusal:
        return await over(request, refusal, "forgot")
    return await let_in(request, member, RedirectResponse("/", 303))


async def opened(request: Request, find: Find) -> tuple[Seen[Ticket], str]:
    """The ticket of the link, and its id. Raises Conflict where it is not good any more."""
    id = id_in(settings_of(request).secret(), request.path_params["ticket"])
    seen = await visiting(request, lambda session, _reader: find(session, id))
    return seen, seen.found.id


async def over(request: Request, refusal: Refusal, again: str) -> Response:
    """`again` is the name of the page where one asks for a new link."""
    seen = await visiting(request, nothing_more)
    said = why(request, seen, refusal)
    return page(request, "community/link_over.html", seen, status=410, said_why=said, again=again)


async def hashed(request: Request, password: str, *known: str) -> str:
    """Raises Denied with the reason for a password that would not protect."""
    require(accounts.may_protect(password, *known))
    passwords: Passwords = request.state.passwords
    return await passwords.hash(password)


async def not_too_many(request: Request, purpose: Purpose) -> None:
    """Nobody floods strangers through us, one letter each."""
    if wait := await attempts_of(request).take(asking_by(request, purpose)):
        sentence = _("Too many e-mails were asked for. Please try again later.")
        raise TooFast(sentence, retry_after=wait)


async def _not_forgotten_too_often(request: Request, email: str) -> None:
    """Whoever comes with a browser that the account knows comes back in, whatever was asked for
    from the same network. Looked up for whatever address: nobody else is answered otherwise."""
    member = await database_of(request).look(member_with_email, email)
    if not is_known(request, member):
        await not_too_many(request, Purpose.RESET)


def _reset_form(request: Request, seen: Seen[Ticket], refusal: Denied | None = None) -> Response:
    error = why(request, seen, refusal)
    shown = page(request, "community/password.html", seen, error=error, email=seen.found.address)
    shown.headers["cache-control"] = "private, no-store"  # it holds an address
    return refused(shown, refusal)


async def _join_form(
    request: Request, given: Joined | None = None, refusal: Refusal | None = None, by: str = ""
) -> Response:
    """`by` is the link of an invitation. Raises Conflict where it is over."""
    held = _held(request, by)
    seen = await visiting(request, lambda session, _reader: _invitation_of(session, held))
    shown = page(
        request,
        "community/join.html",
        seen,
        given=_filled(given, seen.found if held and held.by_letter else None),
        by=by,
        error=why(request, seen, refusal),
        **choices(),
    )
    return refused(shown, refusal)


def choices() -> dict[str, Any]:
    """What one chooses from to say where one is and what one makes."""
    return {"provinces": provinces(), "regencies_of": regencies_of, "clusters": CLUSTER_NAMES}


def _held(request: Request, link: str) -> Held | None:
    """Raises Conflict for a link that is none of ours."""
    held = held_in(settings_of(request).secret(), link) if link else None
    if link and held is None:
        raise Conflict(OVER)
    return held


def _invitation_of(session: Session, held: Held | None) -> Invitation | None:
    return good_invitation(session, held.id) if held else None


def _filled(given: Joined | None, known: Invitation | None) -> dict[str, Any]:
    """What stands in the form: what they wrote, or what whoever invited them knew."""
    if given:
        return asdict(given)
    invited = {name: getattr(known, name) if known else "" for name in ("email", "name", "region")}
    return {"about": "", "clusters": (), "born": "", "guardian": ""} | invited


def _to_confirm(request: Request, ticket: Ticket) -> Response:
    link = link_for(settings_of(request).secret(), ticket.id)
    return RedirectResponse(request.app.url_path_for("confirm", ticket=link), 303)


def _to_letter(request: Request) -> Response:
    return RedirectResponse(request.app.url_path_for("letter"), 303)


routes = [
    Route("/join", enter, methods=["GET"], name="join"),
    Route("/join", join, methods=["POST"]),
    Route("/forgot", forgot, methods=["GET"], name="forgot"),
    Route("/forgot", ask_again, methods=["POST"]),
    Route("/reset/{ticket}", reset, methods=["GET", "POST"], name="reset"),
    Route("/letter", letter, name="letter"),
]
