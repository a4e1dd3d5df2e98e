"""What members and organisations may be called, so that nobody takes one for another (S26).

Names are written in Latin letters, as those of citizens are (Permendagri 73/2022): what looks alike
in other scripts never gets in. Of Latin names two look alike when their skeletons are the same
(after Unicode UTS 39): no marks, no case, one sign for those that are mistaken for each other.
"""

import csv
import re
from collections.abc import Collection, Iterator
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import digits
from typing import NamedTuple
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
LETTER_BY_LETTER = re.compile(r"\b(\w)[\W_]+(?=\w\b)")  # D i n a s
LINK = re.compile(
    r"www\.|//|(?-i:\w\.[a-z]{2,})|\w{3}\.(com|net|org|info|biz|shop|store|site|online|xyz|app|dev|link|click|top|vip|win"
    r"|io|id|co|me|ly)\b",
    re.IGNORECASE,
)

# Reserved anywhere in a name: no other name has these letters in it.
ANYWHERE = ("administrator", "kementerian", "kementrian", "moderator", "pemerintah")
# Reserved as a word of a name, for everybody; for all but government offices; for members.
HOUSE = ("admin", "administrasi", "admins")
STATE = (
    "bpom", "dinas", "dprd", "kejaksaan", "kemendag", "kemenkop", "kemenperin", "kpk", "ombudsman",
    "pemda", "pemkab", "pemkot", "pemprov", "polda", "polisi", "polres", "polri", "tni",
)  # fmt: skip
OFFICES = ("bupati", "gubernur", "menteri", "mentri", "presiden", "sekda", "walikota")
# Reserved as the beginning of a word, like the words of the state; victory and incense are free.
BEGINNINGS = re.compile("kemen(?!ang|yan)|dlsperln|pol(?:sek|res|da)")  # of skeletons
# Surnames that would be taken for such a word.
HONEST = re.compile(r"\b(?:pernda|da (?:costa|cruz|gama|rosa|silva))\b", re.IGNORECASE)
# What is put to a name to seem the real one, or stands before that of every firm.
ADDED = {"cs", "cv", "indonesia", "moderasi", "official", "pt", "resmi", "staf", "tbk", "tim", "ud"}
# Reserved as a whole name: akar wangi is a grass that many in Garut weave.
WHOLE = ("akar", "akarindonesia", "gerakanakselerasikaryarakyat", "timakar")
OF_STATE = ("kementerian", "kementrian", "pemerintah", *STATE)

KEPT = timedelta(days=365)  # a name, after the badge on it has ended
INSTITUTIONS = Path(__file__).with_name("data") / "institutions.csv"

PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
SIGNS = str.maketrans(
    {"0": "o", "1": "l", "2": "z", "3": "e", "4": "a", "5": "s", "6": "b", "7": "t", "8": "b",
     "9": "g", "i": "l", "ß": "b", "ẜ": "s", "ẝ": "s", "ẟ": "d", "ỻ": "ll", "ỽ": "v", "ỿ": "y",
     "ı": "l", "ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "ŧ": "t", "ħ": "h",
     "ĸ": "k", "ŋ": "n", "þ": "p"}
)  # fmt: skip
CAPITALS = str.maketrans({"0": "O", "1": "I", "l": "I"})
RESERVED = _("“%(word)s” is reserved, so that nobody is mistaken for what they are not.")


class Institutions(NamedTuple):
    """What those of the state are known by. Some only in capitals: in small letters Bi is an aunt
    and Bpk. a father. The others however they are written, and all by their whole names."""

    capitals: set[str]
    words: list[str]
    names: list[str]


def name_of_member(session: Session, wanted: str) -> str:
    """As it is kept. Raises Invalid with a sentence for the one who wants it."""
    name = _written(wanted, OF_MEMBERS)
    _require_free(name, ANYWHERE, (*HOUSE, *STATE, *OFFICES))
    _require_no_institution(name)
    _require_unlike_verified(session, name)
    return name


def name_of_organisation(session: Session, wanted: str, kind: Kind, *, id: int = 0) -> str:
    """As name_of_member(). Government offices bear the words and names of the state: who verifies
    them looks whether they may. `id` is its own, where it is there already."""
    name = _written(wanted, OF_ORGANISATIONS)
    if kind == Kind.GOVERNMENT:
        _require_free(name, [word for word in ANYWHERE if word not in OF_STATE], HOUSE)
    else:
        _require_free(name, ANYWHERE, (*HOUSE, *STATE))
        _require_no_institution(name)
    _require_unlike_verified(session, name, but=id)
    return name


def skeleton(text: str) -> str:
    """The same for names that look alike; nothing to show."""
    marked = normalize("NFKD", text.lower())
    bare, before = "".join(sign for sign in marked if not combining(sign)).translate(SIGNS), ""
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
    if LINK.search(name):
        raise Invalid(_("A name is not an address on the web."))
    return name


def _require_free(name: str, anywhere: Collection[str], as_words: Collection[str]) -> None:
    whole = skeleton(_squeezed(name))
    words = set(_words(HONEST.sub(" ", name)))
    reserved = [word for word in anywhere if _skeleton_of(word) in whole]
    reserved += [word for word in as_words if _skeleton_of(word) in words]
    reserved += [word for word in WHOLE if _skeleton_of(word) in (whole, _essence(name))]
    if STATE[0] in as_words:
        reserved += [found[0] for word in words if (found := BEGINNINGS.match(word))]
    if reserved:
        raise Invalid(RESERVED, word=reserved[0])


def _require_no_institution(name: str) -> None:
    """Nor for a province, a regency or a city, which are called nothing but their names."""
    known, whole, words = _institutions(), skeleton(_squeezed(name)), set(_words(name))
    reserved = [word for word in WORD.findall(name) if _in_capitals(word) in known.capitals]
    reserved += [word.upper() for word in known.words if _skeleton_of(word) in words]
    reserved += [full for full in known.names if _skeleton_of(_squeezed(full)) in whole]
    if reserved or {whole, _essence(name)} & _governed():
        raise Invalid(RESERVED, word=reserved[0] if reserved else name)


def _require_unlike_verified(session: Session, name: str, but: int = 0) -> None:
    """Nor what was verified until lately: nobody walks in where somebody else is known."""
    lately = Organisation.verified_until > glance(session) - KEPT
    verified = select(Organisation.name).where(or_(Organisation.level > 0, lately))
    others, ours = session.scalars(verified.where(Organisation.id != but)), _essence(name)
    if any(ours == _essence(other) for other in others):
        raise Invalid(
            _("A verified organisation is called this or almost this, or was within a year.")
        )


def _words(name: str) -> Iterator[str]:
    """Skeletons of its words, also where they were taken apart or a number was put to them. An
    initial is no part of the word before it: Dina S."""
    words = WORD.findall(LETTER_BY_LETTER.sub(r"\1", APOSTROPHE.sub("", name)))
    longer = [word for word in words if len(word) > 1]
    for word in (*words, *map("".join, pairwise(longer))):
        for start in (word, word.lstrip(digits)):
            yield skeleton(start)
            while start[-1:].isdecimal():  # the last may stand for a letter: pemko799
                start = start[:-1]
                yield skeleton(start)


def _essence(name: str) -> str:
    """The skeleton of what stays without what is added to names."""
    words = WORD.findall(name)
    return skeleton("".join([word for word in words if word.lower() not in ADDED] or words))


def _seen(sign: str) -> str:
    """By its number where it is not seen by itself."""
    return sign if sign.isprintable() and not combining(sign) else f"U+{ord(sign):04X}"


def _squeezed(name: str) -> str:
    return "".join(WORD.findall(name))


def _in_capitals(word: str) -> str:
    """As it looks at a glance: B1 is BI."""
    return word.translate(CAPITALS)


@cache
def _skeleton_of(word: str) -> str:
    return skeleton(word)


@cache
def _institutions() -> Institutions:
    with INSTITUTIONS.open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    words = [row["word"] for row in known]
    return Institutions(
        {word for word in words if word.isupper()},
        [word for word in words if word.islower()],
        [row["name"] for row in known if " " in row["name"]],
    )


@cache
def _governed() -> set[str]:
    areas = [*regencies().values(), *(f"Provinsi {name}" for name in provinces().values())]
    return {skeleton(_squeezed(area)) for area in areas}
