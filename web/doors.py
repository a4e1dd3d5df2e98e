"""Every request and every command enters the domain through one of these.

acting, acting_alone   to change something
showing_self           to change what others see of the acting member
proving, proving_alone the same, for what takes a fresh proof of who they are
noting                 to remember what a reader does
asking                 the same, for nobody in particular
leaving                to end sign-ins
looking, visiting      to show a page: for members, for anybody
glancing               to show a part of one
"""

import logging
from collections.abc import Callable
from typing import Concatenate, Generic, NamedTuple, ParamSpec, TypeVar

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from community.database import Database, Transaction
from community.errors import Busy, HeldBack, SignedOut
from community.members.actions import see
from community.members.models import Member, SignIn
from community.members.policies import may_take_part
from community.members.queries import (
    acting_alone_by,
    acting_by,
    days_left,
    leaving_by,
    long_unseen,
    proving_alone_by,
    proving_by,
    sign_in_by,
)
from community.settings import Settings
from community.site import Site, is_read_only, paused, require_writable, site_of
from community.words import _
from web.framing import Counts, Pinned, framing

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
By = Callable[[Transaction, str], Member]  # finds who acts by a token, and holds them


class Seen(NamedTuple, Generic[T]):
    """One consistent picture: who looks, what every page shows, and what was asked for."""

    sign_in: SignIn | None
    site: Site
    counts: Counts
    found: T
    long_unseen: bool = False  # the browser; worth remembering that it is not
    days_left: int = 0  # until powers without a second step rest
    urgent: Pinned | None = None

    @property
    def member(self) -> Member | None:
        return self.sign_in.member if self.sign_in else None


async def acting(
    connection: HTTPConnection,
    action: Callable[Concatenate[Transaction, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """The member is read in the same transaction: a mute works on the next click."""
    return await _acting(connection, _taking_part(acting_by), action, *args, **kwargs)


async def noting(
    connection: HTTPConnection,
    action: Callable[Concatenate[Transaction, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """To remember how far somebody has read and what they began to write. Nobody else sees it, so
    those may, too, who only read."""
    return await _acting(connection, _unless_paused(acting_by), action, *args, **kwargs)


async def acting_alone(
    connection: HTTPConnection,
    action: Callable[Concatenate[Transaction, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """To change the acting member: whatever else they are doing ends first, or sees the change.

    Those may, too, who only read: it is their own account."""
    return await _acting(connection, _unless_paused(acting_alone_by), action, *args, **kwargs)


async def showing_self(
    connection: HTTPConnection,
    action: Callable[Concatenate[Transaction, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """As acting_alone, for what others see of them: who only reads changes nothing of it."""
    return await _acting(connection, _taking_part(acting_alone_by), action, *args, **kwargs)


async def proving(
    connection: HTTPConnection,
    action: Callable[Concatenate[Transaction, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """As acting, for what matters most: whoever sits there proved a moment ago who they are (S25).
    Raises Unproven, of which web/stepping_up.py makes a page that loses nothing."""
    return await _acting(connection, _taking_part(proving_by), action, *args, **kwargs)


async def proving_alone(
    connection: HTTPConnection,
    action: Callable[Concatenate[Transaction, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """The same to change the acting member, who may only read."""
    return await _acting(connection, _unless_paused(proving_alone_by), action, *args, **kwargs)


async def leaving(
    connection: HTTPConnection,
    action: Callable[Concatenate[Transaction, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """To end sign-ins: that can be done even where nothing else can be written."""
    return await _acting(connection, leaving_by, action, *args, **kwargs)


async def asking(
    connection: HTTPConnection,
    action: Callable[Concatenate[Transaction, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """To change something without being anybody: to join, to come back in."""

    def work(tx: Transaction) -> T:
        if is_read_only(tx):
            raise paused()
        return action(tx, *args, **kwargs)

    return await database_of(connection).act(work)


async def glancing(
    connection: HTTPConnection,
    query: Callable[Concatenate[Session, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """What a member asks without a page around it: a tab's socket, a fragment."""
    token = token_of(connection)

    def work(session: Session) -> T:
        return query(session, sign_in_by(session, token).member, *args, **kwargs)

    return await database_of(connection).look(work)


async def looking(
    connection: HTTPConnection,
    query: Callable[Concatenate[Session, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Seen[T]:
    """For members. Raises SignedOut for anybody else."""
    token = token_of(connection)

    def work(session: Session) -> Seen[T]:
        sign_in = sign_in_by(session, token)
        return _seen(session, sign_in, query(session, sign_in.member, *args, **kwargs))

    return await _remembered(connection, await database_of(connection).look(work))


async def visiting(
    connection: HTTPConnection,
    query: Callable[Concatenate[Session, Member | None, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Seen[T]:
    """For anybody; the query is given None for a visitor."""
    token = connection.cookies.get(cookie_name(connection))

    def work(session: Session) -> Seen[T]:
        sign_in = known(session, token)
        found = query(session, sign_in.member if sign_in else None, *args, **kwargs)
        if sign_in is None:
            return Seen(None, site_of(session), Counts(), found)
        return _seen(session, sign_in, found)

    return await _remembered(connection, await database_of(connection).look(work))


def nothing_more(_session: Session, _reader: Member | None) -> None:
    """For a page that shows nothing but its own words."""


def _seen(session: Session, sign_in: SignIn, found: T) -> Seen[T]:
    site, counts, urgent = framing(session, sign_in.member)
    left = days_left(session, sign_in.member)
    return Seen(sign_in, site, counts, found, long_unseen(session, sign_in), left, urgent)


def token_of(connection: HTTPConnection) -> str:
    if token := connection.cookies.get(cookie_name(connection)):
        return token
    raise SignedOut(_("Please sign in."))


def goes_on(connection: HTTPConnection, token: str) -> None:
    """What is asked for the rest of this request is asked with the token it was given anew."""
    connection.cookies[cookie_name(connection)] = token


def cookie_name(connection: HTTPConnection, name: str = "sid") -> str:
    """Under TLS a name that no subdomain can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if settings_of(connection).under_tls else name


def database_of(connection: HTTPConnection) -> Database:
    db: Database = connection.state.db
    return db


def settings_of(connection: HTTPConnection) -> Settings:
    settings: Settings = connection.state.settings
    return settings


async def _acting(
    connection: HTTPConnection,
    by: By,
    action: Callable[Concatenate[Transaction, Member, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    token = token_of(connection)

    def work(tx: Transaction) -> T:
        return action(tx, by(tx, token), *args, **kwargs)

    return await database_of(connection).act(work)


def _taking_part(by: By) -> By:
    def found(tx: Transaction, token: str) -> Member:
        member = _unless_paused(by)(tx, token)
        if refusal := held_back(member):
            raise refusal
        return member

    return found


def held_back(member: Member) -> HeldBack | None:
    """Why they may only read."""
    may = may_take_part(member)
    return None if may else HeldBack(may.reason, **may.values)


def _unless_paused(by: By) -> By:
    def found(tx: Transaction, token: str) -> Member:
        member = by(tx, token)
        require_writable(tx, member)
        return member

    return found


async def _remembered(connection: HTTPConnection, seen: Seen[T]) -> Seen[T]:
    """Looks write nothing, but once in a while that this browser is in use."""
    if seen.sign_in and seen.long_unseen:
        try:
            await database_of(connection).act(see, seen.sign_in.id)
        except Busy as busy:
            log.warning("a sign-in was used, which was not stored: %s", busy)  # the page matters
    return seen


def known(session: Session, token: str | None) -> SignIn | None:
    """None for a visitor."""
    try:
        return sign_in_by(session, token) if token else None
    except SignedOut:
        return None  # a visitor who once was signed in
