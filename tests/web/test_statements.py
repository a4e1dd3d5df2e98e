"""A page asks the database a few things, however much there is to show.

Every page as visitors, members and those who moderate see it, on the demonstration: its lists have
several rows, so a statement for each of them would stand there twice.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from threading import current_thread
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.browsing import Browser
from tests.demonstration import VISITOR, Demonstration, demonstration
from tests.pages import addresses, pages_of
from web.keeping import ORDINARY

pytestmark = pytest.mark.timeout(480)

MOST = 8
# A case is told with all there is about it, its author and others like it; what is hidden is
# found by its restriction and by its case, and so is what was decided, with what came of it. Each
# asks whether few may read it: then it is written down who looks.
MORE = {"case": 25, "hidden": 10, "decision": 12}
# Where the member of the demonstration sees what of theirs waits for a moderator.
WAITING = {"topic", "topics", "topics-lens", "topics-none", "category"}
QUIET = ORDINARY._replace(check=3600, retry=3600)  # nothing is asked but for a page
WHO = (VISITOR, "member", "official", "moderator")
BEGIN = "BEGIN"  # of a look
READER = "reader"  # the thread of looks; what the worker writes is no page's


class Counting(Browser):
    """Knows what the last page it got has asked."""

    asked: list[str]

    async def get(self, path: str, **headers: str) -> Response:
        self.asked.clear()
        return await super().get(path, **headers)


@pytest.fixture
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demonstration]:
    async with demonstration(tmp_path_factory.mktemp("demonstration"), QUIET) as there:
        yield there


async def test_no_page_asks_for_each_of_its_rows(there: Demonstration) -> None:
    known = await there.db.look(addresses, there.app, there.settings.secret())
    found = list[str]()
    for role in WHO:
        reader = Counting(there.settings.public_url, there.browsers[role].token)
        with _written_down() as reader.asked:
            async for page in pages_of(reader, known):
                most = MORE.get(page.name, MOST) + (role == "member" and page.name in WAITING)
                found += [f"{role}, {page.path}: {one}" for one in _wrong(most, reader.asked)]
    assert not found, "\n".join(found)


def _wrong(most: int, asked: list[str]) -> Iterator[str]:
    """Two looks may ask the same; in one there is no need to."""
    looks = [Counter[str]()]
    for one in asked:
        looks = [*looks, Counter()] if one == BEGIN else looks
        looks[-1][one] += one != BEGIN
    statements = sum(look.total() for look in looks)
    if statements > most:
        yield f"{statements} statements"
    yield from (
        f"{times} times {one}" for look in looks for one, times in look.items() if times > 1
    )


@contextmanager
def _written_down() -> Iterator[list[str]]:
    asked = list[str]()

    def write(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if current_thread().name.startswith(READER):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", write)
    yield asked
    event.remove(Engine, "before_cursor_execute", write)
