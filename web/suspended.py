"""What is shown to whoever proved who they are, in whatever way, and may not come in for now: where
the one place that makes sign-ins refused (community/members/actions.py)."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from community.errors import Suspended
from community.members.models import Member
from community.restrictions import FOREVER
from moderation.statements import Statement, suspensions_of
from web.appeals import ticket_for
from web.doors import settings_of, visiting
from web.errors import refused
from web.pages import page


async def show(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Suspended)
    member_id, key = refusal.values["member"], settings_of(request).secret()

    def found(session: Session, _reader: Member | None) -> list[tuple[Statement, str]]:
        member = session.get_one(Member, member_id)
        told = suspensions_of(session, member_id)
        return [(one, ticket_for(key, session, member, one.decision)) for one in told]

    seen = await visiting(request, found)
    shown = page(
        request,
        "community/suspended.html",
        seen,
        until=refusal.values["until"],
        forever=refusal.values["until"] >= FOREVER,
    )
    shown.headers["cache-control"] = "private, no-store"  # it quotes what they wrote
    return refused(shown, refusal)


handlers = {Suspended: show}
