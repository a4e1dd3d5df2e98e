"""one offer, many times -> what fits is proposed -> a second person -> each case, each author"""

import pytest

from moderation.models import Decision
from moderation.queue import bulk, many
from moderation.queue.many import settle_agreed
from tests.cast import ADA, CY, EVA
from tests.conftest import Town
from tests.moderation.reporting import report, rows, write

ALL = {"words": "The same offer again and again.", "every": "yes", "way": "spam", "key": "k1"}


async def test_what_is_too_much_for_one_person_two_settle_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bulk, many):
        monkeypatch.setattr(module, "MOST", 2)  # not a hundred
    posts = [await write(town.db, body=f"rope {number}") for number in range(3)]
    for post in posts:
        await report(town.db, post, CY)
    async with town.gus.tab() as reader:
        await reader.watch("topic:5")
        proposed = await town.ada.post("/moderation/bulk?reason=spam", **ALL)
        where = proposed.headers["location"]
        assert (await town.ada.post(f"{where}/agreement")).status_code == 403
        assert where in await town.eva.open("/moderation")
        assert (await town.eva.post(f"{where}/agreement")).status_code == 303
        for _round in posts:
            await town.db.act(settle_agreed)
        while "hidden by a moderator" not in (await reader.until("put"))["html"]:
            pass
    decided = [(one.moderator_id, one.second_id) for one in await rows(town.db, Decision)]
    assert decided == [(ADA, EVA)] * 3 and "3 of 3 done." in await town.ada.open(where)
    assert ALL["words"] in await town.bo.open("/decisions/3")
