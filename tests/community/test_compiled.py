"""What is compiled once serves every engine of its dialect, and none of another."""

import pytest
from sqlalchemy import Engine, create_engine, literal, select

from community.compiled import Compiled


def engine(compiled: Compiled) -> Engine:
    return create_engine("sqlite://", execution_options={"compiled_cache": compiled})


def test_engines_share_what_is_compiled_and_not_what_is_asked() -> None:
    compiled = Compiled()
    for asked in (7, 8):
        with engine(compiled).connect() as connection:
            assert connection.scalar(select(literal(asked))) == asked
            assert connection.scalar(select(literal(str(asked)))) == str(asked)
    assert len(compiled) == 2


def test_a_key_that_does_not_begin_with_a_dialect_is_not_taken() -> None:
    with pytest.raises(AssertionError):
        Compiled()["statement",] = "compiled"
