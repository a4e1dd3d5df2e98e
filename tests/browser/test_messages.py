"""What people do with messages in the window of a channel: answer, react, edit, go beside it."""

import pytest
from playwright.async_api import Browser as Chromium

from tests.browser.talking import at_the_quay, expect, messages, said_by, window, write
from tests.cast import BO, CY
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


async def test_arrow_up_edits_the_last_own_message_where_it_stands(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, CY, "ahoi")
    await said_by(town.db, BO, "aye")
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        composer = page.locator("channel-composer textarea")
        await composer.press("ArrowUp")
        field = page.locator("#message-1 .message-edit textarea")
        await expect(field).to_be_focused()
        await expect(field).to_have_value("ahoi")
        await field.press("Escape")
        await expect(field).to_have_count(0)
        await expect(composer).to_be_focused()

        await composer.press("ArrowUp")
        await page.locator(".message-edit").get_by_role("button", name="Cancel").click()
        await expect(field).to_have_count(0)
        await expect(composer).to_be_focused()

        await composer.press("ArrowUp")
        await field.fill("https://contoh.id " * 51)
        await field.press("Enter")
        await expect(page.locator("#message-1 .field-error")).to_contain_text("too many links")
        await expect(field).to_have_value("https://contoh.id " * 51)
        await field.fill("ahoy")
        await field.press("Enter")
        await expect(messages(page)).to_have_text(["ahoy", "aye"])
        await expect(composer).to_be_focused()


async def test_who_may_not_call_all_who_are_here_reads_so_before_sending(
    chrome: Chromium, town: Town
) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        field = page.get_by_label("Message", exact=True)
        await field.press_sequentially("@here, a boat")
        await expect(page.locator("mention-reach")).to_contain_text("Only hosts and moderators")
        await field.fill("a boat")
        await expect(page.locator("mention-reach")).to_be_empty()


async def test_one_message_edited_in_two_windows_shows_both_texts(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, CY, "ahoi")
    async with window(chrome, town.cy) as phone, window(chrome, town.cy) as desk:
        for page in (phone, desk):
            await at_the_quay(page)
            await page.locator("channel-composer textarea").press("ArrowUp")
        on_phone, on_desk = (page.locator(".message-edit textarea") for page in (phone, desk))
        await on_phone.fill("ahoy from the phone")
        await on_desk.fill("ahoy from the desk")
        await on_phone.press("Enter")
        await expect(messages(desk)).to_have_text(["ahoy from the phone"])
        await on_desk.press("Enter")
        edit = desk.locator(".message-edit")
        await expect(edit.locator("[data-other]")).to_have_text("ahoy from the phone")
        await expect(on_desk).to_have_value("ahoy from the desk")
        await expect(messages(phone)).to_have_text(["ahoy from the phone"])
        await edit.get_by_role("button", name="Join both").click()
        await expect(on_desk).to_have_value("ahoy from the phone\n\nahoy from the desk")
        await expect(edit.locator("[data-other]")).to_have_count(0)
        await on_desk.press("Enter")
        await expect(messages(phone)).to_contain_text(["ahoy from the desk"])
        await expect(edit).to_have_count(0)  # it is stored there, too

        await desk.locator("channel-composer textarea").press("ArrowUp")
        await on_desk.fill("never mind")
        await phone.locator("channel-composer textarea").press("ArrowUp")
        await on_phone.fill("last word")
        await on_phone.press("Enter")
        await expect(messages(desk)).to_have_text(["last word"])
        await on_desk.press("Enter")
        await edit.get_by_role("link", name="Take the other").click()
        await expect(edit).to_have_count(0)
        await expect(messages(desk)).to_have_text(["last word"])


async def test_an_answer_shows_what_it_answers_and_leads_there(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, "who has rope?")
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.locator("#message-1 .message-open").click()
        await page.get_by_role("link", name="Reply", exact=True).click()
        await expect(page.locator(".composer-answer")).to_contain_text("who has rope?")
        await write(page, "I have")
        quoted = page.locator("#message-2 .quoted")
        await expect(quoted).to_contain_text("who has rope?")
        await expect(page.locator(".composer-answer")).to_be_hidden()
        await town.bo.post("/messages/1", body="who has tar?")
        await expect(quoted).to_contain_text("who has tar?")
        await quoted.click()
        await expect(page).to_have_url(f"{town.origin}/channels/7#message-1")


async def test_a_thread_stands_beside_its_channel_and_both_are_live(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, "who has rope?")
    async with window(chrome, town.cy) as page:
        await page.set_viewport_size({"width": 1400, "height": 800})
        await at_the_quay(page)
        await page.locator("#message-1 .message-open").click()
        await page.get_by_role("button", name="Answer in a thread").click()
        panel = page.locator(".thread-panel")
        await expect(panel.locator("textarea")).to_be_focused()
        await expect(panel.locator(".thread-root")).to_contain_text("who has rope?")
        await panel.locator("textarea").fill("I have")
        await panel.locator("textarea").press("Enter")
        await expect(panel.locator(".log .message[data-seq]")).to_contain_text("I have")
        await expect(page.locator("#message-1 .message-thread")).to_contain_text("1 reply")
        await expect(panel.locator(".thread-root")).to_contain_text("1 reply")
        await panel.locator("textarea").press("Escape")
        await expect(panel).to_have_count(0)
        await expect(page.locator("#message-1 .message-thread")).to_be_focused()
        await page.locator("#message-1 .message-thread").click()
        await expect(panel.locator(".log .message[data-seq]")).to_contain_text("I have")


async def test_a_reaction_is_given_and_taken_back_at_a_press(chrome: Chromium, town: Town) -> None:
    await said_by(town.db, BO, "we have rope")
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.locator("#message-1 .message-open").click()
        await page.locator("dialog").get_by_role("button", name="Thank you").click()
        given = page.locator("#message-1 .reaction")
        await expect(given).to_have_attribute("aria-pressed", "true")
        await given.click()
        await expect(given).to_have_count(0)
