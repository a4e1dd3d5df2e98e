"""Rows found by keys of several columns, many at once, each by the index over these columns.

SQLite looks through a whole table for keys that stand in a list, `(a, b) IN (VALUES …)`; where they
stand in one for each column, `a IN (…) AND b IN (…)`, each is tried with each. So they come as the
rows of a table that is joined: in SQLite made of one JSON array, in PostgreSQL of an array for each
column, of which it knows how long they are before it chooses how to join.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVarTuple

from sqlalchemy import ARRAY, JSON, Row, Select, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from community.database import batches

Ts = TypeVarTuple("Ts")


class _Asked(FunctionElement[Any]):
    """The table of keys: of the JSON array or of the others."""

    name = "asked"
    inherit_cache = True


class _Part(FunctionElement[Any]):
    """One column of it."""

    name = "part"
    inherit_cache = True


def keyed(statement: Select[*Ts], *columns: Any) -> Select[*Ts]:
    """What of it has one of the keys that found() is given, in these columns. Built once."""
    arrays = [bindparam(f"keys_{n}", type_=ARRAY(one.type)) for n, one in enumerate(columns)]
    asked = _Asked(bindparam("keys", type_=JSON), *arrays).table_valued("value", name="asked")
    parts = (_Part(asked.c.value, n) for n in range(len(columns)))
    return statement.where(*(one == part for one, part in zip(columns, parts, strict=True)))


def found(
    session: Session, statement: Select[*Ts], keys: Iterable[tuple[Any, ...]], **more: Any
) -> Iterator[Row[*Ts]]:
    """The rows of a statement made by keyed(), `more` being what else it asks; in no order."""
    alone = session.get_bind().dialect.name == "sqlite"
    for some in batches({*keys}):
        arrays = {f"keys_{n}": [*part] for n, part in enumerate(zip(*some, strict=True))}
        yield from session.execute(statement, ({"keys": some} if alone else arrays) | more)


@compiles(_Asked)
def _asked_in_sqlite(element: _Asked, compiler: Any, **more: Any) -> str:
    keys, *_arrays = element.clauses
    return f"json_each({compiler.process(keys, **more)})"


@compiles(_Asked, "postgresql")
def _asked_in_postgresql(element: _Asked, compiler: Any, **more: Any) -> str:
    _keys, *arrays = element.clauses
    names = ", ".join(f"part_{n}" for n in range(len(arrays)))
    given = ", ".join(compiler.process(one, **more) for one in arrays)
    return f"(SELECT * FROM unnest({given}) AS keys ({names}))"


@compiles(_Part)
def _part_in_sqlite(element: _Part, compiler: Any, **more: Any) -> str:
    key, n = element.clauses
    return f"{compiler.process(key, **more)} ->> {n.value}"


@compiles(_Part, "postgresql")
def _part_in_postgresql(element: _Part, compiler: Any, **more: Any) -> str:
    _key, n = element.clauses
    return f"asked.part_{n.value}"
