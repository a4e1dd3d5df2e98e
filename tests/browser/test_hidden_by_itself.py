"""What is hidden until somebody has looked, in two windows at once: its author reads it on in its
place, whoever else is there does not."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.cast import ADA, CY, EVA, GUS, QUAY
from tests.chromium import window
from tests.conftest import Town
from tests.moderation.reporting import KEEP, MESSAGE, judge, report, say, write

pytestmark = pytest.mark.browser
UNLOOKED = "hidden until a moderator has looked"


async def test_a_post_is_hidden_from_its_reader_and_not_from_its_author(
    town: Town, chrome: Chromium
) -> None:
    post = await write(town.db)
    async with window(chrome, town.bo) as author, window(chrome, town.dee) as reader:
        for one in (author, reader):
            await one.goto("/topics/5")
            await expect(one.locator(f"#post-{post} .post-body")).to_contain_text("Buy my rope")
        for by in (CY, EVA, GUS):
            case = await report(town.db, post, by, "harassment")
        for one in (author, reader):
            await expect(one.locator(f"#post-{post} .gone")).to_contain_text(UNLOOKED)
        words = author.locator(f"#post-{post} own-words")
        await expect(words).to_contain_text("Buy my rope")
        await expect(words).to_contain_text("Nobody has looked yet")
        await expect(words.get_by_role("link", name="why it is hidden")).to_be_visible()
        await expect(reader.locator(f"#post-{post} own-words")).to_be_hidden()
        assert "Buy my rope" not in await reader.content()

        await judge(town.db, ADA, case, KEEP)
        for one in (author, reader):
            await expect(one.locator(f"#post-{post} .post-body")).to_contain_text("Buy my rope")


async def test_a_message_likewise(town: Town, chrome: Chromium) -> None:
    message = await say(town.db)
    async with window(chrome, town.bo) as author, window(chrome, town.cy) as reader:
        for one in (author, reader):
            await one.goto(f"/channels/{QUAY}")
            await expect(one.locator(f"#message-{message} .bubble")).to_contain_text("Buy my rope")
        await report(town.db, message, CY, "doxxing", MESSAGE)
        for one in (author, reader):
            await expect(one.locator(f"#message-{message} .gone")).to_contain_text(UNLOOKED)
        words = author.locator(f"#message-{message} own-words")
        await expect(words).to_contain_text("Buy my rope")
        assert "Buy my rope" not in await reader.content()
