"""What the .toml files hold. Anything else in them is an error."""

import tomllib
from pathlib import Path
from typing import Any, Literal, TypeVar

from msgspec import Struct, convert

from channels.models import ChannelState, ChannelType
from community.members.models import Role
from community.organisations.models import Kind, MandateRole
from community.places import Lens
from forum.announcements.models import Discussion
from forum.topics.models import Aim

HERE = Path(__file__).parent
DOMAIN = "akar.example"  # of every address; nobody can own it (RFC 2606)

T = TypeVar("T")


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Placed(Part, frozen=True, kw_only=True):
    region: str = ""
    cluster: str = ""
    theme: str = ""

    @property
    def place(self) -> Lens:
        return Lens(self.region, self.cluster, self.theme)


class Organisation(Part, frozen=True, kw_only=True):
    slug: str
    kind: Kind
    name: str
    region: str
    clusters: tuple[str, ...]
    level: int
    because: str


class Mandate(Part, frozen=True, kw_only=True):
    organisation: str
    role: MandateRole


class Member(Part, frozen=True, kw_only=True):
    handle: str
    name: str
    region: str
    clusters: tuple[str, ...]
    role: Role = Role.MEMBER
    mandates: tuple[Mandate, ...] = ()


class Category(Placed, frozen=True, kw_only=True):
    slug: str
    name: str
    about: str
    kinds: tuple[Kind, ...] = ()
    roles: tuple[Role, ...] = ()

    @property
    def holders(self) -> list[str]:
        return [*(f"kind:{kind}" for kind in self.kinds), *(f"role:{role}" for role in self.roles)]


class Said(Part, frozen=True, kw_only=True, rename={"organisation": "as"}):
    by: str
    body: str
    organisation: str = ""
    after: float = 0  # since the one before: hours in topics, minutes in channels
    picture: str = ""  # what is to be seen on it; none without
    colours: tuple[str, ...] = ()  # from left to right


class Vote(Part, frozen=True, kw_only=True):
    by: str
    option: int  # its number, from 1


class Poll(Part, frozen=True, kw_only=True):
    question: str
    options: tuple[str, ...]
    votes: tuple[Vote, ...]


class Request(Part, frozen=True, kw_only=True):
    """For an official response."""

    office: str
    term: int  # working days
    seen_to_by: str = ""
    answer: int = 0  # the number of the post, from 1


class Post(Said, frozen=True, kw_only=True):
    reply: int = 0  # the number of the post it answers, from 1
    poll: Poll | None = None
    request: Request | None = None


class Bookmark(Part, frozen=True, kw_only=True):
    by: str
    note: str


class Topic(Placed, frozen=True, kw_only=True):
    title: str
    category: str
    days_ago: float
    posts: tuple[Post, ...]
    aim: Aim = Aim.DISCUSSION
    answer: int = 0  # the number of the post that was accepted, from 1
    tags: tuple[str, ...] = ()
    conclusion: str = ""
    pinned_by: str = ""  # since a few days
    bookmarks: tuple[Bookmark, ...] = ()


class Channel(Placed, frozen=True, kw_only=True):
    name: str
    about: str
    private: bool
    members: tuple[str, ...]
    hosts: tuple[str, ...] = ()  # of the members
    type: ChannelType = ChannelType.CHANNEL
    state: ChannelState = ChannelState.OPEN
    announcing: bool = False
    notice: str = ""
    slow_seconds: int = 0
    keep_days: int = 0
    messages: tuple[Said, ...]


class Question(Part, frozen=True, kw_only=True):
    by: str
    body: str
    answer: str = ""  # of the office


class Corrected(Part, frozen=True, kw_only=True):
    was: str  # in its body
    now: str
    because: str
    days_ago: float
    published: bool = True  # else it waits among the drafts


class Announcement(Placed, frozen=True, kw_only=True, rename={"organisation": "as"}):
    by: str
    organisation: str
    title: str
    body: str
    public: bool
    days_ago: float
    kind: str = ""
    acknowledge_in: int = 0  # days; 0: for information
    by_organisation: bool = False
    acknowledged_by: tuple[str, ...] = ()
    said: str = ""  # by the first of them
    discussion: Discussion = Discussion.CLOSED
    questions: tuple[Question, ...] = ()
    document: str = ""  # what it is called
    corrected: tuple[Corrected, ...] = ()


class Report(Part, frozen=True, kw_only=True):
    by: str
    reason: str
    note: str


class Case(Said, frozen=True, kw_only=True):
    """Something said in a topic or a channel, why it was reported, and how far that has come."""

    days_ago: float
    reports: tuple[Report, ...]
    state: Literal["open", "claimed", "decided"]
    topic: str = ""
    channel: str = ""
    claimed_by: str = ""
    ruling: str = ""
    measures: tuple[str, ...] = ()
    days: int = 0  # of those that last
    decided_by: str = ""
    decided_days_ago: float = 0
    reason: str = ""
    statement: str = ""


class Application(Part, frozen=True, kw_only=True):
    """An organisation that somebody registered, and what they show for it."""

    by: str
    kind: Kind
    name: str
    about: str
    region: str
    clusters: tuple[str, ...]
    words: str
    nib: str = ""
    days_ago: float
    asked_by: str = ""  # the moderator who wants to know more
    question: str = ""


class Offer(Part, frozen=True, kw_only=True):
    """A mandate that waits to be accepted."""

    by: str
    organisation: str
    member: str
    days_ago: float


class People(Part, frozen=True, kw_only=True):
    organisations: tuple[Organisation, ...]
    members: tuple[Member, ...]


class Content(Part, frozen=True, kw_only=True):
    organisations: tuple[Organisation, ...]
    members: tuple[Member, ...]
    categories: tuple[Category, ...]
    topics: dict[str, Topic]  # by the name of the file
    channels: dict[str, Channel]
    announcements: tuple[Announcement, ...]
    cases: tuple[Case, ...]
    applications: tuple[Application, ...]
    offers: tuple[Offer, ...]


def read() -> Content:
    """Raises msgspec's ValidationError for what is misspelt."""
    people = convert(_toml(HERE / "people.toml"), People)
    return Content(
        organisations=people.organisations,
        members=people.members,
        categories=_list("categories", Category),
        topics=_folder("topics", Topic),
        channels=_folder("channels", Channel),
        announcements=_list("announcements", Announcement),
        cases=_list("cases", Case),
        applications=_list("applications", Application),
        offers=_list("offers", Offer),
    )


def _list(name: str, kind: type[T]) -> tuple[T, ...]:
    return tuple(convert(one, kind) for one in _toml(HERE / f"{name}.toml")[name])


def _folder(name: str, kind: type[T]) -> dict[str, T]:
    return {path.stem: convert(_toml(path), kind) for path in sorted((HERE / name).glob("*.toml"))}


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
