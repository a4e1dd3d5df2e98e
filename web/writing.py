"""Where members write: one composer for topics, replies and edits, with its preview."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from msgspec.structs import replace
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from community.attachments import MOST, Attached, Left, chosen_for, left_at
from community.drafts import ChangedElsewhere, Kept, Text
from community.errors import Busy, Conflict, Denied, Invalid, NotFound, Refusal, SignedOut
from community.histories import EditedElsewhere
from community.members.models import Member
from community.members.policies import may_write
from community.mentions import must_be_said
from community.organisations.models import Mandate
from community.organisations.queries import mandates_held
from community.pictures import MOST as LARGEST
from community.places import Cluster, Theme, provinces, regencies_of
from community.policies import Verdict, require
from forum.attachments import enclose
from forum.categories import Category, categories_listed
from forum.discussions import office_of
from forum.holding import HeldPost, may_edit
from forum.quotes import quote_of
from forum.replying import Replied
from forum.similar import similar_to
from forum.tags import tags_in_use
from forum.topics.models import Post, Topic
from forum.topics.policies import may_answer, may_reply, may_start
from forum.topics.queries import post_for, topic_going_on
from moderation.before.asking import AskFirst, prints_in
from web.composing import Writing, begun, composed, scripted, with_files
from web.doors import looking, token_of
from web.errors import refused
from web.forms import Form, asked
from web.ids import MaybeLine, Ticked
from web.mentioning import reach_of, shown_in
from web.pacing import not_too_fast
from web.pages import page, why
from web.replying import Replies, Reply

P = TypeVar("P", Post, Replied, Post | HeldPost)  # that was written


class Quoting(Form, frozen=True, kw_only=True):
    quote: Ticked = ""  # the post that is answered
    category: MaybeLine = ""  # where a new topic is to be


class Desk(NamedTuple):
    """What somebody writes at: what it is about, and what they may choose from."""

    place: str
    may: Verdict
    topic: Topic | None = None
    post: Post | None = None  # that is answered or edited
    mandates: Sequence[Mandate] = ()
    left: Left = Left()  # from the last time
    categories: Sequence[Category] = ()
    tags: Sequence[str] = ()  # in use, for a new topic
    similar: Sequence[Topic] = ()  # to the new one

    @property
    def draft(self) -> Kept | None:
        return self.left.draft

    @property
    def there(self) -> Sequence[Attached]:
        """Files that hang at what is edited."""
        return self.post.attachments if self.post and self.place.startswith("post:") else ()

    @property
    def files(self) -> Sequence[Attached]:
        """And that wait."""
        return [*self.there, *self.left.files]

    @property
    def back(self) -> str:
        if self.post:
            return f"/posts/{self.post.id}"
        return f"/topics/{self.topic.id}" if self.topic else "/topics"

    @property
    def action(self) -> str:
        if self.place == "new":
            return "/topics"
        if self.post and self.place.startswith("post:"):
            return f"/posts/{self.post.id}/edit"
        return f"/posts/{self.post.id}/replies" if self.post else f"{self.back}/posts"


def desk_for(session: Session, member: Member, place: str, title: str = "") -> Desk:
    """With that title, if it is a new topic. Raises NotFound where the member sees nothing to write
    at."""
    kind, _colon, number = place.partition(":")
    left = left_at(session, member, place)
    match kind:
        case "new":
            open_ones = [c for c in categories_listed(session, member) if may_start(member, c)]
            title = title or (left.draft.title if left.draft else "")
            return Desk(place, may_write(member), mandates=mandates_held(session, member),
                        left=left, categories=open_ones, tags=tags_in_use(session, member),
                        similar=similar_to(session, member, title))  # fmt: skip
        case "topic":
            topic = topic_going_on(session, member, int(number))
            may = may_reply(member, topic)
            return Desk(place, may, topic, mandates=mandates_held(session, member), left=left)
        case "reply":
            post = post_for(session, member, int(number))
            mandates = mandates_held(session, member)
            may = may_answer(member, post.topic, post, office_of(post.topic, mandates))
            return Desk(place, may, post.topic, post, mandates, left)
        case "post":
            post = post_for(session, member, int(number))
            return Desk(place, may_edit(session, member, post), post.topic, post, left=left)
        case _:
            raise NotFound


def first_words(desk: Desk, quote: str = "") -> Writing:
    """What stands in the composer when it is opened: the draft, or what is edited, for who may; and
    below it what was to be quoted."""
    draft, text = desk.draft, Text("", "")
    if desk.may and desk.post and desk.place.startswith("post:"):
        text = Text("", desk.post.body, {"rev": desk.post.rev})
    if draft:
        text = Text(draft.title, draft.body, draft.about)
    if quote not in text.body:
        text = text._replace(body=f"{text.body.rstrip()}\n\n{quote}".lstrip())
    return begun(desk.place, text, key=uuid4().hex, version=draft.version if draft else 0)


async def write_at(request: Request, place: str) -> Response:
    """The page of a composer of its own."""
    wanted = asked(request, Quoting).quote
    seen = await looking(request, desk_for, place)
    desk = seen.found
    quote = quote_of(desk.post) if wanted and desk.may and desk.post else ""
    shown = composer(desk, first_words(desk, quote))
    return page(request, "forum/writing.html", seen, **shown, **choices(seen))


async def again(request: Request, writing: Writing, refusal: Refusal) -> Response:
    """What was written stands there still, with the reason above it."""
    if isinstance(refusal, SignedOut):
        raise refusal
    if isinstance(refusal, EditedElsewhere):
        writing = replace(writing, rev=refusal.values["rev"])
    seen = await looking(request, desk_for, writing.place, writing.title)
    error, reach = why(request, seen, refusal), refusal.values.get("people", writing.reach)
    shown = composer(seen.found, writing) | {"error": error, "reach": reach}
    shown["ask"] = refusal if isinstance(refusal, AskFirst) else None
    if isinstance(refusal, ChangedElsewhere | EditedElsewhere):
        shown["other"] = refusal.values
    return refused(page(request, "forum/writing.html", seen, **shown, **choices(seen)), refusal)


REFUSED = (Invalid, Denied, Conflict, Busy)  # what again() explains


def place_of(post: Post | Replied) -> str:
    return f"/topics/{post.stream_id}?at={post.seq}#post-{post.id}"


def held_at(topic_id: int) -> str:
    """Where its author sees it wait."""
    return f"/topics/{topic_id}#held-topic:{topic_id}"


def _stands_at(written: Post | Replied | HeldPost, place: Callable[[Any], str]) -> tuple[str, bool]:
    """And whether it waits for a moderator."""
    match written:
        case HeldPost(id=id):
            return f"/held-posts/{id}", True
        case Replied(held=held, stream_id=topic_id) if held:
            return held_at(topic_id), True
    return place(written), False


async def write(
    request: Request,
    store: Callable[[Writing], Awaitable[P]],
    place: Callable[[Any], str] = place_of,
) -> Response:
    """What the composer sent is stored, and shown in its place; if refused, in the composer."""
    async with composed(request, Writing) as form:
        writing = form.fields
        try:
            writing = await with_files(request, form, enclose)
            if writing.join and writing.place.startswith("post:"):
                return await _joined(request, writing)
            await not_too_fast(request)
            must_be_said(await _reach_of(request, writing), writing.reach)
            stored = await store(writing)
        except REFUSED as refusal:
            return await again(request, writing, refusal)
    there, held = _stands_at(stored, place)
    if scripted(request):
        return JSONResponse({"place": there, "held": held})
    return RedirectResponse(there, 303)


async def _joined(request: Request, writing: Writing) -> Response:
    """What the post says by now, and below it what was written: stored when that is sent."""
    seen = await looking(request, desk_for, writing.place)
    desk = seen.found
    require(desk.may)
    assert desk.post
    both = f"{desk.post.body.rstrip()}\n\n{writing.body}"
    shown = composer(desk, replace(writing, body=both, rev=desk.post.rev))
    return page(request, "forum/writing.html", seen, **shown, **choices(seen))


async def answer(
    request: Request, topic_id: int | None = None, parent_id: int | None = None
) -> Response:
    """A reply to the topic, or to the post wherever it stands."""

    async def store(writing: Writing) -> Replied:
        reply = Reply(
            topic_id, parent_id, writing.said, writing.keyed, writing.mandate, writing.along,
            prints_in(writing.knowing),
        )  # fmt: skip
        replies: Replies = request.state.replies
        return await (await replies.take(token_of(request), reply))

    return await write(request, store)


async def preview(request: Request) -> Response:
    async with composed(request, Writing) as form:
        writing = form.fields
        try:
            writing = await with_files(request, form, enclose)
            reach = await _reach_of(request, writing)
            seen = await looking(request, _previewed, writing)
        except REFUSED as refusal:
            return await again(request, writing, refusal)
    desk, drawn, attached = seen.found
    shown = composer(desk, writing) | {"preview": drawn, "attached_then": attached, "reach": reach}
    return page(request, "forum/writing.html", seen, **shown, **choices(seen))


def _previewed(
    session: Session, member: Member, writing: Writing
) -> tuple[Desk, str, Sequence[Attached]]:
    """And how the text and its files will look."""
    desk = desk_for(session, member, writing.place, writing.title)
    place, said = writing.place, writing.said
    drawn = shown_in(session, member, place, said, writing.category, writing.lens)
    return desk, drawn, chosen_for(session, member, desk.there, writing.along)


async def _reach_of(request: Request, writing: Writing) -> int:
    return await reach_of(request, writing.place, writing.body, writing.category, writing.lens)


def composer(desk: Desk, writing: Writing | None = None) -> dict[str, Any]:
    """What forum/composer.html draws from."""
    given = writing or first_words(desk)
    return {"desk": desk, "writing": given, "error": "", "preview": "", "reach": 0,
            "ask": None, "other": None, "where": where(desk.place), "most_files": MOST,
            "largest_file": LARGEST, "attached_then": (), "files": _files(desk, given),
            "key": given.key or uuid4().hex}  # fmt: skip


def _files(desk: Desk, writing: Writing) -> list[tuple[Attached, str, bool]]:
    """Each with what was said of it, and whether it is not wanted any more."""
    said = dict(zip(writing.file, writing.words, strict=False))
    return [
        (one, said.get(one["file"], one.get("words", "")), one["file"] in writing.away)
        for one in desk.files
    ]


def choices(seen: Any) -> dict[str, Any]:
    """Of a place for a new topic: provinces, and the regencies of the member's own."""
    near = regencies_of(seen.member.region[:2]) if seen.member.region else {}
    return {"regions": {**provinces(), **near}, "clusters": list(Cluster), "themes": list(Theme)}


def where(place: str) -> str:
    """One goes on writing there."""
    kind, _colon, number = place.partition(":")
    return {
        "new": "/topics/new",
        "topic": f"/topics/{number}#reply",
        "reply": f"/posts/{number}/reply",
        "post": f"/posts/{number}/edit",
    }[kind]


routes = [Route("/preview", preview, methods=["POST"], name="preview")]
