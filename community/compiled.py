"""What SQLAlchemy has compiled, kept once for all engines of the process that speak one dialect.

A database has one engine for writing and one for reading. Left to themselves each compiles every
statement anew, which takes longer than most of them take to run.
"""

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.util import LRUCache

ENOUGH = 1_000  # statements; the least used go first


class Compiled(LRUCache[Any, Any]):
    """For the execution option `compiled_cache`.

    SQLAlchemy's keys begin with the engine's own object of the dialect, of which there is one for
    each engine; what is compiled is the same for all of a kind."""

    def __init__(self) -> None:
        super().__init__(ENOUGH)

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        assert isinstance(key[0], Dialect), key
        super().__setitem__(key[1:], value)
