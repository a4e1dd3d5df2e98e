"""What a composer sends: the text, what was chosen for it, and files that come along."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from msgspec.structs import replace
from starlette.requests import Request

from community.attachments import MOST, Along, Attached, Chosen
from community.database import Transaction
from community.drafts import Text
from community.errors import Invalid
from community.files import FileKind
from community.members.models import Member
from community.pictures import Print
from community.places import Lens
from community.words import _
from forum.tags import read_tags
from forum.topics.models import Aim, Filed
from web.doors import showing_self
from web.files import KIND, Sent, developed, sent, without_documents
from web.forms import MOST_FIELDS, Form, filled_in
from web.ids import FileId, Id, Key, Knowing, MaybeLine, MaybeWords, Rev, Ticked
from web.mentioning import Place

C = TypeVar("C", bound="Enclosing")
Enclose = Callable[
    [Transaction, Member, str, Sequence[Sequence[Print]], Sequence[bytes]], list[Attached]
]

NOWHERE_ELSE = ("reason", "mandate", "category", "aim", "tag", "region", "cluster", "theme")
OF_EDITS = ("away", "rev")


class Topical:
    """What a topic has to have, where one is begun."""

    __slots__ = ()
    title: str
    category: int | None

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


class Named(Form, Topical, frozen=True, kw_only=True):
    title: MaybeLine = ""
    category: Id | None = None


class Enclosing(Form, frozen=True, kw_only=True):
    """What files come along with."""

    place: str = ""  # where they wait
    file: list[FileId] = []  # chosen before
    words: list[MaybeLine] = []  # what is to be seen on each of them
    away: list[FileId] = []  # that are not wanted any more


class Composed(Enclosing, frozen=True, kw_only=True):
    """What every composer sends."""

    body: MaybeWords = ""
    key: Key | None = None
    mandate: Id | None = None
    version: Rev = 0  # of the draft it goes on from
    join: Ticked = ""  # with the draft that was kept elsewhere
    reach: Rev = 0  # so many people its groups reach, as its author was told
    knowing: Knowing = ""  # what its author was asked about and says all the same

    @property
    def said(self) -> str:
        if not self.body.strip():
            raise Invalid(_("Please write something first."))
        return self.body

    @property
    def along(self) -> Along:
        return along_of(self.file, self.words, self.version, self.away)

    @property
    def keyed(self) -> str:
        if self.key is None:
            raise Invalid(_("Something in the form is not right."))
        return self.key


class Writing(Composed, Topical, frozen=True, kw_only=True):
    """What the composer of posts sends, wherever it stands: its buttons lead to different doors."""

    place: Place
    title: MaybeLine = ""
    category: Id | None = None
    reason: MaybeLine = ""  # of an edit
    rev: Rev | None = None  # of the post as it was when its author began
    aim: Aim = Aim.DISCUSSION
    tag: list[MaybeLine] = []
    region: str = ""
    cluster: str = ""
    theme: str = ""

    @property
    def lens(self) -> Lens:
        return Lens.read({"region": self.region, "cluster": self.cluster, "theme": self.theme})

    @property
    def filed(self) -> Filed:
        return Filed(self.aim, tuple(read_tags(self.tag)), self.along)

    @property
    def text(self) -> Text:
        """As it is kept until it is sent, with all that was chosen."""
        kept = (*NOWHERE_ELSE, *OF_EDITS) if self.place.startswith("post:") else NOWHERE_ELSE
        plain = Writing(place=self.place)
        values = {name: getattr(self, name) for name in kept}
        about = {name: one for name, one in values.items() if one != getattr(plain, name)}
        nothing = not self.body.strip() and about.keys() == {"rev"}
        return Text(self.title, self.body, {} if nothing else about)


def along_of(
    file: Sequence[str], words: Sequence[str], version: int, away: Sequence[str] = ()
) -> Along:
    if len(file) != len(words):
        raise Invalid(_("Something in the form is not right."))
    files = zip(file, words, strict=True)
    chosen = (Chosen(id, said.strip()) for id, said in files if id not in away)
    return Along(version, tuple(chosen), frozenset(away))


def scripted(request: Request) -> bool:
    """Whether a script sent it: that is told where the post is, and leads there itself."""
    return request.headers.get("accept") == "application/json"


@asynccontextmanager
async def composed(request: Request, composer: type[C]) -> AsyncIterator[Sent[C]]:
    """As a form with files, or without any as scripts send it. Raises as filled_in() does."""
    if request.headers.get("content-type", "").lower().startswith(KIND):
        async with sent(request, composer, most=MOST, counted=MOST_FIELDS) as form:
            yield form
    else:
        yield Sent(0, await filled_in(request, composer), ())


async def with_files(request: Request, form: Sent[C], enclose: Enclose) -> C:
    """The files that came wait with the draft from now on, and the text has them."""
    writing, new = form.fields, [one["file"] for one in await stored(request, form, enclose)]
    files, words = [*writing.file, *new], [*writing.words, *("" for _file in new)]
    return replace(writing, file=files, words=words)


async def stored(request: Request, form: Sent[C], enclose: Enclose) -> list[Attached]:
    """With the draft, as `enclose` does it. The member is held alone, so that the quota is
    exact."""
    if not form.files:
        return []
    if len(form.files) > MOST:
        raise Invalid(_("Choose at most %(most)s files at once."), most=MOST)
    form, documents = await without_documents(form)
    pictures = await developed(request, form, FileKind.ATTACHMENT)
    return await showing_self(request, enclose, form.fields.place, pictures, documents)


def begun(place: str, text: Text, **more: Any) -> Writing:
    """What goes on from a text that was kept."""
    kept = {name: one for name, one in text.about.items() if name in (*NOWHERE_ELSE, *OF_EDITS)}
    return Writing(place=place, title=text.title, body=text.body, **kept | more)
