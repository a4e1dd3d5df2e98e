"""Numbers that belong to a person: of identity cards, telephones, bank accounts, and their own
e-mail addresses, as people in Indonesia write them.

Prices, quantities, years, sizes and the numbers of orders are none of these: each kind has a form
of its own, or stands beside a word that says what it is. All patterns are bounded and look at
each character a fixed number of times.
"""

import re
from collections.abc import Iterator

from community.places import regencies
from moderation.detectors.findings import Finding, Kind

# What is in each of them is looked for first: most texts have none of it.
DIGITS = re.compile(r"(?:\d[ ().-]{0,2}){8}")
MANY_DIGITS = re.compile(r"(?:\d[ .-]?){16}")
AREA = re.compile(r"0[2-79]|\+62")
BANKS = ("bca", "bri", "bni", "btn", "bsi", "bjb", "mandiri", "cimb", "danamon", "permata",
         "muamalat", "mega", "ocbc", "panin", "jago", "seabank", "maybank", "rek")  # fmt: skip
ALONE = r"(?<![\w+])(?<!\d[.,-])"  # not in the middle of another number or word
ENDS = r"(?![\w])(?![.,-]\d)"

# NIK and KK (Permendagri 73/2022): six digits of the place, six of a day, four that are no 0000.
# Written at one go, in fours, or as they are read out.
IDENTITY = re.compile(
    rf"{ALONE}(?:\d{{16}}|\d{{4}}([ .-])\d{{4}}\1\d{{4}}\1\d{{4}}|\d{{6}}([ .-])\d{{6}}\2\d{{4}}"
    rf"|\d{{2}}([ .-])\d{{2}}\3\d{{2}}\3\d{{6}}\3\d{{4}}){ENDS}"
)
# Mobile: the codes that were given out; +62 or 62 in place of the 0.
MOBILE = r"8(?:1[1-9]|2[1-378]|3[1-389]|5[1-9]|68|7[6-9]|8[1-9]|9[5-9])"
PHONE = re.compile(
    rf"{ALONE}(?:\(?0{MOBILE}\)?|\(?\+\s?62\)?[ .-]?{MOBILE}|62[ -]?{MOBILE})"
    rf"(?:[ .-]{{0,2}}\d){{6,9}}{ENDS}"
)
# A fixed line: its area in brackets, or before a dash or a space, and six to eight digits.
FIXED = re.compile(
    rf"{ALONE}(?:\(0[2-79]\d{{1,2}}\)[ -]?|(?:\+62[ -]?|0)(?:2[1-9]|3[1-9]|4[01]|5[1-9]|6[1-9]"
    rf"|7[1-9]|9[0-8])\d?[ -])[2-9]\d{{2,3}}[ -]?\d{{3,4}}{ENDS}"
)
BANK = re.compile(
    r"\b(?:bca|bri|bni|btn|bsi|bjb|mandiri|cimb(?: niaga)?|danamon|permata|muamalat|mega|ocbc|panin"
    r"|jago|seabank|maybank|no ?rek|norek|rek|rekening)\b"
    r"(?=[^\d\n]{0,40}?(?P<number>\d(?:[ -]?\d){9,15})(?![\d.,]))",
    re.IGNORECASE,
)
EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:gmail|yahoo|ymail|rocketmail|hotmail|outlook|live|icloud|proton"
    r"(?:mail)?)\.(?:com|co\.id|me|co)\b",
    re.IGNORECASE,
)
# What stands before a number and says what else it is.
ORDER = re.compile(
    r"(?:resi|awb|order|pesanan|invoice|inv|faktur|sku|kode|seri|lot|batch|nib|npwp|nop|sertifikat"
    r"|barcode|tiket|p-?irt|md|ml|na|rp|idr)\W{0,3}(?:no|nomor|number|nmr)?\W{0,3}\Z",
    re.IGNORECASE,
)
BEFORE = 24  # characters in which such a word stands
ROUND = re.compile(r"0{5}\Z")  # an amount, not an account


def personal(text: str) -> Iterator[Finding]:
    """In no order; what is one kind may be found as another, too."""
    if DIGITS.search(text):
        for find in (_identities, _phones, _accounts):
            yield from (one for one in find(text) if not _says_what_else(text, one))
    if "@" in text:
        yield from (_found(Kind.EMAIL, match) for match in EMAIL.finditer(text))


def _identities(text: str) -> Iterator[Finding]:
    for match in IDENTITY.finditer(text) if MANY_DIGITS.search(text) else ():
        if _is_identity(_digits(match[0])):
            yield _found(Kind.IDENTITY, match)


def _is_identity(digits: str) -> bool:
    place, day, month, serial = digits[:4], int(digits[6:8]), int(digits[8:10]), digits[12:]
    return (
        f"{place[:2]}.{place[2:]}" in regencies()
        and digits[4:6] != "00"
        and (1 <= day <= 31 or 41 <= day <= 71)  # of women 40 more
        and 1 <= month <= 12
        and serial != "0000"
    )


def _phones(text: str) -> Iterator[Finding]:
    if "8" in text and ("08" in text or "62" in text):
        yield from (_found(Kind.PHONE, match) for match in PHONE.finditer(text))
    if AREA.search(text):
        yield from (_found(Kind.PHONE, match) for match in FIXED.finditer(text))


def _accounts(text: str) -> Iterator[Finding]:
    lowered = text.lower()
    for match in BANK.finditer(text) if any(bank in lowered for bank in BANKS) else ():
        start, end = match.span("number")
        if not ROUND.search(_digits(text[start:end])):
            yield Finding(Kind.ACCOUNT, start, end, text[start:end])


def _says_what_else(text: str, found: Finding) -> bool:
    return bool(ORDER.search(text[max(0, found.start - BEFORE) : found.start]))


def _found(kind: Kind, match: re.Match[str]) -> Finding:
    return Finding(kind, match.start(), match.end(), match[0])


def _digits(said: str) -> str:
    return "".join(one for one in said if one.isdigit())
