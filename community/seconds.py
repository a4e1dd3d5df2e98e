"""A moment as a number: for how long something took, and on which day, as the database counts."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement


class Seconds(FunctionElement[int]):
    """Of a moment, since 1970 (UTC), whole ones."""

    type = BigInteger()
    inherit_cache = True


@compiles(Seconds, "sqlite")
def _on_sqlite(element: Seconds, compiler: Any, **how: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **how)}) AS INTEGER)"


@compiles(Seconds, "postgresql")
def _on_postgres(element: Seconds, compiler: Any, **how: Any) -> str:
    return f"CAST(floor(extract(epoch from {compiler.process(element.clauses, **how)})) AS BIGINT)"
