"""The doors to what one has begun to write and not sent, wherever that was."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from channels.drafts import Talk, talks_of
from community.attachments import Attached, let_go, waiting_with
from community.database import Transaction
from community.drafts import Draft, drafts_of, throw_away
from community.members.models import Member
from community.text import plain
from forum.drafts import topics_drafted
from web.doors import glancing, looking, noting
from web.forms import Form, filled_in
from web.ids import Rev
from web.pages import page
from web.writing import where

SHOWN = 200  # characters of a text that are shown where it can be opened

AnyPlace = Annotated[str, Meta(pattern=r"\A(new|(topic|reply|post|channel):[1-9][0-9]{0,17})\Z")]


class Thrown(Form, frozen=True, kw_only=True):
    place: AnyPlace
    version: Rev


class Begun(NamedTuple):
    draft: Draft
    kind: str  # of its place; "thread" beside a channel
    name: str  # of what it is in; empty for a new topic
    href: str  # where one goes on; empty where the member sees nothing any more
    files: Sequence[Attached] = ()  # that wait with it

    @property
    def words(self) -> str:
        """The first of them; all, where there is no other place to read them."""
        return plain(self.draft.body, SHOWN) if self.href else self.draft.body


async def index(request: Request) -> Response:
    return page(request, "community/drafts.html", await looking(request, begun_by), thrown=None)


async def throw(request: Request) -> Response:
    """The page then has it still, for who did not mean it: to be put back, or to be read where the
    member sees its place no more."""
    given = await filled_in(request, Thrown)
    found = await noting(request, _thrown, given.place, given.version)
    if found is None:
        return RedirectResponse(request.app.url_path_for("begun"), 303)
    thrown, files = found
    seen = await looking(request, begun_by)
    (begun,) = await glancing(request, _placed, [thrown])
    begun = begun._replace(files=files)
    back = _door(thrown.place)
    return page(request, "community/drafts.html", seen, thrown=begun, back=back)


def _thrown(
    tx: Transaction, member: Member, place: str, version: int
) -> tuple[Draft, Sequence[Attached]] | None:
    """With the files that waited with it."""
    thrown = throw_away(tx, member, place, version)
    return (thrown, let_go(tx, member, place)) if thrown else None


def begun_by(session: Session, member: Member) -> Sequence[Begun]:
    """The latest first."""
    found = _placed(session, member, drafts_of(session, member))
    files = waiting_with(session, member, [one.draft.place for one in found])
    return [one._replace(files=files.get(one.draft.place, ())) for one in found]


def _placed(session: Session, member: Member, drafts: Sequence[Draft]) -> Sequence[Begun]:
    places = [draft.place for draft in drafts]
    ids = {_id(place) for place in places if place.startswith("channel:")}
    talks = talks_of(session, member, ids)
    topics = topics_drafted(session, member, places)
    return [
        _talked(draft, talks.get(_id(draft.place)))
        if draft.place.startswith("channel:")
        else _written(draft, topics[draft.place].title if draft.place in topics else "")
        for draft in drafts
    ]


def _talked(draft: Draft, talk: Talk | None) -> Begun:
    if talk is None:
        return Begun(draft, "channel", "", "")
    kind = "thread" if talk.beside else "channel"
    return Begun(draft, kind, talk.name, f"/channels/{_id(draft.place)}#say")


def _written(draft: Draft, title: str) -> Begun:
    if draft.place == "new":
        return Begun(draft, "new", draft.title, where("new"))
    kind, _colon, _number = draft.place.partition(":")
    return Begun(draft, kind, title, where(draft.place) if title else "")


def _door(place: str) -> str:
    """Where a draft of that place is kept."""
    return f"/channels/{_id(place)}/draft" if place.startswith("channel:") else "/drafts"


def _id(place: str) -> int:
    return int(place.partition(":")[2])


routes = [
    Route("/drafts", index, methods=["GET"], name="begun"),
    Route("/drafts/removal", throw, methods=["POST"], name="throw_away"),
]
