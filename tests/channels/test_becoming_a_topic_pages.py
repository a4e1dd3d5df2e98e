"""Jadikan topik: the pages, the frames, and what those are told who may not see the topic."""

import re
from typing import Any

import pytest
from sqlalchemy import update

from community.clock import now
from forum.categories import Category
from tests.browsing import Browser, Tab
from tests.cast import CABIN, MARKET, OFFICE, QUAY
from tests.conftest import Town
from tests.following import rev_of
from tests.forum.pages import fields_of
from tests.moderation.reporting import say

HERE, STREAM = f"/channels/{QUAY}", f"channel:{QUAY}"
SECRET = "zx-sealed-title-77"
WORDS = "zebrano deal"


async def test_messages_are_chosen_shown_first_and_led_to_from_both_ends(town: Town) -> None:
    first, second = [await say(town.db, 2, words) for words in ("Which rope?", "Hemp or jute?")]
    page = await town.bo.open(f"{HERE}/topic?message={first}")
    assert f'value="{first}" checked' in page and f'value="{second}"' in page
    asked = {"message": [str(first), str(second)], "title": "Rope", "category": str(MARKET)}
    page = (await town.bo.post(f"{HERE}/topic/preview", **asked)).text
    assert "2 messages" in page and "Bo (" in page and "visitors" in page
    async with town.cy.tab() as cy:
        since = rev_of(await town.cy.open(HERE))
        await cy.follow(STREAM)
        form = fields_of(page)
        answers = [await town.bo.post(f"{HERE}/topic", **form) for _twice in range(2)]
        (made,) = {str(answer.headers["location"]) for answer in answers}
        await _shows_what_is_there(cy)
        assert cy.streams[STREAM].seqs == [1, 2]
        shown = "".join(cy.streams[STREAM].shown)
        assert "2 messages became part of a topic" in shown and "rope" not in shown
    assert "Bo: <i>became a topic</i>" in await town.cy.open("/channels")
    async with town.gus.tab() as gus:
        await gus.watch(STREAM, since, [])
        assert "became part" in "".join(gus.streams[STREAM].shown)
    done = await town.bo.open(made)
    post = re.search(r'href="(/topics/\d+)\?at=1#post-(\d+)"', done)
    assert post and "Undo" in done
    topic = await town.visitor.open(post[1])
    assert "From the channel “quay”" in topic and "Hemp or jute?" in topic
    assert f"#post-{post[2]}" in await _leads(town.cy, f"/messages/{first}")
    assert f"#message-{first}" in await _leads(town.cy, f"/posts/{post[2]}/origin")
    assert (await town.visitor.get(f"/posts/{post[2]}/origin")).status_code == 303  # to sign in
    assert "jute" in await town.cy.open("/search?q=jute")
    assert f"/messages/{second}" not in await town.cy.open("/search?q=jute")
    async with town.cy.tab() as cy, town.gus.tab() as gus:
        await cy.follow(STREAM)
        await gus.follow(post[1].strip("/").replace("s/", ":"))
        assert (await town.bo.post(f"{made}/return")).status_code == 303
        await _shows_what_is_there(cy)
        assert "Which rope?" in "".join(cy.streams[STREAM].shown)
        assert "went back" in (await gus.until("revoked"))["reason"]
    assert (await town.cy.get(post[1])).status_code == 404
    assert await _leads(town.cy, f"/posts/{post[2]}") == f"/messages/{first}"
    assert (await town.visitor.get(f"/posts/{post[2]}")).status_code == 404
    assert "undone" in await town.bo.open(made)


async def test_who_may_not_see_the_topic_is_told_nothing_of_it(town: Town) -> None:
    said = await say(town.db, 4, WORDS)
    await town.cy.post(f"{HERE}/reading", seq="1")
    form = {"message": [str(said)], "title": SECRET, "category": str(OFFICE)}
    async with town.bo.tab() as bo:
        await bo.follow(STREAM)
        made = str((await town.dee.post(f"{HERE}/topic", **form)).headers["location"])
        await _shows_what_is_there(bo)
        assert not any(SECRET in str(frame) or WORDS in str(frame) for frame in bo.heard[-1:])
    for reader in (town.bo, town.cy, town.gus):
        for path in (
            HERE,
            "/channels",
            f"/messages/{said}",
            made,
            "/search?q=deal",
            "/topics",
            "/",
            f"{HERE}/topic",
            "/notices",
            f"/catch-up?stream={STREAM}&rev=0",
        ):
            text = (await reader.get(path)).text
            assert SECRET not in text and "zebrano" not in text, path
        assert (await reader.post(f"{made}/return")).status_code == 403
    assert SECRET in await town.dee.open(made)
    assert "#post-" in await _leads(town.dee, f"/messages/{said}")


async def test_a_stub_is_told_how_the_topic_is_called_by_who_may_read_it_alone(town: Town) -> None:
    sealed, open_one, stays = [await say(town.db, 4, words) for words in ("one", "two", "three")]
    for said, title, category in ((sealed, SECRET, OFFICE), (open_one, "Rope", MARKET)):
        form = {"message": [str(said)], "title": title, "category": str(category)}
        assert (await town.dee.post(f"{HERE}/topic", **form)).status_code == 303
    where = f"{HERE}/topics?of={sealed},{open_one},{stays}"
    for reader in (town.bo, town.cy, town.gus):
        told = await reader.open(where)
        assert ">Rope</a>" in told and f'data-message="{open_one}"' in told
        assert SECRET not in told and f'data-message="{sealed}"' not in told
        assert f'data-message="{stays}"' not in told
    assert SECRET in await town.dee.open(where)
    assert SECRET not in await town.dee.open(HERE)  # what stands there is the same for everybody
    hidden = await say(town.db, 2, "ours", CABIN)
    form = {"message": [str(hidden)], "title": "Ours", "category": str(MARKET)}
    assert (await town.bo.post(f"/channels/{CABIN}/topic", **form)).status_code == 303
    assert (await town.cy.get(f"/channels/{CABIN}/topics?of={hidden}")).status_code == 404
    assert "Ours" not in await town.cy.open(f"{HERE}/topics?of={hidden}")  # not of that channel


async def test_what_was_said_in_private_names_no_channel_and_offers_only_ones_own(
    town: Town,
) -> None:
    mine = await say(town.db, 2, "my own words", CABIN)
    await say(town.db, 1, "words of Ada", CABIN)
    page = await town.bo.open(f"/channels/{CABIN}/topic")
    assert "my own words" in page and "words of Ada" not in page
    form = {"message": [str(mine)], "title": "Mine", "category": str(MARKET)}
    made = str((await town.bo.post(f"/channels/{CABIN}/topic", **form)).headers["location"])
    post = re.search(r"#post-(\d+)", await town.bo.open(made))
    assert post
    page = await town.visitor.open(f"/posts/{post[1]}")
    assert "From a private channel" in page and "cabin" not in page
    assert (await town.cy.get(f"/posts/{post[1]}/origin")).status_code == 404
    assert (await town.cy.get(made)).status_code == 404
    assert f"/channels/{CABIN}?" in await _leads(town.ada, f"/posts/{post[1]}/origin")


async def test_only_what_one_may_do_with_them_is_offered_and_why_not_the_rest(town: Town) -> None:
    mine, theirs = [await say(town.db, who, f"words of {who}") for who in (3, 2)]
    apart = await say(town.db, 1, "sealed", CABIN)

    page = await town.cy.open(f"{HERE}/topic")
    assert _ways(page) == ["new", "there", "quote"]
    assert "words of 3" in page and "words of 2" not in page and "You see your own" in page
    page = await town.cy.open(f"{HERE}/topic?messages={mine}")
    assert _ways(page) == ["new", "there", "quote"]
    page = await town.cy.open(f"{HERE}/topic?messages={mine},{theirs}")
    assert _ways(page) == ["quote"] and "with words of others" in page
    assert 'name="category"' not in page
    page = await town.ada.open(f"{HERE}/topic?messages={mine},{theirs}")
    assert _ways(page) == ["new", "there", "quote"] and "You see your own" not in page
    page = await town.bo.open(f"/channels/{CABIN}/topic?messages={apart}")
    assert _ways(page) == [] and "only by those who said them" in page and "Go on" not in page

    await town.db.act(lambda tx: tx.execute(update(Category).values(archived_at=now(tx))) and None)
    page = await town.cy.open(f"{HERE}/topic?messages={mine}")
    assert _ways(page) == ["there", "quote"] and "No category takes new topics" in page

    assert "Make a topic of it" in await town.cy.open(f"/messages/{mine}")
    page = await town.cy.open(f"/messages/{theirs}")
    assert "Make a topic of it" not in page and "Quote it in a topic" in page
    assert f"/channels/{CABIN}/topic" not in await town.bo.open(f"/messages/{apart}")
    assert "data-own" in await town.bo.open(f"/channels/{CABIN}")
    assert "data-own" not in await town.bo.open(HERE)


async def test_a_selection_is_quoted_in_a_reply_with_names_and_the_way_there(town: Town) -> None:
    first = await say(town.db, 2, "Which *rope*?\n> quoted")
    second = await say(town.db, 3, "Hemp.")
    form = {"message": [str(first), str(second)], "to": "quote", "where": "5"}
    there = await _leads(town.gus, f"{HERE}/topic/preview", form)
    page = await town.gus.open(there)
    assert f"&gt; **Bo** [quay](/messages/{first}):" in page and "&gt; Hemp." in page
    assert "> quoted" not in page
    secret = await say(town.db, 1, WORDS, CABIN)
    form = {"message": [str(secret)], "to": "quote", "where": "5"}
    answer = await town.bo.post(f"/channels/{CABIN}/topic/preview", **form)
    assert answer.status_code == 403 and WORDS not in answer.text
    asked = f"/topics/5/quoting?channel={CABIN}&messages={secret}"
    for reader, status in ((town.bo, 403), (town.cy, 404)):
        answer = await reader.get(asked)
        assert answer.status_code == status and WORDS not in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"message": ["1"]},
        {"message": ["1"], "title": "x"},
        {"message": ["1"], "title": "x", "category": "999"},
        {"message": ["99"], "title": "x", "category": str(MARKET)},
        {"message": ["1"], "to": "there"},
        {"message": ["1"], "to": "there", "target": "999"},
        {"message": ["1"], "to": "there", "where": "nothing is called so"},
        {"message": ["1"], "to": "away"},
        {"messages": "1,x", "title": "x", "category": str(MARKET)},
        {"messages": ",".join(str(n) for n in range(1, 300)), "title": "x", "category": "1"},
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    town: Town, wrong: dict[str, Any]
) -> None:
    await say(town.db, 2, "Which rope?")
    for door in ("topic", "topic/preview"):
        answer = await town.bo.post(f"{HERE}/{door}", **wrong)
        assert answer.status_code in {404, 409, 422}, (door, answer.status_code)
    assert "Which rope?" in await town.bo.open(HERE)


async def _shows_what_is_there(tab: Tab) -> None:
    page = await tab.browser.open(HERE)
    followed = await tab.until_rev(STREAM, rev_of(page))
    assert followed.shown == await tab.browser.shown(STREAM)


def _ways(page: str) -> list[str]:
    return re.findall(r'name="to" value="(\w+)"', page)


async def _leads(reader: Browser, path: str, form: Any = None) -> str:
    answer = await (reader.post(path, **form) if form else reader.get(path))
    assert answer.status_code == 303, (path, answer.status_code, answer.text[-2000:])
    return str(answer.headers["location"])
