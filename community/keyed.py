"""Rows found by keys of several columns, many at once, each by the index over these columns.

SQLite looks through a whole table for keys that stand in a list, `(a, b) IN (VALUES …)`; where they
stand in one for each column, `a IN (…) AND b IN (…)`, each is tried with each. So they come as the
rows of a table that is joined, made of one parameter, on both databases.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVarTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    Row,
    Select,
    bindparam,
    cast,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from community.database import batches

Ts = TypeVarTuple("Ts")


class _Asked(FunctionElement[Any]):
    """A table of one column, `value`: a row for each element of a JSON array."""

    name = "asked"
    inherit_cache = True


@compiles(_Asked)
def _in_sqlite(element: _Asked, compiler: Any, **more: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **more)})"


@compiles(_Asked, "postgresql")
def _in_postgresql(element: _Asked, compiler: Any, **more: Any) -> str:
    return f"jsonb_array_elements({compiler.process(element.clauses, **more)})"


KEYS = JSON().with_variant(JSONB(), "postgresql")


def keyed(statement: Select[*Ts], *columns: Any) -> Select[*Ts]:
    """What of it has one of the keys that found() is given, in these columns. Built once."""
    keys = _Asked(bindparam("keys", type_=KEYS)).table_valued("value", name="asked")
    return statement.where(
        *(column == _part(keys.c.value, n, column) for n, column in enumerate(columns))
    )


def _part(key: Any, n: int, column: Any) -> ColumnElement[Any]:
    return cast(key.op("->>")(literal_column(str(n))), column.type)


def found(
    session: Session, statement: Select[*Ts], keys: Iterable[tuple[Any, ...]], **more: Any
) -> Iterator[Row[*Ts]]:
    """The rows of a statement made by keyed(), `more` being what else it asks; in no order."""
    for some in batches({*keys}):
        yield from session.execute(statement, {"keys": some, **more})
