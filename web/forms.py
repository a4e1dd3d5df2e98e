"""Forms from browsers, read into msgspec structs that allow nothing but their own fields."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, TypeVar, get_origin
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from msgspec import Meta, Struct, convert
from msgspec.structs import fields
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from community.errors import Invalid
from community.words import _
from web.ids import Id

# Of the two kinds a browser sends the one that cannot say which character set it is in.
KIND = "application/x-www-form-urlencoded"
MOST_FIELDS = 120  # a hundred that were chosen, and what is said of them
ILLEGIBLE = re.compile("[\0\ufffd\ud800-\udfff]")


class Form(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Next(Form, frozen=True, kw_only=True):
    """Where to go afterwards; read it through inside()."""

    next: Annotated[str, Meta(max_length=2_000)] = "/"


class Before(Form, frozen=True, kw_only=True):
    """From where a list goes on: the last id that was seen."""

    before: Id | None = None


class Done(Form, frozen=True, kw_only=True):
    """Where a form has led back to its page."""

    saved: Annotated[str, Meta(max_length=40)] = ""


F = TypeVar("F", bound=Struct)


async def filled_in(request: Request, form: type[F]) -> F:
    """The fields of the form. Raises Invalid or msgspec's ValidationError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"", KIND}:
        raise Invalid(_("This was not sent as our forms are."))
    return read(_fields(await request.body()) if kind else [], form)


def _fields(body: bytes) -> list[tuple[str, str]]:
    """As browsers write them (URL, 5.1); what is no UTF-8 is replaced. Starlette reads them sign by
    sign, for bodies that come bit by bit; ours are short."""
    if body.count(b"&") >= MOST_FIELDS:
        raise HTTPException(400)
    return parse_qsl(body.decode("latin-1"), keep_blank_values=True)


def by_our_picture(request: Request) -> bool:
    """Whether a page of ours asks for it as for a picture: no link that somebody wrote does."""
    asked_by = (request.headers.get(name) for name in ("sec-fetch-site", "sec-fetch-dest"))
    return tuple(asked_by) == ("same-origin", "image")


def asked(request: Request, query: type[F]) -> F:
    """The query of the address. Raises as filled_in does."""
    return read(request.query_params.multi_items(), query)


def saved(request: Request) -> str:
    """The part of the page that was saved last, to say so beside it."""
    return asked(request, Done).saved


def back(request: Request, name: str, part: str = "yes", **params: int | str) -> Response:
    """To the page, which says that this part of it was saved."""
    address = request.app.url_path_for(name, **params)
    return RedirectResponse(f"{address}?saved={part}", 303)


def inside(address: str) -> str:
    """An address of ours, whatever was asked for (S11): a path, never another site."""
    ours = address.startswith("/") and not address.startswith("//")
    if not ours or "\\" in address or not address.isprintable():
        return "/"
    parts = urlsplit(address)
    return urlunsplit(("", "", parts.path, parts.query, parts.fragment))


def read(items: list[tuple[str, Any]], form: type[F]) -> F:
    """What filled_in() answers, of names and values however they came."""
    lists = _lists(form)
    values: dict[str, Any] = {name: [] for name in lists}
    for name, value in items:
        if not isinstance(value, str):
            raise Invalid(_("This form takes no files."))
        value = _legible(value)
        if name in lists:
            values[name].append(value)
        elif name in values:
            raise Invalid(_("A field was filled in twice."))
        else:
            values[name] = value
    return convert(_without_empty(values), form, strict=False)


@cache
def _lists(form: type[Struct]) -> frozenset[str]:
    """The names of the fields that may be filled in more than once."""
    return frozenset(one.encode_name for one in fields(form) if get_origin(one.type) is list)


def _legible(value: str) -> str:
    """Forms end lines with CR LF (HTML, 4.10.21.4); we keep LF.

    What was no UTF-8 has been replaced by U+FFFD on its way here; PostgreSQL stores no NUL, and
    nobody a lone surrogate."""
    if ILLEGIBLE.search(value):
        raise Invalid(_("This text has a character that cannot be stored."))
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """A field left empty is a field not filled in, so its default holds."""
    return {name: value for name, value in values.items() if value != ""}
