"""Which tables a transaction looks through from one end to the other, where SQLite says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from community.database import Transaction

VIRTUAL = "VIRTUAL TABLE"  # made of what was given, or an index of words: not looked through


@contextmanager
def scanned(tx: Transaction) -> Iterator[set[str]]:
    """Their names, when the block is left."""
    asked: list[tuple[str, Any]] = []
    connection = tx.connection()

    def write_down(
        _connection: Connection, _cursor: Any, statement: str, parameters: Any, *more: Any
    ) -> None:
        _context, many = more
        if statement.startswith("SELECT") and not many:
            asked.append((statement, parameters))

    found: set[str] = set()
    event.listen(connection, "before_cursor_execute", write_down)
    yield found
    event.remove(connection, "before_cursor_execute", write_down)
    for statement, parameters in asked if tx.alone else ():
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = (row.detail.split() for row in plan if VIRTUAL not in row.detail)
        found |= {step[1] for step in steps if step[0] == "SCAN"}
