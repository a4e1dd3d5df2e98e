"""The doors to channels: the list, the talk, to say something. One message: web/messages.py."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from channels import actions
from channels.events import MessageChanged
from channels.listing import channel_list
from channels.policies import may_speak
from channels.queries import Room, room_for
from channels.saying import Said
from community.database import Transaction
from community.errors import NotFound, Refusal, SignedOut
from community.members.models import Member
from community.places import Lens
from community.text import plain
from community.words import _
from web.doors import Seen, acting, looking, noting
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.frames import Ack, Refused, listed
from web.hub import Hub
from web.ids import Id, Key, MaybeLine, Rev, Words
from web.pacing import not_too_fast
from web.pages import locale_of, page


class Say(Form, frozen=True, kw_only=True):
    body: Words
    key: Key
    mandate: Id | None = None
    by: Id | None = None  # who wrote it: somebody else may have signed in since in that browser


class Read(Form, frozen=True, kw_only=True):
    seq: Rev


class Through(Form, frozen=True, kw_only=True):
    """The lens of a list."""

    region: MaybeLine = ""
    cluster: MaybeLine = ""
    theme: MaybeLine = ""


class Where(Form, frozen=True, kw_only=True):
    before: Rev = 0


async def index(request: Request) -> Response:
    through = asked(request, Through)
    lens = Lens.read({"region": through.region, "cluster": through.cluster, "theme": through.theme})
    seen = await looking(request, channel_list, lens)
    return page(request, "channels/index.html", seen, lens=lens, plain=plain, narrowed=_narrowed)


async def show(request: Request) -> Response:
    before = asked(request, Where).before
    seen = await looking(request, room_for, request.path_params["channel"], before)
    return _room(request, seen, before=before)


async def say(request: Request) -> Response:
    """The same action for browsers without JavaScript, and for those whose network has no sockets:
    those ask for frames."""
    fields, channel = await filled_in(request, Say), request.path_params["channel"]
    frames_asked = "application/json" in request.headers.get("accept", "")
    try:
        await not_too_fast(request, channel)
        said = await acting(
            request, _said_by, fields.by, channel, fields.body, key=fields.key,
            mandate_id=fields.mandate,
        )  # fmt: skip
    except (NotFound, SignedOut):
        raise
    except Refusal as refusal:
        seen = await looking(request, room_for, channel)
        if frames_asked:
            told = Refused.of(refusal, locale_of(request, seen), key=fields.key)
            return refused(Response(listed([told]), media_type="application/json"), refusal)
        return _room(request, seen, refusal=refusal, draft=fields.body)
    if frames_asked:
        ack = Ack(key=fields.key, seq=said.seq, rev=said.rev)
        return Response(listed([ack]), media_type="application/json")
    return _to_channel(request, channel)


def _said_by(
    tx: Transaction, member: Member, /, by: int | None, channel: int, body: str, **more: Any
) -> Said:
    if by not in {None, member.id}:
        raise SignedOut(_("Please sign in."))
    return actions.say(tx, member, channel, body, **more)


async def read(request: Request) -> Response:
    fields, channel = await filled_in(request, Read), request.path_params["channel"]
    await noting(request, actions.read, channel, fields.seq)
    return _to_channel(request, channel)


def _narrowed(lens: Lens, axis: str, code: str) -> str:
    """The query of the lens with one part changed."""
    query = lens._replace(**{axis: code}).query
    return f"?{urlencode(query)}" if query else ""


def _room(
    request: Request,
    seen: Seen[Room],
    *,
    before: int = 0,
    refusal: Refusal | None = None,
    draft: str = "",
) -> Response:
    assert seen.member
    room = seen.found
    names, count = _present(request, seen.member, room.channel.address)
    shown = page(
        request,
        "channels/show.html",
        seen,
        channel=room.channel,
        name=room.channel.name,
        rev=room.channel.changed_rev,
        messages=[MessageChanged.of(room.channel, one) for one in room.messages],
        before=before,
        may_speak=may_speak(seen.member, room.channel, room.standing),
        key=uuid4().hex,
        present=names,
        present_count=count,
        refusal=refusal,
        draft=draft,
    )
    return refused(shown, refusal)


def _present(request: Request, reader: Member, address: str) -> tuple[dict[int, str], int]:
    """The reader is about to be here."""
    hub: Hub = request.state.hub
    names, count = hub.presence.who(address)
    return names | {reader.id: reader.name}, count + (reader.id not in names)


def _to_channel(request: Request, channel: int) -> Response:
    return RedirectResponse(request.app.url_path_for("channel", channel=channel), 303)


routes = [
    Route("/channels", index, name="channels"),
    Route("/channels/{channel:id}", show, name="channel"),
    Route("/channels/{channel:id}/messages", say, methods=["POST"], name="say"),
    Route("/channels/{channel:id}/reading", read, methods=["POST"], name="read_channel"),
]
