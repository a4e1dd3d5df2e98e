"""Between the password and the second step: a cookie that opens the page of that step alone.

There is no sign-in yet and nothing in the database; the cookie says whose password was given and
when. It ends within minutes, and with the password.
"""

from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from community.clock import now
from community.errors import SignedOut
from community.members.models import Member
from community.proofs import prove, proven
from community.words import _
from web.doors import cookie_name, database_of, settings_of
from web.looks import keep_secret

HALF = "half"
LASTS = timedelta(minutes=10)


async def half_way(request: Request, member: Member, after: str) -> Response:
    """To the second step, and from there to the address `after`."""
    at = await database_of(request).look(now)
    told = prove(settings_of(request).secret(), _salt(member), f"{member.id}.{at.timestamp():.0f}")
    page = request.app.url_path_for("second_step")
    response = RedirectResponse(f"{page}?{urlencode({'next': after})}", 303)
    keep_secret(request, response, HALF, told, int(LASTS.total_seconds()))
    return response


def half_of(request: Request) -> str:
    return request.cookies.get(cookie_name(request, HALF), "")


def forget_half(request: Request, response: Response) -> None:
    response.delete_cookie(
        cookie_name(request, HALF), secure=settings_of(request).under_tls, httponly=True
    )


def who_is_half_way(session: Session, key: bytes, half: str) -> Member:
    """Raises SignedOut where it is too late, or their password or what they sign in with besides it
    is another one by now."""
    id = half.partition(".")[0]
    member = session.get(Member, int(id)) if id.isdecimal() and len(id) < 18 else None
    told = proven(key, _salt(member), half) if member else None
    if member is None or told is None or _age(session, told) > LASTS:
        raise SignedOut(_("Please sign in."))
    return member


def _age(session: Session, told: str) -> timedelta:
    return timedelta(seconds=now(session).timestamp() - int(told.partition(".")[2]))


def _salt(member: Member) -> str:
    return f"half:{member.id}:{member.password_hash}:{member.factors_rev}"
