"""What members and organisations may be called, so that nobody takes one for another (S26).

Names are written in Latin letters, as those of citizens are (Permendagri 73/2022): what looks alike
in other scripts never gets in. Of Latin names two look alike when their skeletons are the same
(after Unicode UTS 39): no marks, no case, one sign for those that are mistaken for each other.
"""

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from functools import cache, lru_cache
from itertools import chain, islice
from pathlib import Path
from string import digits
from unicodedata import combining, normalize

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from community.clock import glance
from community.errors import Invalid
from community.organisations.models import Kind, Organisation
from community.places import provinces, regencies
from community.words import _

# Letters with their marks (Latin-1, Extended-A, Additional), digits, and what titles and firms are
# written with. No phonetic letters, no mark by itself, nothing that is not seen.
WRITTEN = r"[A-Za-z0-9À-ÖØ-öø-ſḀ-ỿ .,'’&+()–-]"
OF_MEMBERS = re.compile(WRITTEN)
OF_ORGANISATIONS = re.compile(rf"{WRITTEN}|[\"/:!%]")
APOSTROPHES = str.maketrans(dict.fromkeys("‘`´ʿʾʼ", "'"))  # as keyboards have them: Syafi`i
LETTER = re.compile(r"[^\W\d_]")
SPACES = re.compile(r"\s+")
WORD = re.compile(r"[^\W_]+")
DOUBLED = re.compile(r"(.)\1+")
APOSTROPHE = re.compile("['’]")  # stands inside of words: Nur'aini
LETTER_BY_LETTER = re.compile(r"\b\w(?:[\W_]+\w\b){3,}")  # D i n a s; three may be initials
TITLE = re.compile(r"\b(?:abd|dr[ags]?|hj|ir|kh|moh|muh|prof|tgk)\.", re.IGNORECASE)  # dr.rina
LINK = re.compile(
    r"www\.|//|(?-i:\w\w\.[a-z]{2,}|\b\w\.(?:me|id|ly)\b)|\w{3}\.(com|net|org|info|biz|shop|store"
    r"|site|online|xyz|app|dev|link|click|top|vip|win|io|id|co|me|ly)\b",
    re.IGNORECASE,
)

# Ours. Reserved anywhere in a name; as a word of members, and all that organisations are called; as
# a whole name, since akar wangi is a grass that many in Garut weave.
ANYWHERE = ("administrator", "moderator")
HOUSE = ("admin", "administrasi", "admins")
WHOLE = ("akar", "akarindonesia", "gerakanakselerasikaryarakyat", "timakar")
# Of the state. Members bear none of it; organisations do not begin with it, but sew for the police.
# Words by skeleton, what they are shortened to letter for letter.
STATE = ("dinas", "kejaksaan", "ombudsman", "polisi")
MINISTRY = ("kementerian", "kementrian")  # nobody else has it in their name at all
OFFICIAL = (*MINISTRY, "pemerintah")  # more may follow in the same word
BEGINNINGS = re.compile("dis(?:kop(?:er|ind|u)|perin)|pol(?:da|res|sek)")
OFFICES = ("bupati", "gubernur", "menteri", "mentri", "presiden")  # no member is called so
# What is put to a name to seem the real one, or stands before that of every firm.
CLAIMS = {*HOUSE, "cs", "indonesia", "kantor", "moderasi", "official", "resmi", "ri", "staf", "tim"}
ADDED = {*CLAIMS, "cv", "pt", "tbk", "ud"}

KEPT = timedelta(days=365)  # a name, after the badge on it has ended
INSTITUTIONS = Path(__file__).with_name("data") / "institutions.csv"

PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
SIGNS = str.maketrans(
    {"0": "o", "1": "l", "2": "z", "3": "e", "4": "a", "5": "s", "6": "b", "7": "t", "8": "b",
     "9": "g", "i": "l", "ß": "b", "ẜ": "s", "ẝ": "s", "ẟ": "d", "ỻ": "ll", "ỽ": "v", "ỿ": "y",
     "ı": "l", "ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "ŧ": "t", "ħ": "h",
     "ĸ": "k", "ŋ": "n", "þ": "p"}
)  # fmt: skip
DIGITS = str.maketrans("013456789", "oieasbtbg")  # 0JK
RESERVED = _("“%(word)s” is reserved, so that nobody is mistaken for what they are not.")


def name_of_member(session: Session, wanted: str) -> str:
    """As it is kept. Raises Invalid with a sentence for the one who wants it."""
    name = _written(wanted, OF_MEMBERS)
    tails = _tails(name)
    _require_none(_ours(name, WHOLE), _borne(tails, (*HOUSE, *OFFICES)), _of_state(name, tails))
    require_unlike_verified(session, name)
    return name


def name_of_organisation(session: Session, wanted: str, kind: Kind, *, id: int = 0) -> str:
    """As name_of_member(). Government offices bear the words and names of the state: who verifies
    them looks whether they may. `id` is its own, where it is there already."""
    name = _written(wanted, OF_ORGANISATIONS)
    _require_none(_ours(name, (*WHOLE, *HOUSE)))
    if kind != Kind.GOVERNMENT:
        tails = (tail for tail in _tails(name) if tail[0].lower() not in ADDED and tail[0][1:])
        _require_none(_within(name, MINISTRY), _of_state(name, [*islice(tails, 1)]))
    require_unlike_verified(session, name, but=id)
    return name


def require_unlike_verified(session: Session, name: str, but: int = 0) -> None:
    """Nor what was verified until lately: nobody walks in where somebody else is known. What an
    administrator closed keeps no name from those whose it is."""
    lately = Organisation.verified_until > glance(session) - KEPT
    verified = select(Organisation.name).where(or_(Organisation.level > 0, lately))
    others = verified.where(Organisation.id != but, Organisation.closed_because == "")
    ours = _essence(name)
    if any(ours == _essence(other) for other in session.scalars(others)):
        raise Invalid(
            _("A verified organisation is called this or almost this, or was within a year.")
        )


@lru_cache(4096)
def skeleton(text: str) -> str:
    """The same for names that look alike; nothing to show."""
    bare, before = _plain(text).translate(SIGNS), ""
    while bare != before:  # one pair may make another
        before = bare
        for pair, one in PAIRS:
            bare = bare.replace(pair, one)
        bare = DOUBLED.sub(r"\1", bare)
    return bare


def _written(wanted: str, may: re.Pattern[str]) -> str:
    name = SPACES.sub(" ", normalize("NFKC", wanted.translate(APOSTROPHES))).strip()
    if wrong := may.sub("", name):
        sentence = _("Names are written in Latin letters. This cannot stand in one: %(sign)s")
        raise Invalid(sentence, sign=_seen(wrong[0]))
    if not LETTER.search(name):
        raise Invalid(_("Names are written in Latin letters, and without signs nobody sees."))
    if LINK.search(TITLE.sub("", name)):
        raise Invalid(_("A name is not an address on the web."))
    return name


def _require_none(*found: Iterator[str]) -> None:
    for word in chain(*found):
        raise Invalid(RESERVED, word=word)


def _ours(name: str, as_whole: Iterable[str]) -> Iterator[str]:
    names = {skeleton(one) for one in (_letters(name), *_without_numbers(_letters(name, ADDED)))}
    yield from (word for word in as_whole if skeleton(word) in names)
    yield from _within(name, ANYWHERE)


def _within(name: str, reserved: Iterable[str]) -> Iterator[str]:
    letters = skeleton(_letters(name))
    yield from (word for word in reserved if skeleton(word) in letters)


def _of_state(name: str, tails: list[list[str]]) -> Iterator[str]:
    """Nor a province, a regency or a city, which are called nothing but their names."""
    known = _institutions()
    called = *OFFICIAL, *known.values()
    yield from _borne(tails, STATE)
    for tail in tails:
        readings, rest = _readings(tail[0]), skeleton("".join(tail))
        yield from (word.upper() for word in readings & known.keys())
        yield from (found[0] for word in readings if (found := BEGINNINGS.match(word)))
        yield from (full for full in called if rest.startswith(skeleton(_letters(full))))
    whole = _readings(_letters(name)) | _readings(_letters(name, ADDED))
    if whole & {*known, *_institutions("yes")} or skeleton(_letters(name, CLAIMS)) in _governed():
        yield name


def _borne(tails: list[list[str]], reserved: Iterable[str]) -> Iterator[str]:
    words = {skeleton(word) for tail in tails for word in _without_numbers(tail[0])}
    yield from (word for word in reserved if skeleton(word) in words)


def _tails(name: str) -> list[list[str]]:
    """What is left of it from each of its words on."""
    joined = LETTER_BY_LETTER.sub(lambda found: _letters(found[0]), APOSTROPHE.sub("", name))
    words = WORD.findall(joined)
    return [words[at:] for at in range(len(words))]


def _readings(word: str) -> set[str]:
    """Its letters, where digits may stand for some: in small ones and, if it is so, in capitals."""
    small = {_plain(part).translate(DIGITS) for part in _without_numbers(word)}
    return small | {part.upper() for part in small} if word.isupper() else small


def _without_numbers(word: str) -> set[str]:
    """The last of those after it may stand for a letter: pemko799."""
    return {
        start[:end]
        for start in (word, word.lstrip(digits))
        for end in range(len(start.rstrip(digits)), len(start) + 1)
    }


def _essence(name: str) -> str:
    """The same for names that are taken for each other. Ali has too short a skeleton."""
    letters = _letters(name, ADDED)
    return found if len(found := skeleton(letters)) > 3 else _plain(letters)


def _letters(name: str, added: Collection[str] = ()) -> str:
    """Its letters and digits, without what is added to names."""
    words = WORD.findall(name)
    return "".join([word for word in words if word.lower() not in added] or words[-1:])


def _plain(text: str) -> str:
    return "".join(sign for sign in normalize("NFKD", text.lower()) if not combining(sign))


def _seen(sign: str) -> str:
    """By its number where it is not seen by itself."""
    return sign if sign.isprintable() and not combining(sign) else f"U+{ord(sign):04X}"


@cache
def _institutions(whole: str = "") -> dict[str, str]:
    """What those of the state are called by what they are known by. Chambers, enterprises and what
    is short are reserved only as a whole name: those who work for one have a cooperative."""
    with INSTITUTIONS.open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["name"] for row in csv.DictReader(file) if row["whole"] == whole}


@cache
def _governed() -> set[str]:
    areas = [*regencies().values(), *(f"Provinsi {name}" for name in provinces().values())]
    short = [area.replace("Kabupaten", "Kab").replace("Provinsi", "Prov") for area in areas]
    return {skeleton(_letters(area)) for area in (*areas, *short)}
