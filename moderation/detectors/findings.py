"""What an author is asked about before others read it: it may be a slip, and it may be meant.

Asked, never blocked. What was found is known by its print, so that nobody is asked twice about the
same words, however they are written around them.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from community.words import _

MOST = 10  # of one text; who reads through ten looks through the rest, too
AROUND = 40  # characters shown before and after what was found
BETWEEN = re.compile(r"[\W_]+")


class Kind(StrEnum):
    IDENTITY = "identity"
    PHONE = "phone"
    ACCOUNT = "account"
    EMAIL = "email"
    BPOM = "bpom"
    PIRT = "pirt"
    HALAL = "halal"
    CURE = "cure"


class Text(NamedTuple):
    """In English; the catalogues hold the Indonesian."""

    name: str
    why: str


TEXTS = {
    Kind.IDENTITY: Text(
        _("This looks like the number of an identity card or a family card"),
        _("With it others can borrow or sign in somebody's name. Nobody here needs to know it."),
    ),
    Kind.PHONE: Text(
        _("This looks like a telephone number"),
        _("The number of a business is for everybody; that of a person is theirs to give."),
    ),
    Kind.ACCOUNT: Text(
        _("This looks like the number of a bank account"),
        _("Fraudsters put their own in its place. Better give it to the buyer alone."),
    ),
    Kind.EMAIL: Text(
        _("This looks like somebody's own e-mail address"),
        _("What stands here is found by collectors of addresses, too."),
    ),
    Kind.BPOM: Text(
        _("This speaks of BPOM without a number that can be looked up"),
        _("With the number (MD or ML and 12 digits, NA and 11 digits) buyers can check it."),
    ),
    Kind.PIRT: Text(
        _("This speaks of P-IRT without a number that can be looked up"),
        _("With the number (13 digits and the 2 of its year) buyers can check it."),
    ),
    Kind.HALAL: Text(
        _("This says that something is certified halal, without a number that can be looked up"),
        _("With the number of the certificate (ID and 17 digits) buyers can check it."),
    ),
    Kind.CURE: Text(
        _("This says that food or cosmetics heal"),
        _("Such claims are for medicine alone; sellers were fined for them."),
    ),
}
# Among few, people give each other what they want to be called by: only this is asked about there.
AMONG_FEW = frozenset({Kind.IDENTITY})


class Finding(NamedTuple):
    kind: Kind
    start: int
    end: int
    said: str

    @property
    def text(self) -> Text:
        return TEXTS[self.kind]

    @property
    def print(self) -> str:
        """The same however it is spaced."""
        return sha256(f"{self.kind} {BETWEEN.sub('', self.said).lower()}".encode()).hexdigest()[:16]


class Shown(NamedTuple):
    """What was found, with a little of what stands around it."""

    finding: Finding
    before: str
    after: str


def around(body: str, findings: Sequence[Finding]) -> list[Shown]:
    return [
        Shown(one, _last_words(body[: one.start]), _first_words(body[one.end :]))
        for one in findings
    ]


def _last_words(text: str) -> str:
    line = " ".join(text[-2 * AROUND :].split())
    shown = line if len(text) <= AROUND else f"…{line[-AROUND:].lstrip()}"
    return f"{shown} " if text[-1:].isspace() else shown


def _first_words(text: str) -> str:
    line = " ".join(text[: 2 * AROUND].split())
    shown = line if len(text) <= AROUND else f"{line[:AROUND].rstrip()}…"
    return f" {shown}" if text[:1].isspace() else shown
