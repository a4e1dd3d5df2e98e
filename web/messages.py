"""The doors to one message: its page with what a member may do, edit, withdrawal."""

from contextlib import suppress
from typing import NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from channels import actions, reading
from channels.events import MessageChanged
from channels.holding import may_edit
from channels.leaving import may_lead_out
from channels.models import Message
from channels.pinning import may_pin
from channels.policies import may_bring_back, may_speak, may_withdraw
from channels.queries import ShownMessage, message_shown, unread_messages
from channels.quoting import may_quote
from channels.reactions import may_react, reactions_to
from channels.threads import may_begin
from community.errors import NotFound, Refusal, SignedOut
from community.histories import EditedElsewhere
from community.members.models import Member
from community.policies import Verdict
from community.reactions import Reactions
from forum.arriving.queries import post_made_of
from moderation.before import actions as before
from moderation.before.asking import AskFirst, prints_in
from moderation.muting import may_see_mutes
from web import writing
from web.calling import around_message
from web.doors import Seen, acting, glancing, looking, noting, visiting
from web.errors import refused
from web.forms import Form, filled_in
from web.ids import FileId, Knowing, MaybeWords, Rev, Ticked
from web.pages import fragment, page


class Edit(Form, frozen=True, kw_only=True):
    body: MaybeWords = ""
    away: list[FileId] = []  # files that are not wanted any more
    reach: Rev = 0  # so many people its groups reach, as its author was told
    knowing: Knowing = ""  # what they were asked about and say all the same
    rev: Rev | None = None  # of the message as it was when its author began
    join: Ticked = ""  # with what it says by now


class MessagePage(NamedTuple):
    shown: ShownMessage
    reactions: Reactions
    may_change: Verdict


async def show(request: Request) -> Response:
    """Where it became part of a topic, its post, for who may see that."""
    message_id = request.path_params["message"]
    seen = await looking(request, _shown, message_id)
    if seen.found.shown.message.gone == "moved":
        with suppress(NotFound):
            post = (await visiting(request, post_made_of, message_id)).found
            return RedirectResponse(writing.place_of(post), 303)
    return _page(request, seen)


async def edit(request: Request) -> Response:
    """Where it was changed elsewhere meanwhile, its author chooses between both texts, or joins
    them: then both stand in the form, and are stored when they are sent."""
    fields, id = await filled_in(request, Edit), request.path_params["message"]
    if fields.join:
        seen = await looking(request, _shown, id)
        both = f"{seen.found.shown.message.body.rstrip()}\n\n{fields.body}"
        return _page(request, seen, draft=both)
    try:
        away = frozenset(fields.away)
        around = await around_message(request, id, fields.body, fields.reach)
        edited = await acting(
            request, before.edit_message, id, fields.body, away=away, around=around,
            began=fields.rev, knowing=prints_in(fields.knowing),
        )  # fmt: skip
    except (NotFound, SignedOut):
        raise
    except Refusal as refusal:
        seen = await looking(request, _shown, id)
        return _page(request, seen, refusal=refusal, draft=fields.body, rev=fields.rev)
    return to(edited)


async def withdraw(request: Request) -> Response:
    return to(await acting(request, actions.withdraw, request.path_params["message"]))


async def bring_back(request: Request) -> Response:
    return to(await acting(request, actions.bring_back, request.path_params["message"]))


async def mark_unread(request: Request) -> Response:
    """Away from the channel: who stays there has read it again."""
    await noting(request, reading.mark_unread, request.path_params["message"])
    return RedirectResponse(request.app.url_path_for("channels"), 303)


async def unread(request: Request) -> Response:
    """The number alone."""
    locale, count = await glancing(request, _unread)
    return HTMLResponse(fragment(locale, "channels/unread.html", count=count))


def to(message: Message) -> Response:
    return RedirectResponse(place_of(message), 303)


def place_of(message: Message) -> str:
    """In its channel, among what was said around it."""
    return f"/channels/{message.stream_id}?at={message.seq}#message-{message.id}"


def _unread(session: Session, member: Member) -> tuple[str, int]:
    return member.locale, session.scalars(unread_messages(member)).one()


def _shown(session: Session, member: Member, message_id: int) -> MessagePage:
    shown = message_shown(session, member, message_id)
    may = may_edit(session, member, shown.message, shown.standing)
    return MessagePage(shown, reactions_to(session, member, shown.message), may)


def _page(
    request: Request,
    seen: Seen[MessagePage],
    refusal: Refusal | None = None,
    draft: str | None = None,
    rev: int | None = None,
) -> Response:
    """`rev` is that at which the draft began."""
    assert seen.member
    (message, channel, standing), reactions, may_change = seen.found
    other = refusal.values if isinstance(refusal, EditedElsewhere) else {}
    shown = page(
        request,
        "channels/message_page.html",
        seen,
        channel=channel,
        message=message,
        entry=MessageChanged.of(channel, message),
        reactions=reactions,
        place=place_of(message),
        may_mute=may_see_mutes(seen.member, channel, standing)
        and message.author_id != seen.member.id,
        may_begin=may_begin(seen.member, message, standing),
        may_pin=may_pin(seen.member, channel, standing),
        may_bring_back=may_bring_back(seen.member, message, standing),
        may_lead=may_lead_out(seen.member, channel, {message.author_id}, standing),
        may_quote=may_quote(seen.member, channel, {message.author_id}),
        may_answer=may_speak(seen.member, channel, standing),
        may_change=may_change,
        may_withdraw=may_withdraw(seen.member, message),
        may_react=may_react(seen.member, message, standing),
        refusal=refusal,
        ask=refusal if isinstance(refusal, AskFirst) else None,
        reach=refusal.values.get("people", 0) if refusal else 0,
        draft=message.body if draft is None else draft,
        going_on=draft is not None,
        other=other.get("body"),
        rev=other.get("rev", message.rev if rev is None else rev),
    )
    return refused(shown, refusal)


routes = [
    Route("/messages/{message:id}", show, methods=["GET"], name="message"),
    Route("/messages/{message:id}", edit, methods=["POST"]),
    Route("/messages/{message:id}/withdrawal", withdraw, methods=["POST"], name="withdraw_message"),
    Route("/messages/{message:id}/return", bring_back, methods=["POST"],
          name="bring_message_back"),
    Route("/messages/{message:id}/unread", mark_unread, methods=["POST"],
          name="mark_message_unread"),
    Route("/channels/unread", unread, name="unread_channels"),
]  # fmt: skip
