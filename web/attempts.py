"""How often a password may be said (ASVS 5.0, 6.1.1): counted by account, network and browser.

Nobody is locked out by what others do elsewhere: an account has a count for each network, and for
each browser that has signed in with its present password. Waits for that end within a minute. What
many networks try together is slowed by what comparing costs (community/passwords.py).
"""

import logging
from collections.abc import Iterator
from hashlib import sha256
from ipaddress import ip_address, ip_network
from math import ceil
from secrets import token_hex
from time import time
from typing import Any, NamedTuple

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from starlette.requests import Request
from starlette.responses import Response

from community.errors import TooFast
from community.factors.actions import is_on_paper
from community.members.models import Member
from community.proofs import prove, proven
from community.settings import Settings
from community.tickets import Purpose
from community.words import _
from web.doors import cookie_name, settings_of
from web.looks import keep_secret

log = logging.getLogger(__name__)

HERE = RateLimitItemPerMinute(5)  # at one account from one network, or from one browser it knows
NETWORK = RateLimitItemPerMinute(300)  # from one: a mobile carrier puts thousands behind it
CODES = RateLimitItemPerHour(30)  # of an app, at one account: one in ten thousand is guessed
EVERYWHERE = RateLimitItemPerHour(60)  # the same, with the browsers that the account knows
LETTERS = RateLimitItemPerHour(200)  # of a purpose, from one network, to whatever addresses

LONG = 90  # seconds; a longer wait is said in minutes
IN_SECONDS = _("That was tried too often. Please try again in %(seconds)s seconds.")
IN_MINUTES = _("That was tried too often. Please try again in %(minutes)s minutes.")

BROWSER = "browser"  # the cookie by which an account knows one

Count = tuple[RateLimitItem, tuple[str, ...]]


class Attempt(NamedTuple):
    """Somebody is about to say a password."""

    account: str  # the address they say, whether it is anybody's or not
    network: str
    browser: str = ""  # its own number, where the account knows it

    def counts(self) -> Iterator[Count]:
        account = sha256(self.account.strip().lower().encode()).hexdigest()
        if self.browser:
            yield HERE, (account, "browser", self.browser)
        else:
            yield HERE, (account, "network", self.network)
            yield NETWORK, (self.network,)


class Step(NamedTuple):
    """Somebody who said the right password is about to say a code. Six digits are few, so that an
    account has a count for all networks together: strangers use half of it at most, and a new
    password begins another one. Codes on paper are too long to be guessed."""

    member_id: int
    password: str  # a mark of it
    network: str
    browser: str
    on_paper: bool

    def counts(self) -> Iterator[Count]:
        account = ("step", str(self.member_id), self.password)
        where = ("browser", self.browser) if self.browser else ("network", self.network)
        yield HERE, (*account, *where)
        if not self.on_paper:
            yield CODES, (*account, self.browser)
            yield EVERYWHERE, account


class Challenging(NamedTuple):
    """Somebody wants something to sign with a passkey, or the way to where they have an account.
    What pages ask for by themselves is counted apart: looking at them keeps nobody out."""

    kind: str
    who: str

    def counts(self) -> Iterator[Count]:
        yield NETWORK, (self.kind, self.who)


class Asking(NamedTuple):
    """Somebody wants a letter to be sent. By purpose: who is behind the same carrier as many that
    forgot a password can join."""

    purpose: Purpose
    network: str

    def counts(self) -> Iterator[Count]:
        yield LETTERS, ("letters", self.purpose, self.network)


Counted = Attempt | Step | Challenging | Asking


class Attempts:
    """Counted in Redis where there is one; in this process alone while it does not answer."""

    def __init__(self, settings: Settings, epoch: str) -> None:
        self._alone = self._shared = MovingWindowRateLimiter(MemoryStorage())
        self._pool: Any = None  # limits' types know no pools
        if not settings.bus_url.startswith("memory"):
            from redis.asyncio import ConnectionPool

            self._pool = ConnectionPool.from_url(settings.bus_url)
            self._shared = MovingWindowRateLimiter(
                RedisStorage(
                    "async+redis://", wrap_exceptions=True, implementation="redispy",
                    key_prefix=f"attempts:{epoch}", connection_pool=self._pool,
                )
            )  # fmt: skip

    async def take(self, attempt: Counted) -> float:
        """0 when they may try now, which is counted; else the seconds until they may."""
        try:
            return await _take(self._shared, attempt)
        except StorageError as error:
            log.warning("attempts are counted here alone: %s", error)
            return await _take(self._alone, attempt)

    async def close(self) -> None:
        if self._pool:
            await self._pool.disconnect()


async def _take(limiter: MovingWindowRateLimiter, attempt: Counted) -> float:
    for item, keys in attempt.counts():
        if not await limiter.hit(item, *keys):
            window = await limiter.get_window_stats(item, *keys)
            return max(1.0, window.reset_time - time())
    return 0


def attempts_of(request: Request) -> Attempts:
    attempts: Attempts = request.state.attempts
    return attempts


async def not_too_often(request: Request, attempt: Counted) -> None:
    """Counts it. Raises TooFast where it has to wait."""
    if wait := await attempts_of(request).take(attempt):
        sentence = IN_SECONDS if wait <= LONG else IN_MINUTES
        minutes = ceil(wait / 60)
        raise TooFast(sentence, retry_after=wait, seconds=ceil(wait), minutes=minutes)


def attempt_by(request: Request, account: str, member: Member | None) -> Attempt:
    known = _browser_of(request, member) if member else None
    return Attempt(account, _network(request), known or "")


def step_by(request: Request, member: Member, code: str) -> Step:
    browser = _browser_of(request, member) or ""
    password = sha256(member.password_hash.encode()).hexdigest()
    return Step(member.id, password, _network(request), browser, is_on_paper(code))


def challenging_by(request: Request) -> Challenging:
    return Challenging("challenges", _network(request))


def offering_by(request: Request) -> Challenging:
    return Challenging("offers", _network(request))


def appealing_by(request: Request) -> Challenging:
    return Challenging("appeals", _network(request))


def verifying_by(request: Request) -> Challenging:
    return Challenging("codes", _network(request))


def proving_as(member: Member) -> Challenging:
    """Once more, inside: whatever network they share."""
    return Challenging("proofs", str(member.id))


def asking_by(request: Request, purpose: Purpose) -> Asking:
    return Asking(purpose, _network(request))


def is_known(request: Request, member: Member | None) -> bool:
    """Whether somebody signed in to the account with this browser, and its present password."""
    return member is not None and _browser_of(request, member) is not None


def know(request: Request, response: Response, member: Member) -> None:
    """From now on the account knows this browser, also when it was signed out."""
    if not _browser_of(request, member):
        secret, number = settings_of(request).secret(), f"{member.id}.{token_hex(16)}"
        keep_secret(request, response, BROWSER, prove(secret, _salt(member), number))


def _network(request: Request) -> str:
    return network_of(request.client.host if request.client else "")


def network_of(host: str) -> str:
    """A /24, or a /64: what one customer of a provider can have at will."""
    try:
        bits = 24 if ip_address(host).version == 4 else 64
    except ValueError:
        return host
    return str(ip_network(f"{host}/{bits}", strict=False))


def _browser_of(request: Request, member: Member) -> str | None:
    shown = request.cookies.get(cookie_name(request, BROWSER), "")
    return proven(settings_of(request).secret(), _salt(member), shown)


def _salt(member: Member) -> str:
    """Another one for each password and each second step: a browser that came in without what is
    asked for now is no acquaintance any more."""
    return f"browser:{member.id}:{member.password_hash}:{member.factors_rev}"
