"""What nobody should send: any door and any command, filled in wrongly.

Nearly all values are picked from lists of what has broken programs before, by type: what is valid
comes from the structs the doors and commands are read into, so it grows with them.
"""

import json
from functools import cache
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

import msgspec
from msgspec import inspect as types

from tests.doors import VALID, Door
from tests.wire import verb_of
from web.commands import Command

NUMBERS = ["0", "-1", "07", "+7", " 7", "7.0", "1e5", "NaN", "0x7", "1_0", "\u0667", "9" * 5_000]
NUMBERS += [str(2**n + d) for n in (31, 32, 53, 63, 64) for d in (-1, 0)]
WORDS = ["", " ", "ahoy", "null", "true", "[]", "{}", "x" * 17_000, "\u202eahoy", "😀", "../../x"]
WORDS += ["'; DROP TABLE members; --", "<script>alert(1)</script>", "{{ 7 * 7 }}", "%s%n%(a)s"]
WORDS += ["a\r\nset-cookie: a=b", "2026-13-45T99:99", "0001-01-01T00:00", "9999-12-31T23:59"]
WORDS += ["channel:8", "topic:6", f"topic:{2**63}", "32.05", "99.99", "government", "\u0130", "_"]
BROKEN = [b"\0", b"a\0b", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\xf0\x9f\x98"]
JUNK = [*(word.encode() for word in (*NUMBERS, *WORDS)), *BROKEN]
NAMES = ["role", "id", "author_id", "__proto__", "a" * 300, "", "before", "page", "q", "\0"]

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
FORM = "application/x-www-form-urlencoded"
KINDS = [FORM.upper(), "application/json", "text/plain", "multipart/form-data; boundary=b"]
KINDS += ["multipart/form-data", "multipart/form-data; boundary=b; charset=undefined", "\xff", ""]
FILE = (
    b'--b\r\ncontent-disposition: form-data; name="body"; filename="a\0.svg"\r\n\r\n<svg/>\r\n--b--'
)
BODIES = [b"", FILE, b"--b\r\n\r\n", b"{" * 50_000, b"[" * 50_000, b'{"body":"ahoy"}', b"\xff" * 99]
BODIES += [b"&" * 5_000, b"=&=", b"body", b"%", b"%zz=%", b"a=b&" * 300, b"x" * 300_000]


ODD = [("range", "bytes=0-,9-1,-0"), ("accept-language", "\xff,*;q=x")]


class Request(NamedTuple):
    who: int  # of the browsers there are
    method: str
    target: bytes
    headers: list[tuple[str, str]]
    body: bytes


def request(door: Door, browsers: int, chance: Random) -> Request:
    """Now and then one that is right but for a detail, or right altogether."""
    who = chance.randrange(browsers)
    method = door.method if door.safe else chance.choice([door.method] * 20 + METHODS)
    target = door.path.encode()
    for param in door.params:
        target = target.replace(param.encode(), chance.choice(_places()))
    form = b"&".join(filter(None, map(chance.choice, _fields(door))))
    if door.safe:
        return Request(who, method, target + b"?" * bool(form) + form[:8_000], ODD, b"")
    kind, other = chance.choice(_ways())
    return Request(who, method, target, [("content-type", kind)], form if other is None else other)


@cache
def _places() -> list[bytes]:
    """What may stand where a path has a gap: every second is one that is there."""
    wrong = [_quoted(value) for value in JUNK]
    return [b"1", b"2", b"5", b"7", b"market"] * (len(wrong) // 5) + wrong


@cache
def _ways() -> list[tuple[str, bytes | None]]:
    """Three of four bodies are the form, and say so."""
    wrong: list[tuple[str, bytes | None]] = [
        (KINDS[n % len(KINDS)], body) for n, body in enumerate(BODIES)
    ]
    wrong += [(FORM, body) for body in BODIES]
    wrong += [(kind, None) for kind in KINDS]
    return [(FORM, None)] * (3 * len(wrong)) + wrong


@cache
def _fields(door: Door) -> list[list[bytes]]:
    """For each field: right, left out, wrong, or twice; and perhaps one nobody knows."""
    each = [
        _pairs(field.encode_name, types.type_info(field.type))
        for form in door.forms
        for field in msgspec.structs.fields(form)
    ]
    unknown = [_pair(name, b"1") for name in NAMES]
    return [*each, [b""] * (9 * len(unknown)) + unknown]


def _pairs(name: str, kind: types.Type) -> list[bytes]:
    right = [VALID[name]] if name in VALID else valid_ones(kind)
    wrong = [_pair(name, value) for value in JUNK] + [_pair(name, b"1") + b"&" + _pair(name, b"1")]
    again = 3 * len(wrong) // len(right) + 1
    return [_pair(name, str(value).encode()) for value in right] * again + [b""] * 20 + wrong


def _pair(name: str, value: bytes) -> bytes:
    return _quoted(name.encode()) + b"=" + _quoted(value)


def _quoted(value: bytes) -> bytes:
    return quote_from_bytes(value, safe="").encode()


def frame(command: type[Command], chance: Random) -> str | bytes:
    """As a tab would send it: JSON with the right verb, mostly."""
    verb = chance.choice([verb_of(command)] * 12 + ["", "put", "Say", "__proto__"])
    fields = {name: chance.choice(values) for name, values in _values_of(command)}
    there = {name: value for name, value in fields.items() if value is not LEFT_OUT}
    extra: dict[str, Any] = {} if chance.randrange(2) else {chance.choice(NAMES): 1}
    mangled = chance.choice([_as_it_is] * 24 + MANGLED)
    said: str | bytes = mangled(json.dumps({"verb": verb, **there, **extra}))
    return said


@cache
def _values_of(command: type[Command]) -> list[tuple[str, list[Any]]]:
    fields = msgspec.structs.fields(command)
    return [(field.encode_name, _values(types.type_info(field.type))) for field in fields]


def _values(kind: types.Type) -> list[Any]:
    right = valid_ones(kind)
    return right * (2 * len(VALUES) // len(right) + 1) + [LEFT_OUT] * 8 + VALUES


def _as_it_is(text: str) -> str:
    return text


LEFT_OUT = object()
MANGLED: list[Any] = [
    str.encode,
    lambda text: text[:-1],
    lambda text: text + text,
    lambda text: f"[{text}]",
    lambda text: text[:-1] + ', "x": ' + "[" * 5_000,
    lambda text: text[::-1],
    lambda text: "\ufeff" + text,
]
VALUES: list[Any] = [None, True, -1, 0, 7.5, 2**63 - 1, 2**63, 10**300, [], {}, [[[[[]]]]], ["7"]]
VALUES += ["", " ", "\0", "a\0b", "x" * 17_000, "\ud800", "7", "channel:8", "topic:6", "member:1"]
VALUES += ["channel:*", f"channel:{2**63}", "k" * 65, "a b", {"a": {"b": {"c": {}}}}]


def valid_ones(kind: types.Type) -> list[Any]:
    match kind:
        case types.IntType():
            return [1, 2, 5, 7]
        case types.BoolType():
            return ["true", "false"]
        case types.EnumType(cls=cls):
            return [each.value for each in cls]
        case types.LiteralType(values=values):
            return list(values)
        case types.ListType(item_type=item):
            return valid_ones(item)
        case types.UnionType(types=kinds):
            return [v for k in kinds if not isinstance(k, types.NoneType) for v in valid_ones(k)]
        case types.StrType(pattern=str(pattern)) if ":" in pattern:
            return ["channel:7", "topic:5", "channel:8", "topic:6"]
        case _:
            return ["ahoy", "k1", "k2", "k3", "5", "food"]
