"""question -> answer in its thread -> thanks -> a topic that everybody finds -> the way back"""

import re

import httpx2

from tests.browsing import Browser
from tests.cast import BO, MARKET, QUAY
from tests.conftest import Town
from tests.forum.pages import fields_of

HERE, STREAM = f"/channels/{QUAY}", f"channel:{QUAY}"


async def test_what_was_said_is_answered_thanked_for_and_found_later(town: Town) -> None:
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        await bo.watch(STREAM)
        assert "0812" in (await bo.say("Who ships? Call 0812-3456-7890", "k0"))["ask"]
        await bo.say("Who ships to Ambon?", "k1")
        thread = _led(await town.cy.post("/messages/1/thread"))
        await cy.say("The *Sinar*, on Mondays.", "k2", channel=int(thread.rpartition("/")[2]))
        question = (await bo.until_rev(STREAM, 2)).shown[-1]
        assert "1 reply" in question and "Sinar" not in question
        await town.bo.post("/messages/2/reactions", word="thanks")
        assert f'data-by="{BO}"' in await town.cy.open(thread)

    made = await _makes_a_topic(town.bo, "Ships to Ambon", 1)
    found = re.search(r'href="(/topics/\d+)\?at=1#post-(\d+)"', await town.bo.open(made))
    assert found
    topic, post = found.groups()
    assert "Who ships to Ambon?" in await town.visitor.open(topic)
    assert topic in await town.visitor.open("/search?q=ambon")
    assert _led(await town.cy.get("/messages/1")).endswith(f"#post-{post}")
    assert _led(await town.cy.get(f"/posts/{post}/origin")).endswith("#message-1")

    await town.bo.post(f"{made}/return")
    assert "Who ships to Ambon?" in await town.cy.open(HERE)
    assert (await town.visitor.get(topic)).status_code == 404


async def _makes_a_topic(member: Browser, title: str, *messages: int) -> str:
    """Where what was made is told. The form of the preview is sent as it is."""
    chosen = {"message": [str(one) for one in messages], "title": title, "category": str(MARKET)}
    preview = await member.post(f"{HERE}/topic/preview", **chosen)
    assert "visitors" in preview.text  # will read it
    return _led(await member.post(f"{HERE}/topic", **fields_of(preview.text)))


def _led(answer: httpx2.Response) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])
