"""What is held of new members: its author sees it in its place, moderators in their queue, nobody
anywhere else; let through, it is heard live."""

import pytest

from channels.models import Message
from moderation.decisions.deciding import Judgement
from moderation.models import Ruling
from tests.browsing import Browser
from tests.cast import ADA, BO, QUAY, hold_first
from tests.conftest import Town
from tests.moderation.reporting import judge, rows

HERE, STREAM = f"/channels/{QUAY}", f"channel:{QUAY}"
CANARY = "kakatua"
PLACES = (HERE, "/channels", "/", "/topics", "/search?q=kaka", "/notices", f"/members/{BO}",
          f"{HERE}/topic", f"/catch-up?stream={STREAM}&rev=0&epoch=x", "/moderation",
          "/moderation/log", "/cases/1", "/held/1", "/messages/1", "/people")  # fmt: skip


@pytest.fixture
async def strict(town: Town) -> Town:
    """Bo is new, and the first message of such is held."""
    await town.db.act(hold_first, 1)
    return town


async def test_its_author_sees_it_wait_and_everybody_hears_it_when_it_is_let_through(
    strict: Town,
) -> None:
    town = strict
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        await bo.follow(STREAM)
        await cy.follow(STREAM)
        held = {"verb": "ack", "key": "k1", "seq": 0, "rev": 0, "held": True}
        for _twice in range(2):
            assert await bo.say(f"My {CANARY} sings", "k1") == held
        while not any(frame.get("target") == f"held-{STREAM}" for frame in bo.heard):
            await bo.until("refresh")
        page = await town.bo.open(HERE)
        assert CANARY in page and "Waits to be checked" in page
        assert (await town.bo.shown(STREAM)) == []
        await _nobody_else_sees(town, cy_heard=str(cy.heard))
        queue = await town.ada.open("/moderation")
        assert CANARY in queue and "To be seen first" in queue
        await judge(town.db, ADA, 1, Judgement(Ruling.RELEASE, "held", ""))
        for tab in (bo, cy):
            await tab.until_rev(STREAM, 1)
            assert CANARY in tab.streams[STREAM].shown[0]
            assert tab.streams[STREAM].shown == await tab.browser.shown(STREAM)
        assert await bo.say(f"My {CANARY} sings", "k1") == {
            "verb": "ack", "key": "k1", "seq": 1, "rev": 1,
        }  # fmt: skip
        assert (await bo.say("And flies", "k2"))["seq"] == 2
    assert "Waits" not in _held_in(await town.bo.open(HERE))


async def test_refused_it_says_why_to_its_author_alone(strict: Town) -> None:
    town = strict
    answer = await town.bo.post(f"{HERE}/messages", body=f"My {CANARY} sings", key="k1")
    assert answer.status_code == 303  # never shown as failed
    form = await town.ada.open("/cases/1")
    assert CANARY in form
    await judge(town.db, ADA, 1, Judgement(Ruling.REFUSE, "held", "No pets here."))
    page = _held_in(await town.bo.open(HERE))
    assert "Not let through" in page and CANARY in page
    why = await town.bo.get("/held/1")
    statement = await town.bo.open(why.headers["location"])
    assert "No pets here." in statement and "180 days" in statement
    assert "not let through" in statement and CANARY in statement
    await _nobody_else_sees(town)
    for reader in (town.cy, town.gus):
        assert (await reader.get(why.headers["location"])).status_code == 404
    told = await town.bo.post_with(
        {"accept": "application/json"}, f"{HERE}/messages", body=f"My {CANARY} sings", key="k1"
    )
    (refused,) = told.json()
    assert refused["final"] and "did not let it through" in refused["reason"]
    assert not await rows(town.db, Message)


async def test_the_case_asks_for_a_ruling_and_for_words_only_where_it_is_refused(
    strict: Town,
) -> None:
    town = strict
    await town.bo.post(f"{HERE}/messages", body="ahoy", key="k1")
    await town.ada.post("/cases/1/claim", version="1")
    page = await town.ada.open("/cases/1")
    assert 'value="release"' in page and "Or ask for more" not in page
    decision = {"version": "2", "reason": "held", "key": "d1"}
    hide = {"ruling": "act", "measure": "hide", "facts": "x"}
    for wrong in ({"ruling": "refuse"}, {"ruling": "grant"}, hide):
        answer = await town.ada.post("/cases/1/decision", **decision, **wrong)
        assert answer.status_code in {403, 422}, wrong
    asked = await town.ada.post("/cases/1/questions", version="2", question="Who are you?")
    assert asked.status_code in {403, 404}
    assert (
        await town.ada.post("/cases/1/decision", **decision, ruling="release")
    ).status_code == 303
    assert "ahoy" in await town.cy.open(HERE)


async def test_administrators_say_how_many_are_held(town: Town) -> None:
    for wrong in ("-1", "21", "many"):
        answer = await town.fay.post("/administration/site/joining", held_first=wrong)
        assert answer.status_code == 422
    await town.fay.post("/administration/site/joining", held_first="3")
    assert 'name="held_first" min="0" max="20" value="3"' in await town.fay.open(
        "/administration/site"
    )


async def _nobody_else_sees(town: Town, cy_heard: str = "") -> None:
    assert CANARY not in cy_heard
    for reader in (town.cy, town.gus, town.dee, town.visitor):
        for path in PLACES:
            assert CANARY not in await _text(reader, path), path


async def _text(reader: Browser, path: str) -> str:
    return (await reader.get(path)).text


def _held_in(page: str) -> str:
    return page.partition('<ol class="held-messages"')[2].partition("</ol>")[0]
