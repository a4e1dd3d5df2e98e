"""The doors to channels: the list, the talk, to say something. One message: web/messages.py."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from channels import actions
from channels.events import MessageChanged
from channels.listing import ListedChannel, ListNews, channel_list
from channels.models import ChannelState, ChannelType
from channels.policies import may_speak
from channels.rooms import Place, Room, room_for
from channels.saying import Said
from community.attachments import MOST, Attached, chosen_for
from community.database import Transaction
from community.errors import NotFound, Refusal, SignedOut
from community.members.models import Member
from community.members.queries import hash_of
from community.pictures import MOST as LARGEST
from community.places import Lens
from community.text import plain
from community.words import _
from moderation.before import actions as before
from moderation.before.asking import AskFirst, prints_in
from web.calling import around_in
from web.composing import composed, with_files
from web.doors import Seen, acting, glancing, looking, noting, token_of
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.frames import Ack, Refused, listed
from web.hub import Hub
from web.ids import Id, MaybeLine, Numbers, Rev
from web.messages import place_of
from web.one_look import OneLook
from web.open_lists import Listed
from web.pacing import no_faster_than_a_tab, not_too_fast
from web.pages import fragment, locale_of, page
from web.presence import PresenceTold
from web.talking import Talk, to_come

Axis = Literal["region", "cluster", "theme"]

FAVOURITES, OTHERS, ARCHIVED = "!", "+", "~"  # in place of a code: these folders are of no place


class Read(Form, frozen=True, kw_only=True):
    seq: Rev


class Through(Form, frozen=True, kw_only=True):
    """The lens of a list, and by which part of places it is folded."""

    region: MaybeLine = ""
    cluster: MaybeLine = ""
    theme: MaybeLine = ""
    by: Axis | None = None

    @property
    def lens(self) -> Lens:
        """Raises Invalid for a place that does not exist."""
        return Lens.read({"region": self.region, "cluster": self.cluster, "theme": self.theme})


class News(Through, frozen=True, kw_only=True):
    of: Numbers = ""
    heading: Literal["h2", "h3"] = "h3"


class Where(Form, frozen=True, kw_only=True):
    """As in queries.Place; `parent` is what one is about to answer."""

    before: Rev = 0
    after: Rev = 0
    at: Rev = 0
    since: Rev | None = None
    parent: Id | None = None


async def index(request: Request) -> Response:
    through = asked(request, Through)
    lens = through.lens
    seen = await looking(request, channel_list, lens)
    return page(
        request,
        "channels/index.html",
        seen,
        lens=lens,
        by=through.by,
        folders=_folders(seen.found.listed, through.by),
        plain=plain,
        narrowed=partial(_narrowed, lens, by=through.by),
        folded=partial(_narrowed, lens, "region", lens.region),
    )


async def news(request: Request) -> Response:
    """What a list that is open shows of these channels by now; scripts put it into its place."""
    wanted = asked(request, News)
    ids = {int(id) for id in wanted.of.split(",") if id}
    await no_faster_than_a_tab(request)
    lists: OneLook[Listed, tuple[str, ListNews]] = request.state.lists
    locale, found = await lists.ask(Listed(hash_of(token_of(request)), ids, wanted.lens))
    drawn = fragment(locale, "channels/news.html", found=found, plain=plain, heading=wanted.heading)
    return HTMLResponse(drawn)


async def show(request: Request) -> Response:
    where = asked(request, Where)
    place = Place(where.before, where.after, where.at, where.since)
    seen = await looking(request, room_for, request.path_params["channel"], place)
    return _room(request, seen, parent=where.parent)


async def say(request: Request) -> Response:
    """The same action for browsers without JavaScript, and for those whose network has no sockets:
    those ask for frames."""
    channel = request.path_params["channel"]
    async with composed(request, Talk) as form:
        fields = form.fields
        try:
            await not_too_fast(request, channel)
            fields = await with_files(request, form, to_come(channel, fields.keyed))
            said = await acting(
                request, _said_by, fields.by, channel, fields.body, key=fields.keyed,
                mandate_id=fields.mandate, parent_id=fields.parent, along=fields.along,
                around=around_in(request, channel, fields.body, fields.reach),
                knowing=prints_in(fields.knowing), repeats=request.state.repeats,
            )  # fmt: skip
        except (NotFound, SignedOut):
            raise
        except Refusal as refusal:
            return await _not_said(request, channel, fields, refusal)
    if _frames_asked(request):
        ack = Ack(key=fields.keyed, seq=said.seq, rev=said.rev, held=said.held > 0)
        return Response(listed([ack]), media_type="application/json")
    return _to_channel(request, channel)


def _said_by(
    tx: Transaction, member: Member, /, by: int | None, channel: int, body: str, **more: Any
) -> Said:
    if by not in {None, member.id}:
        raise SignedOut(_("Please sign in."))
    return before.say(tx, member, channel, body, **more)


async def _not_said(request: Request, channel: int, fields: Talk, refusal: Refusal) -> Response:
    """What was written stands there still, with its files."""
    seen = await looking(request, room_for, channel)
    if _frames_asked(request):
        told = Refused.of(refusal, locale_of(request, seen), key=fields.key)
        return refused(Response(listed([told]), media_type="application/json"), refusal)
    files = await glancing(request, chosen_for, (), fields.along)
    return _room(request, seen, refusal=refusal, draft=fields.body, files=files,
                 parent=fields.parent)  # fmt: skip


def _frames_asked(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


async def read(request: Request) -> Response:
    fields, channel = await filled_in(request, Read), request.path_params["channel"]
    await noting(request, actions.read, channel, fields.seq)
    return _to_channel(request, channel)


def _folders(
    listed: Sequence[ListedChannel], by: Axis | None
) -> list[tuple[str, list[ListedChannel]]]:
    """Those the member likes best come first, then one folder a place (its code), or those joined
    and the others; what is archived comes last. In each, those joined come first."""
    folders: dict[str, list[ListedChannel]] = {FAVOURITES: []}
    for one in sorted(listed, key=lambda one: not one.joined):
        code = getattr(one.channel, by) if by else "" if one.joined else OTHERS
        archived = one.channel.state == ChannelState.ARCHIVED
        name = FAVOURITES if one.favourite else ARCHIVED if archived else code
        folders.setdefault(name, []).append(one)
    last = {"": 1, OTHERS: 2, ARCHIVED: 3}
    by_place = sorted(folders.items(), key=lambda item: (last.get(item[0], 0), item[0]))
    return [(name, rows) for name, rows in by_place if rows]


def _narrowed(lens: Lens, axis: str, code: str, by: Axis | None = None) -> str:
    """The query of the lens with one part changed."""
    query = lens._replace(**{axis: code}).query | ({"by": by} if by else {})
    return f"?{urlencode(query)}" if query else ""


def _room(
    request: Request,
    seen: Seen[Room],
    *,
    parent: int | None = None,
    refusal: Refusal | None = None,
    draft: str | None = None,
    files: Sequence[Attached] = (),
) -> Response:
    assert seen.member
    room = seen.found
    messages = [MessageChanged.of(room.channel, one) for one in room.messages]
    shown = page(
        request,
        "channels/thread.html" if room.root else "channels/show.html",
        seen,
        channel=room.channel,
        name=room.name,
        rev=room.channel.changed_rev,
        messages=messages,
        root=MessageChanged.of(room.channel.home, room.root) if room.root else None,
        place=place_of(room.root) if room.root else "",
        answering=next((one for one in messages if one.id == parent), None),
        may_join=room.channel.type == ChannelType.CHANNEL and not room.standing.joined,
        may_speak=may_speak(seen.member, room.channel, room.standing),
        key=uuid4().hex,
        present=_present(request, seen.member, room.channel.address),
        refusal=refusal,
        ask=refusal if isinstance(refusal, AskFirst) else None,
        draft=(room.draft.body if room.draft else "") if draft is None else draft,
        version=room.draft.version if room.draft else 0,
        files=files,
        reach=refusal.values.get("people", 0) if refusal else 0,
        largest_file=LARGEST,
        most_files=MOST,
    )
    return refused(shown, refusal)


def _present(request: Request, reader: Member, address: str) -> PresenceTold:
    """The reader is about to be here."""
    hub: Hub = request.state.hub
    told = hub.presence.who(address)
    return told.joined_by(reader.id, reader.name) if reader.shown_here else told


def _to_channel(request: Request, channel: int) -> Response:
    return RedirectResponse(request.app.url_path_for("channel", channel=channel), 303)


routes = [
    Route("/channels", index, name="channels"),
    Route("/channels/news", news, name="channel_news"),
    Route("/channels/{channel:id}", show, name="channel"),
    Route("/channels/{channel:id}/messages", say, methods=["POST"], name="say"),
    Route("/channels/{channel:id}/reading", read, methods=["POST"], name="read_channel"),
]
