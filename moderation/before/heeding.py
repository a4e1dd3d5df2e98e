"""What is told of a text before it is stored: whether it may be said, whether its author is asked,
whether a moderator sees it first or learns of it, and with which line it is read.

A text of which nothing is to be told costs a pass one small look for all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from channels.direct import FEW
from channels.models import Channel
from community.errors import Invalid, Refusal
from community.members.models import Member
from community.powers import has_powers
from community.words import Phrase, _
from forum.topics.models import Post, Topic
from moderation.before.asking import NONE, AskFirst, Prints, said_before
from moderation.before.repeats import ENOUGH, REPORTED, Repeats
from moderation.before.trust import Act, too_much
from moderation.detectors.findings import AMONG_FEW, Finding
from moderation.detectors.looking import found_in
from moderation.rules.folding import Folded, folded
from moderation.rules.models import CATEGORY, Action, Scope
from moderation.rules.queries import Book, Rule, book_of, places_of

LONG = 2_000  # characters that are folded before the pass, whether there are rules or not
HOME = aliased(Channel)
AGAIN = _(
    "You have written this %(times)s times within the hour, and it is found where it stands. "
    "Please wait a little, or say it differently."
)
BLOCKED = _("This cannot be said here (%(why)s). Change it, and it can be sent.")


class Looked(NamedTuple):
    """A text, and what can be told of it alone, outside the transaction."""

    body: str
    findings: Sequence[Finding]
    folded: Folded | None  # where that takes long

    @property
    def words(self) -> Folded:
        return self.folded or folded(self.body)


NOTHING = Looked("", (), Folded(" ", " "))


def looked_at(body: str) -> Looked:
    return Looked(body, found_in(body), folded(body) if len(body) > LONG else None)


class Writing(NamedTuple):
    """What somebody is about to say, and where."""

    member: Member
    looked: Looked
    knowing: Prints = NONE
    channel: int = 0  # one of these
    topic: int = 0
    parent: int = 0
    category: int = 0
    before: Looked = NOTHING  # what it says by now, of an edit
    act: Act | None = None  # what may be limited of it
    key: str = ""  # of what is written anew


@dataclass(slots=True)
class Heed:
    """What comes of it."""

    refusal: Refusal | None = None
    hold: Rule | None = None
    label: Rule | None = None
    flag: Rule | None = None
    insists: bool = False  # on writing the same again and again


class Blocked(Invalid):
    """A rule of words does not let it be said."""


def heed(session: Session, writings: Mapping[int, Writing], repeats: Repeats) -> dict[int, Heed]:
    """By their places in the pass; those of which nothing is to be told are not in it."""
    book = book_of(session)
    hits = {n: _hits(book, one) for n, one in writings.items()} if book.rules else {}
    limited = too_much(session, {n: one.act for n, one in writings.items() if one.act})
    told = {n: one for n, one in writings.items()
            if one.looked.findings or hits.get(n) or n in limited}  # fmt: skip
    again = _again(session, writings, repeats)
    heeds = _told(session, told, hits, limited) if told else {}
    for n, times in again.items():
        heeds.setdefault(n, Heed()).insists = times >= REPORTED
        heeds[n].refusal = heeds[n].refusal or Invalid(AGAIN, times=ENOUGH)
    return heeds


def _told(
    session: Session,
    told: Mapping[int, Writing],
    hits: Mapping[int, Sequence[Rule]],
    limited: Mapping[int, Refusal],
) -> dict[int, Heed]:
    places = _places(session, told)
    asked: dict[int, Refusal] = {**_asked(session, told, places), **limited}
    return {n: _heed([r for r in hits.get(n, ()) if r.holds_in(places[n])], one, asked.get(n))
            for n, one in told.items()}  # fmt: skip


def _again(session: Session, writings: Mapping[int, Writing], repeats: Repeats) -> dict[int, int]:
    """Which have been written too often, and how often. What an office says it may say
    everywhere."""
    times = {n: repeats.times(one.member.id, one.looked.body, one.key)
             for n, one in writings.items() if one.key and not one.member.moderates}  # fmt: skip
    return {n: many for n, many in times.items()
            if many > ENOUGH and not has_powers(session, writings[n].member)}  # fmt: skip


def meant(writing: Writing) -> Iterable[tuple[int, Finding]]:
    """What in it is said knowingly, with who says it."""
    said = (one for one in writing.looked.findings if one.print in writing.knowing)
    return [(writing.member.id, one) for one in said]


def _hits(book: Book, writing: Writing) -> Sequence[Rule]:
    """Whoever moderates may say what a rule looks for: they speak of it. What stood there stays."""
    if writing.member.moderates:
        return ()
    found = book.found_in(writing.looked.words)
    return found and [rule for rule in found if not rule.pattern.matches(writing.before.words)]


def _heed(rules: Sequence[Rule], writing: Writing, ask: Refusal | None) -> Heed:
    """What nobody may say nobody is asked about, nor who has to wait."""
    heed = Heed(refusal=ask)
    for rule in rules:
        match rule.action:
            case Action.BLOCK:
                why = rule.why or Phrase(rule.label_in(writing.member.locale))
                return Heed(refusal=Blocked(BLOCKED, why=why))
            case Action.HOLD:
                heed.hold = heed.hold or rule
            case Action.LABEL:
                heed.label = heed.label or rule
            case Action.FLAG:
                heed.flag = heed.flag or rule
    return heed


Places = Mapping[int, frozenset[str]]


def _asked(
    session: Session, writings: Mapping[int, Writing], places: Places
) -> dict[int, AskFirst]:
    """Who has to be asked."""
    found = {n: _new_in(one, places[n]) for n, one in writings.items()}
    about = [(writings[n].member.id, one) for n, findings in found.items() for one in findings]
    before = said_before(session, about)
    asked = dict[int, AskFirst]()
    for n, findings in found.items():
        who = writings[n].member.id
        if open := [one for one in findings if (who, one.print) not in before]:
            asked[n] = AskFirst(writings[n].looked.body, open, writings[n].knowing)
    return asked


def _new_in(writing: Writing, places: frozenset[str]) -> Sequence[Finding]:
    old = {one.print for one in writing.before.findings} | writing.knowing
    return [
        one
        for one in writing.looked.findings
        if one.print not in old and (Scope.FEW not in places or one.kind in AMONG_FEW)
    ]


def _places(session: Session, writings: Mapping[int, Writing]) -> Places:
    """All that the scope of a rule can call where each stands."""
    channels = _of_channels(session, {one.channel for one in writings.values() if one.channel})
    parents = _of_parents(session, {one.parent for one in writings.values() if one.parent})
    topics = _of_topics(session, {one.topic for one in writings.values() if one.topic})
    return {
        n: channels.get(one.channel)
        or _in_forum(one.category or topics.get(one.topic) or parents.get(one.parent, 0))
        for n, one in writings.items()
    }


def _of_channels(session: Session, ids: set[int]) -> dict[int, frozenset[str]]:
    """A thread is where its channel is."""
    if not ids:
        return {}
    type = func.coalesce(HOME.type, Channel.type)
    found = select(Channel.id, Channel.private, type).outerjoin(HOME, HOME.id == Channel.parent_id)
    rows = session.execute(found.where(Channel.id.in_(ids)))
    return {id: places_of(private=private, few=type in FEW) for id, private, type in rows}


def _of_topics(session: Session, ids: set[int]) -> dict[int, int]:
    """The category of each."""
    found = select(Topic.id, Topic.category_id).where(Topic.id.in_(ids))
    return {id: category for id, category in session.execute(found)} if ids else {}


def _of_parents(session: Session, ids: set[int]) -> dict[int, int]:
    found = select(Post.id, Topic.category_id).join(Post.topic).where(Post.id.in_(ids))
    return {id: category for id, category in session.execute(found)} if ids else {}


def _in_forum(category: int) -> frozenset[str]:
    return frozenset({Scope.EVERYWHERE, Scope.TOPICS, f"{CATEGORY}{category}"})
