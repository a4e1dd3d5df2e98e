"""Many cases at once: one result each, and one bad one leaves the others."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from community.database import Database
from community.errors import Conflict, Invalid
from forum.topics.models import Post
from moderation.models import Case, Decision, Ruling, State
from moderation.notes import Note
from moderation.queue.bulk import MOST, Item, Way, few_enough, settle_one
from tests.browsing import Browser
from tests.cast import ADA, CY, EVA
from tests.conftest import Town
from tests.moderation.reporting import as_, judge, report, rows, take, the, write

WORDS = "The same offer again and again."
DONE = re.compile(r'data-done="(\w+)"')


async def waiting(db: Database, many: int) -> list[int]:
    return [await report(db, await write(db, body=f"rope {n}"), CY) for n in range(many)]


async def items(db: Database, cases: Sequence[int]) -> list[str]:
    return [f"{case}:{(await the(db, Case, case)).version}" for case in cases]


async def send(who: Browser, chosen: Sequence[str], way: str, key: str = "k1") -> str:
    sent = await who.post("/moderation/bulk", case=list(chosen), way=way, words=WORDS, key=key)
    assert sent.status_code == 200, sent.text
    return sent.text


async def test_each_has_its_own_result(town: Town) -> None:
    """Claimed and decided here; decided by another meanwhile; one's own report; changed; gone."""
    cases = await waiting(town.db, 4)
    mine = await report(town.db, await write(town.db, body="hawser"), ADA)
    chosen = await items(town.db, [*cases, mine])
    await judge(town.db, EVA, cases[1])
    await take(town.db, EVA, cases[2])
    page = await send(town.ada, [*chosen, "999:1"], "keep")
    assert DONE.findall(page) == ["yes", "no", "no", "yes", "no", "no"]
    for said in ("2 of 6 done.", "Eva decided this case at", "Eva has claimed this case.",
                 "You have reported this yourself", "You cannot see this case"):  # fmt: skip
        assert said in page
    states = [(await the(town.db, Case, case)).state for case in [*cases, mine]]
    assert states == [State.DECIDED, State.DECIDED, State.CLAIMED, State.DECIDED, State.OPEN]
    assert [one.moderator_id for one in await rows(town.db, Decision)] == [EVA, ADA, ADA]


async def test_sent_twice_it_is_done_once(town: Town) -> None:
    chosen = await items(town.db, await waiting(town.db, 3))
    assert DONE.findall(await send(town.ada, chosen[:2], "spam")) == ["yes", "yes"]
    assert DONE.findall(await send(town.ada, chosen, "spam")) == ["yes", "yes", "yes"]
    decisions = await rows(town.db, Decision)
    assert [(one.ruling, one.reason_code) for one in decisions] == [(Ruling.ACT, "spam")] * 3
    assert all(one.gone == "hidden" for one in await rows(town.db, Post) if one.seq > 0)
    assert DONE.findall(await send(town.eva, chosen, "spam")) == ["no"] * 3


async def test_what_was_reported_twice_is_put_aside(town: Town) -> None:
    cases = await waiting(town.db, 2)
    chosen = await items(town.db, cases)
    assert DONE.findall(await send(town.ada, chosen, "void")) == ["yes"] * 2
    assert DONE.findall(await send(town.ada, chosen, "void")) == ["yes"] * 2
    assert DONE.findall(await send(town.ada, chosen, "void", key="k2")) == ["no"] * 2
    assert len(await rows(town.db, Note)) == 2
    assert {one.state for one in await rows(town.db, Case)} == {State.VOID}
    assert not await rows(town.db, Decision)


async def test_what_changed_since_it_was_chosen_is_left(db: Database) -> None:
    """Also where whoever chose it holds it by now."""
    (case,) = await waiting(db, 1)
    version = (await the(db, Case, case)).version
    await take(db, ADA, case)
    with pytest.raises(Conflict):
        await as_(db, ADA, settle_one, Item(case, version), Way.KEEP, WORDS, key="k1")
    assert (await the(db, Case, case)).state == State.CLAIMED


async def test_nothing_is_not_chosen_and_words_are_needed(town: Town) -> None:
    (chosen,) = await items(town.db, await waiting(town.db, 1))
    form = {"case": [chosen], "way": "keep", "words": WORDS, "key": "k1"}
    wrongs: list[dict[str, Any]] = [{"case": []}, {"case": ["1"]}, {"words": " "}, {"way": "ban"}]
    for wrong in (*wrongs, {"key": ""}):
        assert (await town.ada.post("/moderation/bulk", **{**form, **wrong})).status_code == 422
    assert (await town.cy.post("/moderation/bulk", **form)).status_code == 403
    most = {**form, "case": [f"{number}:1" for number in range(900, 900 + MOST)], "key": "k2"}
    assert (await town.ada.post("/moderation/bulk", **most)).status_code == 200
    assert (await town.ada.post("/moderation/bulk", **form)).status_code == 200


async def test_for_more_than_a_hundred_two_are_needed() -> None:
    items = [f"{number}:1" for number in range(1, MOST + 2)]
    with pytest.raises(Invalid):
        few_enough(items)


async def test_what_can_be_chosen_has_a_box(town: Town) -> None:
    await waiting(town.db, 1)
    await report(town.db, await write(town.db, body="hawser"), ADA)
    page = await town.ada.open("/moderation")
    assert 'form="bulk" name="case" value="1:' in page and 'name="case" value="2:' not in page
    assert "bulk-count" in page and "bulk-count" not in await town.ada.open(
        "/moderation?show=decided"
    )
