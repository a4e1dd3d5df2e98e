"""What waits in the threads beside a channel, in its window."""

import pytest
from playwright.async_api import Browser as Chromium

from channels import actions, hosting
from channels.models import Message
from channels.threads import begin
from community.database import Transaction
from community.members.models import Member
from tests.browser.talking import at_the_quay, expect, said_by, window
from tests.cast import BO, CY, FAY, QUAY
from tests.conftest import Town

pytestmark = pytest.mark.browser


async def test_new_replies_are_counted_live_and_read_beside_the_channel(
    town: Town, chrome: Chromium
) -> None:
    await said_by(town.db, CY, "who has rope?")
    thread = await town.db.act(_begun)
    await said_by(town.db, BO, "aye", channel=thread)
    async with window(chrome, town.cy) as cy, window(chrome, town.cy) as list_of_theirs:
        await list_of_theirs.goto("/channels")
        beside = list_of_theirs.locator("#row-7 .channel-beside")
        await expect(beside).to_contain_text("1 unread")
        await at_the_quay(cy)
        waiting, all_waiting = cy.locator(".message-thread .unread"), cy.locator("thread-news a")
        await expect(waiting).to_have_text("1 unread")
        await said_by(town.db, BO, "hemp", channel=thread)
        await expect(waiting).to_have_text("2 unread")
        await expect(all_waiting).to_contain_text("2 unread")
        await expect(beside).to_contain_text("2 unread")

        await cy.locator(".message-thread").click()
        await expect(cy.locator(".thread-panel .message[data-seq]")).to_have_count(2)
        await expect(cy.locator(".thread-root .message-thread")).to_be_hidden()
        await expect(waiting).to_have_count(0)
        await expect(all_waiting).to_be_hidden()
        await expect(beside).to_have_count(0)
        await said_by(town.db, BO, "and tar", channel=thread)
        await expect(cy.locator(".thread-panel .message[data-seq]")).to_have_count(3)
        await cy.locator(".thread-panel").get_by_role("button", name="Close").click()
        await expect(waiting).to_have_count(0)

        await said_by(town.db, BO, "still there?", channel=thread)
        await expect(waiting).to_have_text("1 unread")


async def test_where_the_channel_is_closed_and_opened_again_one_goes_on_writing_beside_it(
    town: Town, chrome: Chromium
) -> None:
    await said_by(town.db, CY, "who has rope?")
    await town.db.act(_begun)
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.locator(".message-open").click()
        await page.get_by_role("dialog").get_by_role("button", name="Answer in a thread").click()
        panel = page.locator(".thread-panel")
        field = panel.get_by_label("Message", exact=True)
        await field.fill("half a sent")
        await town.db.act(lambda tx: hosting.silence(tx, tx.get_one(Member, FAY), QUAY) and None)
        await expect(panel.locator(".composer-closed")).to_contain_text("Nothing can be said")
        await town.db.act(lambda tx: hosting.unarchive(tx, tx.get_one(Member, FAY), QUAY) and None)
        await expect(field).to_have_value("half a sent")

        await town.db.act(_hidden)
        await expect(panel.locator(".composer-closed")).to_contain_text("Nothing can be said")
        await expect(page.locator("channel-composer")).to_have_count(1)


def _hidden(tx: Transaction) -> None:
    actions.hide_message(tx, tx.get_one(Message, 1))


def _begun(tx: Transaction) -> int:
    return begin(tx, tx.get_one(Member, CY), 1).id
