"""How fast a member may write by forms: by the same count as what their tabs say."""

from sqlalchemy.orm import Session
from starlette.requests import Request

from community.errors import TooFast
from community.members.models import Member
from community.words import _
from web.doors import glancing
from web.limits import Sends

FORUM = 0  # all of it is as one channel; no other has this number


async def not_too_fast(request: Request, channel: int = FORUM) -> None:
    """Raises TooFast."""
    sends: Sends = request.state.sends
    if wait := sends.take(await glancing(request, _asking), channel):
        raise TooFast(_("A little slower, please"), retry_after=wait)


def _asking(_session: Session, member: Member) -> int:
    return member.id
