"""M9: words that are for few are shown to a moderator where it is written down that they look, and
nowhere else."""

import pytest
from sqlalchemy import select

from channels.direct import begin
from community.audit import AuditEntry
from moderation.viewing import VIEWED
from tests.cast import BO, CY, EVA, FAY
from tests.conftest import Town
from tests.moderation.ordering import ordered
from tests.moderation.reporting import MESSAGE, as_, judge, report, say, write

SECRET = "zimtstern"


@pytest.mark.parametrize("where", ["a room of two", "an order"])
async def test_the_queue_shows_no_words_that_are_for_few(town: Town, where: str) -> None:
    case = await _about(town, where)
    for page in ("/moderation", f"/cases/{case}/row"):
        shown = await town.fay.open(page)
        assert SECRET not in shown and f"case-{case}" in shown
    assert not await _looks(town)
    assert SECRET in await town.fay.open(f"/cases/{case}")
    assert await _looks(town) == [(FAY, f"case:{case}")]


async def test_what_all_may_read_stands_in_the_queue(town: Town) -> None:
    await report(town.db, await write(town.db, body=SECRET))
    assert SECRET in await town.ada.open("/moderation")


async def test_a_decision_shows_a_moderator_what_is_for_few_and_that_is_written_down(
    town: Town,
) -> None:
    decision = await judge(town.db, EVA, await _about(town, "a room of two"))
    assert SECRET in await town.bo.open(f"/decisions/{decision.id}")
    assert not await _looks(town)
    assert SECRET in await town.fay.open(f"/decisions/{decision.id}")
    assert await _looks(town) == [(FAY, f"case:{decision.case_id}")]


async def test_what_hides_by_itself_among_few_is_looked_at_in_writing(town: Town) -> None:
    room = (await as_(town.db, BO, begin, CY)).id
    message = await say(town.db, BO, SECRET, channel=room)
    case = await report(town.db, message, reason="doxxing", kind=MESSAGE)
    assert SECRET in await town.bo.open("/hidden/1")
    assert not await _looks(town)
    assert SECRET in await town.eva.open("/hidden/1")
    assert await _looks(town) == [(EVA, f"case:{case}")]


async def _about(town: Town, where: str) -> int:
    if where == "an order":
        await ordered(town.db, f"/posts/{await write(town.db, body=SECRET)}")
        return 1
    room = (await as_(town.db, BO, begin, CY)).id
    return await report(town.db, await say(town.db, BO, SECRET, channel=room), kind=MESSAGE)


async def _looks(town: Town) -> list[tuple[int | None, str]]:
    viewed = select(AuditEntry).where(AuditEntry.verb == VIEWED).order_by(AuditEntry.id)
    looks = await town.db.look(lambda session: session.scalars(viewed).all())
    return [(one.actor_id, one.subject) for one in looks]
