"""What somebody looks for, as they write it: "kain tenun" benang from:siti region:garut has:link

The form of the search writes the same words, so there is one language for both and for what is
saved. Indonesian names of the filters are understood wherever the English ones are.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from community.errors import Invalid
from community.places import Cluster, Lens, provinces, regencies
from community.search.queries import Marked
from community.tokens import Term, exactly, term, tokens
from community.words import _

MOST_TERMS = 12
PIECE = re.compile(r'(?:(?P<name>[a-zA-Z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))')
OPEN = 3  # letters from which on a word that is still being written finds what they begin
WIB = ZoneInfo("Asia/Jakarta")
DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")

FILTERS = {
    "from": ("from", "dari"),
    "in": ("in", "di"),
    "tag": ("tag", "label"),
    "region": ("region", "wilayah"),
    "cluster": ("cluster", "klaster"),
    "after": ("after", "sejak"),
    "before": ("before", "sebelum"),
    "has": ("has", "berisi"),
    "is": ("is", "yang"),
}
NAMED = {word: name for name, words in FILTERS.items() for word in words}


class Has(StrEnum):
    LINK = "link"
    CODE = "code"
    FILE = "file"


SIGNS = {Has.LINK: "<a ", Has.CODE: "<code"}  # in what was made of the words


class Is(StrEnum):
    UNREAD = "unread"
    FOLLOWED = "followed"
    ANSWERED = "answered"


ALSO: dict[str, str] = {  # in Indonesian
    "tautan": Has.LINK,
    "kode": Has.CODE,
    "berkas": Has.FILE,
    "belum-dibaca": Is.UNREAD,
    "diikuti": Is.FOLLOWED,
    "terjawab": Is.ANSWERED,
    "tekstil": Cluster.TEXTILE,
    "pangan": Cluster.FOOD,
    "makanan": Cluster.FOOD,
    "kriya": Cluster.CRAFTS,
    "kerajinan": Cluster.CRAFTS,
}


CLOSED = {"cluster", "has", "is"}  # filters with values of ours
INDONESIAN = {value: word for word, value in reversed(ALSO.items())}  # the first of two


class Wanted(NamedTuple):
    """Empty parts want nothing in particular."""

    terms: tuple[Term, ...] = ()
    author: str = ""  # a part of their name, or of that of the organisation they speak for
    by: Marked = ()  # whom that means, once somebody has looked (community/finding.py)
    within: str = ""  # a part of the name of a category or a channel
    tag: str = ""
    place: Lens = Lens()
    since: datetime | None = None
    before: datetime | None = None
    has: frozenset[Has] = frozenset()
    state: frozenset[Is] = frozenset()

    @property
    def of_entries(self) -> bool:
        """Wants what only a post or a message can have."""
        return bool(self.author or self.within or self.tag or self.has or self.state)

    @property
    def nothing(self) -> bool:
        return self == Wanted()


def read(words: str) -> Wanted:
    """Raises Invalid with a sentence for whoever wrote it."""
    wanted, terms = Wanted(), list[Term]()
    pieces = list(PIECE.finditer(words))
    for piece in pieces:
        name = NAMED.get((piece["name"] or "").lower())
        if name:
            said = (piece["quoted"] or piece["bare"] or "").strip()
            wanted = READERS[name](wanted, said) if said else wanted
        else:
            terms += _terms(piece, last=piece is pieces[-1] and not words.endswith((" ", '"')))
    if len(terms) > MOST_TERMS:
        raise Invalid(_("These are too many words: at most %(most)s."), most=MOST_TERMS)
    return wanted._replace(terms=tuple(dict.fromkeys(terms)))


def written(filters: Mapping[str, str], locale: str) -> str:
    """The filters of a form as words of that tongue, those that are empty left out."""
    tongue = INDONESIAN if locale == "id" else {}
    return " ".join(
        _piece(FILTERS[name][bool(tongue)], tongue.get(value, value) if name in CLOSED else value)
        for name, value in filters.items()
        if value.strip()
    )


def _piece(name: str, value: str) -> str:
    value = " ".join(value.replace('"', " ").split())
    return f'{name}:"{value}"' if " " in value else f"{name}:{value}"


def _terms(piece: re.Match[str], *, last: bool) -> Iterator[Term]:
    """A code in one piece, other words one by one, whatever joins them."""
    if piece["quoted"] is not None:
        found = [exactly(piece["quoted"])]
    else:
        parts = tokens(piece[0])
        code = any(part.isdigit() for part in parts)
        several = [piece[0]] if code else parts
        open_from = [part for part in several[-1:] if last and len(part) >= OPEN]
        found = [term(part, open=part in open_from) for part in several]
    yield from (one for one in found if one)


def _author(wanted: Wanted, said: str) -> Wanted:
    return wanted._replace(author=said)


def _within(wanted: Wanted, said: str) -> Wanted:
    return wanted._replace(within=said)


def _tag(wanted: Wanted, said: str) -> Wanted:
    return wanted._replace(tag=said)


def _region(wanted: Wanted, said: str) -> Wanted:
    """By its code, or by its name: the province, else the first of those called so."""
    known = {**provinces(), **regencies()}
    called = " ".join(tokens(said))
    found = [code for code, name in known.items() if called and called in " ".join(tokens(name))]
    code = said if said in known else next(iter(found), "")
    if not code:
        raise Invalid(_("There is no region called “%(said)s”."), said=said)
    return wanted._replace(place=wanted.place._replace(region=code))


def _cluster(wanted: Wanted, said: str) -> Wanted:
    return wanted._replace(place=wanted.place._replace(cluster=_one_of(Cluster, said)))


def _since(wanted: Wanted, said: str) -> Wanted:
    return wanted._replace(since=_day(said))


def _before(wanted: Wanted, said: str) -> Wanted:
    return wanted._replace(before=_day(said))


def _has(wanted: Wanted, said: str) -> Wanted:
    return wanted._replace(has=wanted.has | {Has(_one_of(Has, said))})


def _is(wanted: Wanted, said: str) -> Wanted:
    return wanted._replace(state=wanted.state | {Is(_one_of(Is, said))})


def _one_of(kinds: type[StrEnum], said: str) -> str:
    value = ALSO.get(said.lower(), said.lower())
    if value not in {*kinds}:
        known = ", ".join(f"{kind}/{INDONESIAN[kind]}" for kind in kinds)
        raise Invalid(_("“%(said)s” is none of these: %(known)s."), said=said, known=known)
    return value


def _day(said: str) -> datetime:
    """The beginning of a day, a month or a year in western Indonesia."""
    found = DAY.fullmatch(said)
    try:
        year, month, day = (int(part or 1) for part in found.groups()) if found else (0, 0, 0)
        return datetime(year, month, day, tzinfo=WIB).astimezone(UTC)  # the year 1 has none
    except (ValueError, OverflowError):
        raise Invalid(_("“%(said)s” is not a day such as 2026-11-30."), said=said) from None


READERS: dict[str, Callable[[Wanted, str], Wanted]] = {
    "from": _author,
    "in": _within,
    "tag": _tag,
    "region": _region,
    "cluster": _cluster,
    "after": _since,
    "before": _before,
    "has": _has,
    "is": _is,
}
