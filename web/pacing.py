"""How fast a member may write by forms: by the same count as what their tabs say."""

from collections import OrderedDict
from time import monotonic

from sqlalchemy.orm import Session
from starlette.requests import Request

from community.errors import TooFast
from community.members.models import Member
from community.members.queries import hash_of
from community.words import _
from web.doors import glancing, token_of
from web.limits import Buckets, Sends

FORUM = 0  # all of it is as one channel; no other has this number
AGAIN = 10.0  # seconds until it is asked again whose a sign-in is
MOST_KNOWN = 50_000  # remembered; whoever was asked about longest ago is asked about again


class Bearers:
    """Whose a sign-in is, as it was found a moment ago. It may have ended since: enough to count
    by, and never to act by."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, tuple[int, float]] = OrderedDict()  # member, until when

    async def who(self, request: Request) -> int:
        """Raises SignedOut."""
        token = hash_of(token_of(request))
        member, until = self._found.get(token, (0, 0.0))
        if until < monotonic():
            self._found.pop(token, None)
            member = await glancing(request, _asking)
            self._found[token] = member, monotonic() + AGAIN
            if len(self._found) > MOST_KNOWN:
                self._found.popitem(last=False)
        return member


async def not_too_fast(request: Request, channel: int = FORUM) -> None:
    """Raises TooFast."""
    sends: Sends = request.state.sends
    bearers: Bearers = request.state.bearers
    if wait := sends.take(await bearers.who(request), channel):
        raise TooFast(_("A little slower, please"), retry_after=wait)


async def no_faster_than_a_tab(request: Request) -> None:
    """For what scripts ask beside their socket, as often as they could by it. Counted by sign-in,
    which nobody has to look for. Raises TooFast."""
    asks: Buckets = request.state.asks
    if wait := asks.take(hash_of(token_of(request))):
        raise TooFast(_("A little slower, please"), retry_after=wait)


def _asking(_session: Session, member: Member) -> int:
    return member.id
