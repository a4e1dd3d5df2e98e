"""The doors through which messages become part of a topic, or are quoted in one, and come back.
Nothing moves before whoever does it has seen what will."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from channels.leaving import (
    MOST,
    TO_UNDO,
    Choice,
    authors_of,
    departure_for,
    left_among,
    left_with,
    may_lead_out,
    may_undo,
    messages_chosen,
    messages_to_choose,
)
from channels.models import Channel, Departure, Message
from channels.queries import channel_for, message_for, standing_in
from channels.quoting import may_quote, quotes_of
from community.clock import now
from community.errors import NotFound, Refusal
from community.members.models import Member
from community.policies import Verdict, require
from forum.arriving.queries import message_behind, post_made_of, posts_read_of
from forum.categories import Category, categories_listed, category_for
from forum.topics.models import Post
from forum.topics.policies import may_reply, may_start
from web.crossings import NewTopic, make_topic, undo_topic
from web.destinations import (
    REFUSED,
    Destination,
    Destined,
    allowed,
    most_first,
    topics_asked_for,
)
from web.doors import Seen, acting, glancing, looking
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import Id, Numbers, Rev
from web.messages import place_of
from web.pacing import no_faster_than_a_tab, not_too_fast
from web.pages import fragment, page, why
from web.writing import Desk, choices, composer, desk_for, first_words


class Wanted(Destined, frozen=True, kw_only=True):
    """Which messages, and where to; `messages` are those that were chosen before."""

    message: list[Id] = []
    messages: Numbers = ""
    before: Rev = 0
    to: Literal["new", "there", "quote"] = "new"

    @property
    def ids(self) -> list[int]:
        return [int(one) for one in self.messages.split(",") if one] or self.message


class Quoted(Form, frozen=True, kw_only=True):
    channel: Id
    messages: Numbers


class Stubs(Form, frozen=True, kw_only=True):
    of: Numbers = ""  # where these messages stood


class Chosen(NamedTuple):
    """`may_lead` and `may_quote` are about the messages that were chosen before; else about the
    member's own."""

    choice: Choice
    categories: Sequence[Category]
    may_lead: Verdict
    may_quote: Verdict

    @property
    def ways(self) -> list[str]:
        """As in Wanted.to: those that are open to the member."""
        may = {
            "new": self.may_lead and self.categories,
            "there": self.may_lead,
            "quote": self.may_quote,
        }
        return [way for way, open in may.items() if open]


class Plan(NamedTuple):
    """What will be part of which topic."""

    channel: Channel
    messages: Sequence[Message]
    destination: Destination

    @property
    def authors(self) -> Sequence[tuple[str, int]]:
        return most_first(message.author.name for message in self.messages)

    @property
    def in_public(self) -> bool:
        there = self.destination.place
        return bool(there and not there.restricted)


class Done(NamedTuple):
    departure: Departure
    messages: int
    post: Post | None  # the first of them, for who may read it
    may_undo: bool
    until: datetime


async def choosing(request: Request) -> Response:
    return await _choosing(request, asked(request, Wanted))


async def preview(request: Request) -> Response:
    """Of several topics that are called so, which one is asked first. For a quote nothing moves, so
    that it leads to the composer at once."""
    wanted = await filled_in(request, Wanted)
    try:
        seen = await looking(request, _planned, _id(request), wanted)
    except REFUSED as refusal:
        return await _choosing(request, wanted, refusal)
    plan = seen.found
    if wanted.to == "quote" and plan.destination.target:
        return _to_composer(plan.destination.target.id, _id(request), wanted)
    return page(request, "channels/topic_preview.html", seen, plan=plan, wanted=wanted)


async def make(request: Request) -> Response:
    wanted = await filled_in(request, Wanted)
    try:
        await not_too_fast(request)
        into = _into(wanted)
        departure = await acting(request, make_topic, _id(request), wanted.ids, into)
    except REFUSED as refusal:
        return await _choosing(request, wanted, refusal)
    return RedirectResponse(f"/departures/{departure.id}", 303)


async def made(request: Request) -> Response:
    seen = await looking(request, _done, request.path_params["departure"])
    return page(request, "channels/departure.html", seen)


async def undo(request: Request) -> Response:
    departure_id = request.path_params["departure"]
    await acting(request, undo_topic, departure_id)
    return RedirectResponse(f"/departures/{departure_id}", 303)


async def titles(request: Request) -> Response:
    """How the topics are called that these messages are part of, of those that the member may see;
    scripts put it into the stubs, which are the same for everybody."""
    await no_faster_than_a_tab(request)
    ids = {int(id) for id in asked(request, Stubs).of.split(",") if id}
    locale, posts = await glancing(request, _made_of, _id(request), ids)
    return HTMLResponse(fragment(locale, "channels/topic_titles.html", posts=posts))


async def origin(request: Request) -> Response:
    """Where a post was said, for who may see that channel."""
    seen = await looking(request, _said_as, request.path_params["post"])
    return RedirectResponse(place_of(seen.found), 303)


async def quote(request: Request) -> Response:
    """The composer of a reply, with what was said in it."""
    wanted, topic_id = asked(request, Quoted), request.path_params["topic"]
    seen = await looking(request, _desk_quoting, topic_id, wanted)
    desk, words = seen.found
    shown = composer(desk, first_words(desk, words if desk.may else ""))
    return page(request, "forum/writing.html", seen, **shown, **choices(seen))


def _into(wanted: Wanted) -> NewTopic | int:
    if wanted.to == "new":
        return NewTopic(wanted.titled, wanted.chosen)
    return wanted.aimed


async def _choosing(request: Request, wanted: Wanted, refusal: Refusal | None = None) -> Response:
    seen: Seen[Chosen] = await looking(request, _choice, _id(request), wanted)
    shown: Mapping[str, Any] = {"wanted": wanted, "error": why(request, seen, refusal)}
    return refused(page(request, "channels/making_topic.html", seen, **shown), refusal)


def _choice(session: Session, member: Member, channel_id: int, wanted: Wanted) -> Chosen:
    choice = messages_to_choose(session, member, channel_id, wanted.before)
    channel, ids = choice.channel, wanted.ids[:MOST]
    authors = (authors_of(session, channel, ids) if ids else None) or {member.id}
    open_ones = [one for one in categories_listed(session, member) if may_start(member, one)]
    return Chosen(
        choice,
        open_ones,
        may_lead=may_lead_out(member, channel, authors, choice.standing),
        may_quote=may_quote(member, channel, authors),
    )


def _planned(session: Session, member: Member, channel_id: int, wanted: Wanted) -> Plan:
    channel = channel_for(session, member, channel_id)
    messages = messages_chosen(session, channel, wanted.ids)
    authors = {message.author_id for message in messages}
    if wanted.to == "quote":
        quotes_of(session, member, channel_id, wanted.ids)
    else:
        standing = standing_in(session, member, channel)
        require(may_lead_out(member, channel, authors, standing))
    if wanted.to == "new":
        _title, category = wanted.titled, category_for(session, member, wanted.chosen)
        require(may_start(member, category))
        return Plan(channel, messages, Destination(category=category))
    found = topics_asked_for(session, member, wanted)
    topics = allowed((topic, may_reply(member, topic)) for topic in found)
    return Plan(channel, messages, Destination(topics))


def _done(session: Session, member: Member, departure_id: int) -> Done:
    departure = departure_for(session, member, departure_id)
    messages = left_with(session, departure)
    try:
        post = post_made_of(session, member, messages[0].id) if messages else None
    except NotFound:
        post = None
    may = bool(may_undo(member, departure, now(session)))
    return Done(departure, len(messages), post, may, departure.left_at + TO_UNDO)


def _made_of(
    session: Session, member: Member, channel_id: int, ids: Collection[int]
) -> tuple[str, Sequence[Post]]:
    left = left_among(session, member, channel_id, ids)
    return member.locale, posts_read_of(session, member, left)


def _said_as(session: Session, member: Member, post_id: int) -> Message:
    return message_for(session, member, message_behind(session, member, post_id))


def _desk_quoting(
    session: Session, member: Member, topic_id: int, wanted: Quoted
) -> tuple[Desk, str]:
    ids = [int(one) for one in wanted.messages.split(",") if one]
    desk = desk_for(session, member, f"topic:{topic_id}")
    return desk, quotes_of(session, member, wanted.channel, ids)


def _to_composer(topic_id: int, channel_id: int, wanted: Wanted) -> Response:
    chosen = ",".join(str(id) for id in wanted.ids)
    there = f"/topics/{topic_id}/quoting?channel={channel_id}&messages={chosen}"
    return RedirectResponse(there, 303)


def _id(request: Request) -> int:
    channel_id: int = request.path_params["channel"]
    return channel_id


routes = [
    Route("/channels/{channel:id}/topic", choosing, methods=["GET"], name="making_topic"),
    Route("/channels/{channel:id}/topic", make, methods=["POST"], name="make_topic"),
    Route("/channels/{channel:id}/topic/preview", preview, methods=["POST"], name="topic_preview"),
    Route("/channels/{channel:id}/topics", titles, name="topic_titles"),
    Route("/departures/{departure:id}", made, name="departure"),
    Route("/departures/{departure:id}/return", undo, methods=["POST"], name="undo_topic"),
    Route("/posts/{post:id}/origin", origin, name="origin"),
    Route("/topics/{topic:id}/quoting", quote, name="quoting"),
]
