"""Every door of the app, read from its route table, so that tests grow with it."""

import inspect
from collections.abc import Iterator
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

import msgspec
from msgspec import inspect as types
from starlette.routing import Route

from community.database import Database
from community.letters import MailKind
from community.settings import Settings
from tests.conftest import Town
from tests.tampering import BY_THE_WORKER
from web.app import create_app
from web.forms import Form

SAFE = {"GET", "HEAD"}
# What is written because time passes and letters are carried.
PASSING = {"seen_at", "trust", "weighed_at"}
CARRIED = {"due_at", "tries", "sent_at", "trouble", "about"}  # the same in "mails"
VALID = {"next": "/", "locale": "en", "place": "topic:5", "stream": "channel:7"}
WANTED = {"body", "title", "key", "category"}  # asked for by the action where not by the form
FORM = ("content-type", "application/x-www-form-urlencoded")


class Door(NamedTuple):
    method: str
    path: str
    params: tuple[str, ...]
    forms: tuple[type[Form], ...]  # what its function reads, of a body or of the address

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def safe(self) -> bool:
        return self.method in SAFE

    def address(self, ids: dict[str, Any], otherwise: Any = 1) -> str:
        """With these ids in its path."""
        path = self.path
        for param in self.params:
            path = path.replace(param, str(ids.get(_name(param), otherwise)))
        return path

    def filled(self, **fields: str) -> bytes:
        """The least its form has to say."""
        return urlencode([pair for form in self.forms for pair in least(form, fields)]).encode()


@cache
def doors() -> list[Door]:
    app = create_app(cast(Database, None), Settings())
    return [
        Door(method, route.path, _params(route.path), tuple(_forms(route.endpoint)))
        for route in app.routes
        if isinstance(route, Route)
        for method in sorted(route.methods or ())
        if method != "HEAD"
    ]


def unsafe_doors() -> list[Door]:
    return [door for door in doors() if not door.safe]


def least(form: type[Form], given: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A valid value for each field that has to be there, or that is given."""
    for field in msgspec.structs.fields(form):
        name = field.encode_name
        if name in given:
            yield name, given[name]
        elif field.required or name in WANTED:
            yield name, VALID.get(name) or valid(types.type_info(field.type))


def valid(type: types.Type) -> str:
    match type:
        case types.IntType(ge=least):
            return str(max(least or 0, 1))
        case types.FloatType():
            return "1"
        case types.BoolType():
            return "true"
        case types.EnumType(cls=cls):
            return str(next(iter(cls)).value)
        case types.LiteralType(values=values):
            return str(values[0])
        case types.ListType(item_type=item) | types.CollectionType(item_type=item):
            return valid(item)
        case types.UnionType(types=kinds):
            return valid(kinds[0])
        case types.DateTimeType():
            return "2030-01-01T00:00:00+00:00"
        case _:
            return "ahoy"


async def everything(town: Town) -> dict[str, list[Any]]:
    """All rows of all tables, but for when a browser was last seen and how far the postman, who
    works beside the tests, has come with a letter; and but for the seals of what was done, and
    the letter that brings the last of them."""
    return await town.db.look(_rows)


def _rows(session: Any) -> dict[str, list[Any]]:
    from community.database import Base

    found: dict[str, list[Any]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in BY_THE_WORKER:
            continue
        passing = PASSING | (CARRIED if table.name == "mails" else set())
        columns = [c for c in table.columns if c.name not in passing]
        kept = table.select().with_only_columns(*columns)
        if table.name == "mails":
            kept = kept.where(table.c.kind != MailKind.ANCHOR)  # the worker's, once a day
        rows = session.execute(kept).all()
        found[table.name] = sorted(map(str, rows))
    return found


def _params(path: str) -> tuple[str, ...]:
    return tuple(f"{{{part.partition('}')[0]}}}" for part in path.split("{")[1:])


def _name(param: str) -> str:
    return param.strip("{}").partition(":")[0]


def _forms(function: Any, depth: int = 3) -> Iterator[type[Form]]:
    """Those its code names, or the functions of its own module that it calls."""
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType) or not depth:
        return
    seen: set[type[Form]] = set()
    for name in function.__code__.co_names:
        there = function.__globals__.get(name)
        if isinstance(there, type) and issubclass(there, Form):
            seen.add(there)
        elif isinstance(there, FunctionType) and there.__module__ == function.__module__:
            seen |= set(_forms(there, depth - 1))
    yield from sorted(seen, key=lambda form: form.__name__)
