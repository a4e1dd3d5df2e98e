"""Whoever asks the database is answered, however the work ends."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from community.database import Database
from tests.browsing import PATIENCE


def _next(_session: Session, of: Sequence[str]) -> str:
    return next(iter(of))


async def test_work_that_finds_nothing_next_fails_and_is_answered(db: Database) -> None:
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(RuntimeError):
            await db.act(_next, ())
        with pytest.raises(RuntimeError):
            await db.look(_next, ())
