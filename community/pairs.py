"""Rows found by two columns at once: who in which channel, which key of whom."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import JSON, Select, and_, bindparam, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from community.database import batches


class ByPair(NamedTuple):
    """Built only once. SQLite finds a pair by its index where it comes as a row, and looks through
    all there is where it is in a list of pairs."""

    in_sqlite: Select[Any]
    in_postgresql: Select[Any]

    def among(self, session: Session, pairs: Iterable[tuple[Any, Any]]) -> Iterator[Any]:
        """Those there are of these; each row begins with its pair."""
        alone = session.get_bind().dialect.name == "sqlite"
        asked = self.in_sqlite if alone else self.in_postgresql
        for some in batches(pairs):
            yield from session.execute(asked, {"pairs": some})


def by_pair(
    one: InstrumentedAttribute[Any], other: InstrumentedAttribute[Any], *columns: Any
) -> ByPair:
    """Of a pair that there is at most once."""
    row = func.json_each(bindparam("pairs", type_=JSON)).table_valued("value")
    first, second = (func.json_extract(row.c.value, f"$[{n}]") for n in range(2))
    asked = select(one, other, *columns)
    return ByPair(
        asked.join_from(row, one.class_, and_(one == first, other == second)),
        asked.where(tuple_(one, other).in_(bindparam("pairs", expanding=True))),
    )
