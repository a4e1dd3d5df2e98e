"""Pictures and documents in a talk: in their bubble until they are said, whatever the line does."""

import asyncio

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import FilePayload, Page, Route, expect

from tests.browser.talking import at_the_quay, live, until_shelved, window, write
from tests.chromium import PHONE
from tests.conftest import Town
from tests.painting import painted
from tests.proxy import Line

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
DROP = """async ([selector, bytes]) => {
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }))
    const options = { dataTransfer: data, clipboardData: data, bubbles: true, cancelable: true }
    document.querySelector(selector).dispatchEvent(new DragEvent("drop", options))
}"""


def file(name: str, kind: str, content: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType=kind, buffer=content)


async def chosen(page: Page, *files: FilePayload) -> None:
    """The tools come when somebody turns to the composer."""
    await page.get_by_label("Message", exact=True).focus()
    await page.locator("channel-files:defined").wait_for(state="attached")
    await page.locator("#say-files").set_input_files(list(files))
    await expect(page.locator("channel-files .enclosed")).to_have_count(len(files))


async def test_a_picture_and_a_document_are_said_with_their_words(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo) as bo, window(chrome, far_town.cy) as cy:
        await at_the_quay(cy)
        await at_the_quay(bo)
        await chosen(bo, file("roof.png", "image/png", painted()),
                     file("plan.pdf", "application/pdf", PDF))  # fmt: skip
        await bo.locator("channel-files .enclosed input").nth(0).fill("the roof")
        await write(bo, "look")
        for page in (bo, cy):
            said = page.locator(".message[data-seq]")
            await expect(said.locator("img[alt='the roof']")).to_be_visible()
            await expect(said.locator("a[download]")).to_contain_text("PDF")
            await expect(said.locator(".prose")).to_have_text("look")
        await expect(bo.locator(".pending")).to_have_count(0)
        await expect(bo.locator("channel-files .enclosed")).to_have_count(0)


async def test_on_a_phone_a_chosen_file_is_seen_before_it_is_said(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo, width=PHONE) as bo:
        await at_the_quay(bo)
        await bo.get_by_label("Files, marks and drafts").click()
        choose = bo.get_by_label("Choose files")
        await expect(choose).to_be_visible()
        await choose.set_input_files(file("roof.png", "image/png", painted()))
        await expect(choose).to_be_hidden()
        await expect(bo.locator("channel-files .enclosed")).to_be_in_viewport(ratio=0.99)


async def test_who_answers_a_picture_without_words_reads_that_it_is_a_file(
    chrome: Chromium, town: Town
) -> None:
    async with window(chrome, town.bo) as bo:
        await at_the_quay(bo)
        await chosen(bo, file("roof.png", "image/png", painted()))
        await write(bo, "")
        await expect(bo.locator("#message-1 img")).to_be_visible()
        await bo.locator("#message-1 .message-open").click()
        await bo.get_by_role("dialog").get_by_role("link", name="Reply", exact=True).click()
        await expect(bo.locator("composer-answer span")).to_have_text("A file")


async def test_a_picture_opens_above_the_talk_and_escape_leads_back_to_it(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo) as bo:
        await at_the_quay(bo)
        await chosen(bo, file("roof.png", "image/png", painted()))
        await bo.locator("channel-files .enclosed input").nth(0).fill("the roof")
        await write(bo, "look")
        talk = bo.url
        await bo.locator("#message-1 .attached a").click()
        shown = bo.get_by_role("dialog", name="the roof")
        await expect(shown.locator(".shown-file img")).to_be_visible()
        await expect(shown.locator("figcaption")).to_contain_text("Bo")
        await bo.keyboard.press("Escape")
        await expect(shown).to_have_count(0)
        await expect(bo.locator("#message-1 .attached a")).to_be_focused()
        assert bo.url == talk


async def test_without_a_line_the_picture_waits_in_its_bubble_and_words_overtake_it(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.bo) as bo:
        await at_the_quay(bo)
        await chosen(bo, file("roof.png", "image/png", painted()))
        await wire.cut()
        await write(bo, "look")
        bubble = bo.locator(".pending")
        await expect(bubble.locator("canvas[role=img]")).to_be_visible()
        await expect(bubble.locator(".pending-body")).to_have_text("look")
        await until_shelved(bo)
        await wire.heal()
        await bo.reload()
        await live(bo)
        said = bo.locator(".message[data-seq]")
        await expect(said.locator(".attached img")).to_be_visible(timeout=60_000)
        await expect(bo.locator(".pending")).to_have_count(0)


async def test_what_the_server_refuses_fails_in_its_bubble_and_can_be_sent_anew(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo) as bo:
        await at_the_quay(bo)
        await chosen(bo, file("broken.png", "image/png", b"no picture at all"))
        await write(bo, "look")
        bubble = bo.locator(".pending[data-state=failed]")
        await expect(bubble.locator(".pending-reason")).to_contain_text("no picture we can take")
        await write(bo, "words alone")
        await expect(bo.locator(".message[data-seq] .prose")).to_have_text("words alone")
        await bubble.get_by_role("button", name="Edit and send anew").click()
        await expect(bo.locator("channel-files .enclosed")).to_have_count(1)
        await bo.get_by_role("button", name="Take it away").click()
        await bo.get_by_label("Message", exact=True).press("Enter")
        await expect(bo.locator(".message[data-seq] .prose").last).to_have_text("look")


async def test_a_file_chosen_before_the_tools_are_there_waits_for_them(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo) as bo:
        held = asyncio.Event()
        await bo.route("**/channel-files.js", lambda route: _later(route, held))
        await at_the_quay(bo)
        await bo.evaluate("globalThis.stays = true")
        picture = file("roof.png", "image/png", painted())
        await bo.locator("#say-files").set_input_files([picture])
        await write(bo, "look")
        await expect(bo.get_by_label("Message", exact=True)).to_have_value("look")
        held.set()
        said = bo.locator(".message[data-seq]")
        await expect(said.locator(".attached img")).to_be_visible()
        await expect(said.locator(".prose")).to_have_text("look")
        assert await bo.evaluate("globalThis.stays")


async def test_a_file_goes_as_the_form_goes_where_the_tools_never_come(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo) as bo:
        await bo.route("**/channel-files.js", lambda route: route.abort())
        await at_the_quay(bo)
        picture = file("roof.png", "image/png", painted())
        await bo.locator("#say-files").set_input_files([picture])
        await write(bo, "look")
        said = bo.locator(".message[data-seq]")
        await expect(said.locator(".attached img")).to_be_visible()
        await expect(said.locator(".prose")).to_have_text("look")


async def test_a_file_the_tools_refuse_when_they_come_does_not_let_its_words_go_alone(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo) as bo:
        held = asyncio.Event()
        await bo.route("**/channel-files.js", lambda route: _later(route, held))
        await at_the_quay(bo)
        large = file("large.png", "image/png", b"0" * (8 * 1024**2 + 1))
        await bo.locator("#say-files").set_input_files([large])
        await write(bo, "look")
        held.set()
        await expect(bo.locator("channel-files [role=status]")).to_contain_text("at most 8 MB")
        await expect(bo.get_by_label("Message", exact=True)).to_have_value("look")


async def _later(route: Route, when: asyncio.Event) -> None:
    await when.wait()
    await route.continue_()


async def test_files_are_dropped_on_the_composer_and_too_large_ones_refused_in_words(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo) as bo:
        await at_the_quay(bo)
        await chosen(bo, file("roof.png", "image/png", painted()))
        await bo.evaluate(DROP, ["channel-composer form", list(painted())])
        await expect(bo.locator("channel-files .enclosed")).to_have_count(2)
        large = file("large.png", "image/png", b"0" * (8 * 1024**2 + 1))
        await bo.locator("#say-files").set_input_files([large])
        await expect(bo.locator("channel-files [role=status]")).to_contain_text("at most 8 MB")


async def test_a_file_of_another_kind_is_refused_in_words_before_anything_is_sent(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo) as bo:
        await at_the_quay(bo)
        await chosen(bo, file("plan.pdf", "application/pdf", PDF))
        table = file("table.xlsx", "application/vnd.ms-excel", b"PK")
        await bo.locator("#say-files").set_input_files([table])
        refused = bo.locator("channel-files [role=status]")
        await expect(refused).to_contain_text("JPEG, PNG, WebP or PDF")
        await expect(bo.locator("channel-files .enclosed")).to_have_count(1)


async def test_a_draft_is_on_every_device_until_it_is_sent_on_one(
    chrome: Chromium, far_town: Town
) -> None:
    async with window(chrome, far_town.bo) as phone, window(chrome, far_town.bo) as desk:
        await at_the_quay(phone)
        box = phone.get_by_label("Message", exact=True)
        async with phone.expect_response("**/channels/7/draft"):
            await box.fill("a boat is c")
        await at_the_quay(desk)
        there = desk.get_by_label("Message", exact=True)
        await expect(there).to_have_value("a boat is c")
        async with desk.expect_response("**/channels/7/draft"):
            await there.fill("a boat is coming")
        await box.fill("a boat is called")
        other = phone.locator(".elsewhere blockquote")
        await expect(other).to_have_text("a boat is coming")
        await expect(box).to_have_value("a boat is called")
        await (
            phone.get_by_role("button", name="Take the other")
            .or_(phone.get_by_role("link", name="Take the other"))
            .click()
        )
        await expect(box).to_have_value("a boat is coming")
        await box.press("Enter")
        await expect(phone.locator(".message[data-seq] .prose")).to_have_text("a boat is coming")
        await expect(there).to_have_value("")
        await desk.reload()
        await expect(there).to_have_value("")
