"""The question in the composer, and over the socket: with what was found, why it matters, and two
ways on."""

import re
from typing import Any

from sqlalchemy import select

from channels.models import Message
from community.members.models import Member
from forum.topics.models import Post
from tests.browsing import Browser
from tests.cast import BO, MOORING, QUAY
from tests.conftest import Town
from tests.moderation.reporting import rows

PHONE = "Call 081234567890 for rope"
HERE = f"/channels/{QUAY}"
QUESTION = "Please look at this before others read it."


def knowing_in(page: str) -> str:
    found = re.search(r'name="knowing" value="([0-9a-f.]+)"', page)
    assert found
    return found[1]


async def test_a_form_in_a_channel_asks_with_the_text_in_it_and_sends_what_is_meant(
    town: Town,
) -> None:
    form = {"body": PHONE, "key": "k1"}
    answer = await town.bo.post(f"{HERE}/messages", **form)
    assert answer.status_code == 422
    assert QUESTION in answer.text and "<mark>081234567890</mark>" in answer.text
    assert "The number of a business is for everybody" in answer.text
    assert PHONE in answer.text and 'for="say"' in answer.text
    sent = await town.bo.post(f"{HERE}/messages", **form, knowing=knowing_in(answer.text))
    assert sent.status_code == 303
    assert PHONE in await town.cy.open(HERE)


async def test_a_tab_is_asked_by_a_frame_and_sends_the_same_with_what_it_was_told(
    town: Town,
) -> None:
    async with town.bo.tab() as tab:
        asked = await tab.say(PHONE, "k1")
        assert (asked["verb"], asked["final"]) == ("refused", True)
        assert "<mark>081234567890</mark>" in asked["ask"]
        assert (await tab.say(PHONE, "k1", knowing=asked["knowing"]))["verb"] == "ack"
        await tab.send("edit", message=1, body="Call 085712345678", key="k2")
        again = await tab.answer("k2")
        assert "085712345678" in again["ask"]
        edit = {"message": 1, "body": "Call 085712345678", "key": "k2"}
        await tab.send("edit", **edit, knowing=again["knowing"])
        assert (await tab.answer("k2"))["verb"] == "ack"
    assert [one.body for one in await rows(town.db, Message)] == ["Call 085712345678"]


async def test_the_question_is_in_the_language_of_the_author(town: Town) -> None:
    bo = Browser(town.bo.origin, town.bo.token, locale="id")
    await town.db.act(lambda tx: setattr(tx.get_one(Member, BO), "locale", "id"))
    answer = await bo.post(f"{HERE}/messages", body=PHONE, key="k1")
    assert QUESTION not in answer.text and "nomor telepon" in answer.text


async def test_a_message_is_edited_by_its_form_when_it_is_meant(town: Town) -> None:
    await town.bo.post(f"{HERE}/messages", body="rope", key="k1")
    answer = await town.bo.post("/messages/1", body=PHONE)
    assert answer.status_code == 422 and QUESTION in answer.text
    answer = await town.bo.post("/messages/1", body=PHONE, knowing=knowing_in(answer.text))
    assert answer.status_code == 303


async def test_the_composer_of_the_forum_asks_as_well_for_topics_replies_and_edits(
    town: Town,
) -> None:
    ways: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/topics", {"place": "new", "title": "Rope", "category": 1, "key": "t1"}),
        (f"/topics/{MOORING}/posts", {"place": f"topic:{MOORING}", "key": "t2"}),
        ("/posts/1/edit", {"place": "post:1", "key": "t3"}),
    )
    for number, (path, form) in enumerate(ways):
        body = f"Call 08123456789{number}"
        asked = await town.bo.post(path, **form, body=body)
        assert asked.status_code == 422 and QUESTION in asked.text and body in asked.text
        sent = await town.bo.post(path, **form, body=body, knowing=knowing_in(asked.text))
        assert sent.status_code == 303
    said = await town.db.look(lambda tx: tx.scalars(select(Post.body).order_by(Post.id)).all())
    assert said == ["Call 081234567892", "Call 081234567891"]
