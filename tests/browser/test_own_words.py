"""What its author sees of what others do not: what waits, was not let through or was hidden by a
decision, where it stands, with the reason and the way to another look."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from moderation.decisions.deciding import Judgement
from moderation.models import Ruling
from tests.cast import ADA, MOORING, QUAY, hold_first
from tests.chromium import window
from tests.conftest import Town
from tests.moderation.reporting import HIDE, MESSAGE, judge, report, say, write

pytestmark = pytest.mark.browser
HERE = f"/topics/{MOORING}"


async def test_what_a_decision_hides_folds_out_for_its_author_alone(
    town: Town, chrome: Chromium
) -> None:
    post, message = await write(town.db), await say(town.db)
    places = (HERE, f"#post-{post}"), (f"/channels/{QUAY}", f"#message-{message}")
    for case in (await report(town.db, post), await report(town.db, message, kind=MESSAGE)):
        await judge(town.db, ADA, case, HIDE)
    async with window(chrome, town.bo) as author, window(chrome, town.dee) as reader:
        for page, row in places:
            for one in (author, reader):
                await one.goto(page)
                await expect(one.locator(f"{row} .gone")).to_contain_text("hidden by a moderator")
            words = author.locator(f"{row} own-words")
            await expect(words).to_contain_text("Buy my rope")
            await expect(words).to_contain_text("Spam or advertising")
            await expect(reader.locator(f"{row} own-words")).to_be_hidden()
            assert "Buy my rope" not in await reader.content()
        await author.locator("own-words").get_by_role("link", name="another look").click()
        await expect(author.get_by_label("Why it should be looked at again")).to_be_visible()


async def test_without_scripts_a_line_leads_its_author_to_the_reason(
    town: Town, chrome: Chromium
) -> None:
    post = await write(town.db)
    await judge(town.db, ADA, await report(town.db, post), HIDE)
    async with window(chrome, town.bo, javascript=False) as author:
        await author.goto(HERE)
        line = author.locator(f"#post-{post}").get_by_role("link", name="For its author")
        await line.click()
        await expect(author.locator("#own-words")).to_contain_text("Buy my rope")


async def test_a_reply_that_waits_stands_below_its_topic_until_it_is_let_through(
    town: Town, chrome: Chromium
) -> None:
    await town.db.act(hold_first, 1)
    async with window(chrome, town.bo) as author, window(chrome, town.cy) as reader:
        for one in (author, reader):
            await one.goto(HERE)
        await author.locator("#composer textarea").fill("Ropes of mine")
        await author.get_by_role("button", name="Send reply").click()
        held = author.locator(f"[id='held-topic:{MOORING}'] .held")
        await expect(held).to_contain_text("Ropes of mine")
        await expect(held).to_contain_text("Waits to be checked")
        await expect(author.locator("#composer textarea")).to_have_value("")
        assert "Ropes of mine" not in await reader.content()

        await judge(town.db, ADA, 1, Judgement(Ruling.REFUSE, "held", "Not here."))
        await expect(held).to_contain_text("Not let through")
        await held.get_by_role("link", name="how to object").click()
        await expect(author.locator("main")).to_contain_text("Not here.")

        await author.goto(HERE)
        await author.locator("#composer textarea").fill("Where do I moor?")
        await author.get_by_role("button", name="Send reply").click()
        await expect(author.locator(".held")).to_have_count(2)
        await judge(town.db, ADA, 2, Judgement(Ruling.RELEASE, "held", ""))
        for one in (author, reader):
            await expect(one.locator("reply-tree .post")).to_contain_text("Where do I moor?")
        await expect(author.locator(".held")).to_have_count(1)
