"""Where the network lets no websocket through: the same catch-up over HTTP, as a list of frames."""

from typing import Annotated

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.members.models import Member
from web.doors import glancing
from web.drawing import draw
from web.forms import Form, asked
from web.frames import CaughtUp, Frame, Reset, listed
from web.hub import Hub
from web.ids import Address, Rev
from web.streams import Missed, missed


class From(Form, frozen=True, kw_only=True):
    """As in the command `watch`."""

    stream: Address
    rev: Rev
    epoch: Annotated[str, Meta(max_length=64)]


async def catch_up(request: Request) -> Response:
    fields, hub = asked(request, From), _hub(request)
    found, locale = await glancing(request, _missed, fields.stream, fields.rev)
    told: list[Frame] = []
    if fields.epoch != hub.epoch or found.changes is None:
        told.append(Reset(stream=fields.stream))
    else:
        told += [draw(change, locale) for change in found.changes]
        told.append(CaughtUp(stream=fields.stream, rev=found.rev))
    return Response(listed(told), media_type="application/json")


def _missed(session: Session, member: Member, stream: str, rev: int) -> tuple[Missed, str]:
    return missed(session, member, stream, rev), member.locale


def _hub(request: Request) -> Hub:
    hub: Hub = request.state.hub
    return hub


routes = [Route("/catch-up", catch_up, name="catch_up")]
