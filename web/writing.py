"""Where members write: one composer for topics, replies and edits, with its drafts and preview."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from msgspec.structs import replace
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from community.errors import Conflict, Denied, Invalid, NotFound, Refusal, SignedOut
from community.members.models import Member
from community.members.policies import may_write
from community.organisations.models import Mandate
from community.organisations.queries import mandates_held
from community.places import Cluster, Lens, Theme, provinces, regencies_of
from community.policies import Verdict
from community.text import written
from community.words import _
from forum.categories import Category, categories_listed
from forum.drafts import ChangedElsewhere, Draft, draft_of, join_draft, keep_draft
from forum.quotes import quote_of
from forum.tags import read_tags, tags_in_use
from forum.topics.models import Aim, Filed, Post, Topic
from forum.topics.policies import may_change, may_reply, may_start
from forum.topics.queries import post_for, topic_for
from web.doors import acting, looking, noting
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import Id, Key, MaybeLine, MaybeWords, Rev, Ticked
from web.mentioning import Place, must_be_said, reach_of
from web.pages import page, why


class Writing(Form, frozen=True, kw_only=True):
    """What the composer sends, wherever it stands: its buttons lead to different doors."""

    place: Place
    title: MaybeLine = ""
    body: MaybeWords = ""
    reason: MaybeLine = ""  # of an edit
    key: Key | None = None
    mandate: Id | None = None
    category: Id | None = None
    aim: Aim = Aim.DISCUSSION
    tag: list[MaybeLine] = []
    region: str = ""
    cluster: str = ""
    theme: str = ""
    version: Rev = 0  # of the draft it goes on from
    join: Ticked = ""  # with the draft that was kept elsewhere
    reach: Rev = 0  # so many people its groups reach, as its author was told

    @property
    def said(self) -> str:
        if not self.body.strip():
            raise Invalid(_("Please write something first."))
        return self.body

    @property
    def titled(self) -> str:
        if not self.title.strip():
            raise Invalid(_("Please give the topic a title."))
        return self.title.strip()

    @property
    def chosen(self) -> int:
        if self.category is None:
            raise Invalid(_("Please choose a category."))
        return self.category

    @property
    def lens(self) -> Lens:
        return Lens.read({"region": self.region, "cluster": self.cluster, "theme": self.theme})

    @property
    def filed(self) -> Filed:
        return Filed(self.aim, tuple(read_tags(self.tag)))

    @property
    def keyed(self) -> str:
        if self.key is None:
            raise Invalid(_("Something in the form is not right."))
        return self.key


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
    draft: Draft | None = None
    categories: Sequence[Category] = ()
    tags: Sequence[str] = ()  # in use, for a new topic

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


def desk_for(session: Session, member: Member, place: str) -> Desk:
    """Raises NotFound where the member sees nothing to write at."""
    kind, _colon, number = place.partition(":")
    draft = draft_of(session, member, place)
    match kind:
        case "new":
            open_ones = [c for c in categories_listed(session, member) if may_start(member, c)]
            return Desk(place, may_write(member), mandates=mandates_held(session, member),
                        draft=draft, categories=open_ones,
                        tags=tags_in_use(session, member))  # fmt: skip
        case "topic":
            topic = topic_for(session, member, int(number))
            may = may_reply(member, topic)
            return Desk(place, may, topic, mandates=mandates_held(session, member), draft=draft)
        case "reply":
            post = post_for(session, member, int(number))
            may = may_reply(member, post.topic)
            return Desk(place, may, post.topic, post, mandates_held(session, member), draft)
        case "post":
            post = post_for(session, member, int(number))
            return Desk(place, may_change(member, post), post.topic, post, draft=draft)
        case _:
            raise NotFound


def first_words(desk: Desk, quote: str = "") -> Writing:
    """What stands in the composer when it is opened: the draft, or what is edited, for who may; and
    below it what was to be quoted."""
    body = desk.post.body if desk.may and desk.post and desk.place.startswith("post:") else ""
    title = desk.draft.title if desk.draft else ""
    body = desk.draft.body if desk.draft else body
    if quote not in body:
        body = f"{body.rstrip()}\n\n{quote}".lstrip()
    version = desk.draft.version if desk.draft else 0
    return Writing(place=desk.place, title=title, body=body, key=uuid4().hex, version=version)


async def write_at(request: Request, place: str) -> Response:
    """The page of a composer of its own."""
    wanted = asked(request, Quoting).quote
    seen = await looking(request, desk_for, place)
    desk = seen.found
    quote = quote_of(desk.post) if wanted and desk.may and desk.post else ""
    shown = composer(desk, first_words(desk, quote))
    return page(request, "forum/writing.html", seen, **shown, **_choices(seen))


async def again(request: Request, writing: Writing, refusal: Refusal) -> Response:
    """What was written stands there still, with the reason above it."""
    if isinstance(refusal, SignedOut):
        raise refusal
    seen = await looking(request, desk_for, writing.place)
    error, reach = why(request, seen, refusal), refusal.values.get("people", writing.reach)
    shown = composer(seen.found, writing) | {"error": error, "reach": reach}
    if isinstance(refusal, ChangedElsewhere):
        shown["other"] = refusal.values
    return refused(page(request, "forum/writing.html", seen, **shown, **_choices(seen)), refusal)


REFUSED = (Invalid, Denied, Conflict)  # what again() explains


def place_of(post: Post) -> str:
    return f"/topics/{post.stream_id}?at={post.seq}#post-{post.id}"


async def write(
    request: Request,
    store: Callable[[Writing], Awaitable[Post]],
    place: Callable[[Post], str] = place_of,
) -> Response:
    """What the composer sent is stored, and shown in its place; if refused, in the composer."""
    writing = await filled_in(request, Writing)
    try:
        must_be_said(await _reach_of(request, writing), writing.reach)
        post = await store(writing)
    except REFUSED as refusal:
        return await again(request, writing, refusal)
    return RedirectResponse(place(post), 303)


async def answer(request: Request, action: Callable[..., Post], about: int) -> Response:
    """A reply to the topic or to the post of this id, as the action has it."""
    return await write(
        request,
        lambda writing: acting(
            request, action, about, writing.said, key=writing.keyed, mandate_id=writing.mandate
        ),
    )


async def preview(request: Request) -> Response:
    writing = await filled_in(request, Writing)
    seen = await looking(request, desk_for, writing.place)
    try:
        drawn = (await asyncio.to_thread(written, writing.said)).html
        reach = await _reach_of(request, writing)
    except Invalid as refusal:
        return await again(request, writing, refusal)
    shown = composer(seen.found, writing) | {"preview": drawn, "reach": reach}
    return page(request, "forum/writing.html", seen, **shown, **_choices(seen))


async def _reach_of(request: Request, writing: Writing) -> int:
    return await reach_of(request, writing.place, writing.body, writing.category, writing.lens)


async def drafts(request: Request) -> Response:
    """Scripts ask this, too: they are told the version, or what else was kept."""
    writing = await filled_in(request, Writing)
    script = request.headers.get("accept") == "application/json"
    try:
        version = await _keep(request, writing)
    except ChangedElsewhere as changed:
        if script:
            return JSONResponse(changed.values, 409)
        kept = replace(writing, version=changed.values["version"])
        return await again(request, kept, changed)
    return (
        JSONResponse({"version": version})
        if script
        else RedirectResponse(_where(writing.place), 303)
    )


async def _keep(request: Request, writing: Writing) -> int:
    told = (writing.place, writing.title, writing.body)
    if writing.join:
        return await noting(request, join_draft, *told)
    return await noting(request, keep_draft, *told, writing.version)


def composer(desk: Desk, writing: Writing | None = None) -> dict[str, Any]:
    """What forum/composer.html draws from."""
    given = writing or first_words(desk)
    return {"desk": desk, "writing": given, "error": "", "preview": "", "reach": 0,
            "other": None, "where": _where(desk.place),
            "key": given.key or uuid4().hex}  # fmt: skip


def _choices(seen: Any) -> dict[str, Any]:
    """Of a place for a new topic: provinces, and the regencies of the member's own."""
    near = regencies_of(seen.member.region[:2]) if seen.member.region else {}
    return {"regions": {**provinces(), **near}, "clusters": list(Cluster), "themes": list(Theme)}


def _where(place: str) -> str:
    kind, _colon, number = place.partition(":")
    return {
        "new": "/topics/new",
        "topic": f"/topics/{number}#reply",
        "reply": f"/posts/{number}/reply",
        "post": f"/posts/{number}/edit",
    }[kind]


routes = [
    Route("/preview", preview, methods=["POST"], name="preview"),
    Route("/drafts", drafts, methods=["POST"], name="drafts"),
]
