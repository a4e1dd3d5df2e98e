"""No more such mails: by the link in a letter, or by a mail program at one click (RFC 8058).

The address proves that we wrote it to that member, so it works without signing in and is taken from
anywhere (web/guards.py). Looking changes nothing: programs that look into mails open links, too.
"""

from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.database import Transaction
from community.errors import NotFound
from community.members.models import Member
from community.notices.actions import want
from community.notices.models import ALWAYS, NoticeKind, Way
from community.notices.queries import ways_of
from community.notices.words import KIND_NAMES
from community.proofs import prove, proven
from web.doors import asking, nothing_more, settings_of, visiting
from web.guards import UNSUBSCRIBE
from web.pages import page

SALT = "unsubscribe"


def refusal_for(key: bytes, member_id: int, kinds: Collection[str]) -> str:
    """What stands in the link of a letter about these kinds; empty where none may be refused."""
    refusable = ",".join(sorted(set(kinds) - ALWAYS))
    return prove(key, SALT, f"{member_id}:{refusable}") if refusable else ""


async def ask(request: Request) -> Response:
    _member, kinds = _refused(request)
    return await _shown(request, kinds, done=False)


async def act(request: Request) -> Response:
    """Answered by a page, not by the way to one: mail programs follow none."""
    member_id, kinds = _refused(request)
    await asking(request, _no_more_mail, member_id, kinds)
    return await _shown(request, kinds, done=True)


def _no_more_mail(tx: Transaction, member_id: int, kinds: Collection[NoticeKind]) -> None:
    """The bell goes on; what was switched off stays off."""
    member = tx.get(Member, member_id)
    if member is None:
        raise NotFound
    tx.lock(member)
    ways = ways_of(tx, member)
    want(tx, member, {kind: Way.BELL for kind in kinds if ways.get(kind) == Way.MAIL})


def _refused(request: Request) -> tuple[int, list[NoticeKind]]:
    text = proven(settings_of(request).secret(), SALT, request.path_params["proof"])
    if text is None:
        raise NotFound
    member_id, _colon, kinds = text.partition(":")
    return int(member_id), [NoticeKind(kind) for kind in kinds.split(",")]


async def _shown(request: Request, kinds: Collection[NoticeKind], *, done: bool) -> Response:
    seen = await visiting(request, nothing_more)
    names = [KIND_NAMES[kind] for kind in kinds]
    return page(request, "community/unsubscribe.html", seen, names=names, done=done)


routes = [
    Route(f"{UNSUBSCRIBE}{{proof}}", ask, methods=["GET"], name="unsubscribe"),
    Route(f"{UNSUBSCRIBE}{{proof}}", act, methods=["POST"]),
]
