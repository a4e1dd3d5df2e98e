"""What scripts add to writing: suggestions of names, marks, quotes; and nothing written is lost."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import FilePayload, expect

from community.database import Transaction
from community.members.actions import sign_out
from community.members.models import Member
from community.members.queries import sign_ins_of
from tests.browser.test_topics import TOPIC, opened
from tests.browsing import sign_in_as
from tests.cast import BO
from tests.conftest import Town
from tests.forum.pages import answer_in, answer_to
from tests.painting import painted

pytestmark = pytest.mark.browser


async def test_names_are_suggested_and_chosen_by_the_keyboard(town: Town, chrome: Chromium) -> None:
    async with opened(chrome, town.bo, TOPIC) as bo:
        box = bo.locator("textarea[name=body]")
        await box.press_sequentially("ask @d")
        options = bo.locator("[role=option]")
        await expect(options).to_have_count(2)  # Dee, and the people of Dodol
        await expect(bo.locator("mention-list [role=status]")).to_contain_text("2 suggestions")
        await box.press("ArrowDown")
        await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        await expect(options.nth(1)).to_contain_text("1 person")
        await box.press("Enter")
        await expect(box).to_have_value("ask @dodol ")
        await box.press_sequentially("or @cy")
        await options.first.click()
        await expect(box).to_have_value("ask @dodol or @Cy ")
        await box.press_sequentially("or @de")
        await expect(options).to_have_count(1)
        await box.press("Escape")
        await expect(options).to_have_count(0)
        await expect(box).to_be_focused()


async def test_a_press_reacts_and_takes_it_back_for_everybody_to_see(
    town: Town, chrome: Chromium
) -> None:
    post = await answer_in(town.bo, TOPIC, "ten metres")
    await town.bo.post(f"/posts/{post}/reactions", word="idea")
    async with opened(chrome, town.cy, TOPIC) as cy, opened(chrome, town.ada, TOPIC) as ada:
        button = cy.get_by_role("button", name="Good idea")
        await expect(button).to_have_attribute("aria-pressed", "false")
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        await expect(ada.get_by_role("button", name="Good idea")).to_have_text("💡 Good idea 2")
        await button.click()
        await expect(ada.get_by_role("button", name="Good idea")).to_have_text("💡 Good idea 1")
        await cy.get_by_role("link", name="React").click()
        await cy.get_by_role("dialog").get_by_role("button", name="Thank you").click()
        await expect(cy.get_by_role("dialog")).to_have_count(0)
        await expect(ada.get_by_role("button", name="Thank you")).to_have_text("🙏 Thank you 1")


async def test_marks_are_set_by_buttons_and_keys_and_can_be_undone(
    town: Town, chrome: Chromium
) -> None:
    async with opened(chrome, town.bo, TOPIC) as bo:
        box = bo.locator("textarea[name=body]")
        await box.fill("ten metres")
        await bo.locator("write-tools:defined").wait_for()  # they come when somebody turns to them
        await box.press("ControlOrMeta+a")
        await box.press("ControlOrMeta+b")
        await expect(box).to_have_value("**ten metres**")
        await box.press("ControlOrMeta+b")
        await expect(box).to_have_value("ten metres")
        await bo.get_by_role("button", name="List").click()
        await expect(box).to_have_value("- ten metres")
        await box.press("ControlOrMeta+z")
        await expect(box).to_have_value("ten metres")
        bold = bo.get_by_role("button", name="Bold")
        await bold.focus()
        await bold.press("ArrowLeft")
        await expect(bo.get_by_role("button", name="Table")).to_be_focused()
        await bo.keyboard.press("Enter")
        await bo.get_by_role("button", name="Preview").click()
        await expect(bo.locator(".preview th").first).to_have_text("Column")


async def test_what_is_selected_is_quoted_with_its_author(town: Town, chrome: Chromium) -> None:
    post = await answer_in(town.bo, TOPIC, "Ask @Cy: ten **metres** of rope.")
    async with opened(chrome, town.cy, TOPIC) as cy:
        await cy.locator(f"#post-{post} strong").dblclick()
        await cy.locator("quote-selection button").click()
        box = cy.locator(f"li:has(> #post-{post}) textarea[name=body]")  # it answers the post
        await expect(box).to_have_value(f"> **Bo** [#1](/posts/{post}):\n>\n> metres\n\n")
        await expect(box).to_be_focused()
        await expect(cy.locator("quote-selection")).to_be_hidden()
    async with opened(chrome, town.cy, f"/posts/{post}/reply?quote=yes") as cy:
        await cy.get_by_role("button", name="Preview").click()
        quote = cy.locator(".preview blockquote")
        await expect(quote.get_by_role("link", name="#1")).to_be_visible()
        await expect(quote).to_contain_text("Ask @Cy: ten metres of rope.")


async def test_what_comes_live_stands_at_the_end_of_a_flat_topic(
    town: Town, chrome: Chromium
) -> None:
    first = await answer_in(town.bo, TOPIC, "root")
    for n in range(3):
        await answer_in(town.bo, TOPIC, f"other {n}")
    async with opened(chrome, town.cy, TOPIC) as cy:
        await cy.get_by_role("link", name="By time").click()
        await expect(cy.locator("live-status")).to_have_text("")
        leaf = await answer_to(town.bo, first, "leaf")
        await expect(cy.locator(".posts > li > .post").last).to_have_id(f"post-{leaf}")
        await expect(cy.locator(f"#post-{leaf} .post-answered")).to_contain_text("Answers #1")
        await cy.goto(TOPIC)
        await expect(cy.locator(".posts > li > .post").last).to_have_id(f"post-{leaf}")


async def test_a_draft_changed_on_another_device_shows_both_texts(
    town: Town, chrome: Chromium
) -> None:
    async with opened(chrome, town.bo, TOPIC) as phone, opened(chrome, town.bo, TOPIC) as desk:
        await phone.locator("textarea[name=body]").fill("from the phone")
        await expect(phone.locator(".draft-state")).to_have_text("Draft kept")
        box = desk.locator("textarea[name=body]")
        await box.fill("from the desk")
        await expect(desk.locator(".elsewhere blockquote")).to_have_text("from the phone")
        await expect(box).to_have_value("from the desk")
        await desk.get_by_role("button", name="Join both").click()
        await expect(box).to_have_value("from the phone\n\nfrom the desk")
        await expect(desk.locator(".draft-state")).to_have_text("Draft kept")
        async with desk.expect_response("**/drafts"):
            await box.fill("from the phone\n\nfrom the desk, again")
        await expect(desk.locator(".elsewhere")).to_have_count(0)
    async with opened(chrome, town.bo, TOPIC) as bo:
        await expect(bo.locator("textarea[name=body]")).to_have_value(
            "from the phone\n\nfrom the desk, again"
        )


async def test_a_post_edited_in_two_windows_shows_both_texts(town: Town, chrome: Chromium) -> None:
    post = await answer_in(town.bo, TOPIC, "ahoi")
    edit = f"/posts/{post}/edit"
    async with opened(chrome, town.bo, edit) as phone, opened(chrome, town.bo, TOPIC) as desk:
        await desk.locator(f"#post-{post} .menu summary").click()
        await desk.locator(f"#post-{post} .menu").get_by_role("link", name="Edit").click()
        dialog, said = desk.get_by_role("dialog"), desk.locator(f"#post-{post} .post-body")
        box, save = (
            dialog.get_by_label("Your text"),
            dialog.get_by_role("button", name="Save", exact=True),
        )
        await box.fill("from the desk")
        await phone.locator("textarea[name=body]").fill("from the phone")
        await phone.get_by_role("button", name="Save", exact=True).click()
        await expect(said).to_have_text("from the phone")
        await save.click()
        await expect(dialog.locator(".elsewhere blockquote")).to_have_text("from the phone")
        await expect(box).to_have_value("from the desk")
        await dialog.get_by_role("button", name="Join both").click()
        await expect(box).to_have_value("from the phone\n\nfrom the desk")
        await expect(dialog.locator(".elsewhere")).to_have_count(0)
        await save.click()
        await expect(dialog).to_have_count(0)
        await expect(said.locator("p")).to_have_text(["from the phone", "from the desk"])


async def test_leaving_a_session_that_ended_and_a_refusal_keep_what_was_written(
    town: Town, chrome: Chromium
) -> None:
    async with opened(chrome, town.bo, TOPIC) as bo:
        box = bo.locator("textarea[name=body]")
        await box.fill("ten metres")
        await bo.goto("/topics")  # before the server was told
        await bo.goto(TOPIC)
        await expect(box).to_have_value("ten metres")

        await bo.route("**/drafts", lambda route: route.abort())
        await box.fill("!" * 3_001)
        await bo.get_by_role("button", name="Send reply").click()
        await expect(bo.locator("[data-error]")).to_contain_text("too many special characters")
        await expect(box).to_have_value("!" * 3_001)
        await box.fill("twelve metres")

        await town.db.act(bo_signs_out)
        await bo.get_by_role("button", name="Send reply").click()
        await expect(bo.locator("live-status")).to_contain_text("Your session has ended")
        await expect(box).to_have_value("twelve metres")
        again = await sign_in_as(town.db, town.origin, BO)
        await bo.context.add_cookies([{"name": "sid", "value": again.token, "url": town.origin}])
        await bo.goto(TOPIC)
        await expect(box).to_have_value("twelve metres")


def bo_signs_out(tx: Transaction) -> None:
    bo = tx.get_one(Member, BO)
    for one in sign_ins_of(tx, bo):
        sign_out(tx, bo, one.id)


async def test_files_are_sent_while_one_writes_and_trouble_leaves_the_text_alone(
    town: Town, chrome: Chromium
) -> None:
    one, other, script = (
        FilePayload(name="kulit.png", mimeType="image/png", buffer=data)
        for data in (painted("PNG"), painted("WEBP"), b"<svg/>")
    )
    async with opened(chrome, town.bo, TOPIC) as bo:
        box, chosen = bo.locator("textarea[name=body]"), bo.locator("input[type=file]")
        lines = bo.locator(".enclosed")
        await box.fill("the leather")
        await bo.route("**/drafts/files", lambda route: route.abort())
        await chosen.set_input_files([one])
        await expect(lines.get_by_role("status")).to_contain_text("did not arrive")
        await bo.get_by_role("button", name="Send reply").click()
        await expect(bo.locator("[data-files-state]")).to_contain_text("Try again or take it away")
        await bo.unroute("**/drafts/files")
        await lines.get_by_role("button", name="Try again").click()
        await bo.get_by_label("What is to be seen on this picture?").fill("A brown hide")
        await chosen.set_input_files([script])
        await expect(lines.last.get_by_role("status")).to_contain_text("no picture we can take")
        await lines.last.get_by_role("button", name="Cancel").click()
        await expect(lines).to_have_count(1)
        await expect(box).to_have_value("the leather")
        await chosen.set_input_files([other])
        await bo.get_by_role("button", name="Send reply").click()  # waits for the file
        post = bo.locator(".post", has_text="the leather")
        await expect(post.get_by_alt_text("A brown hide")).to_be_visible()
        await expect(post.locator(".attached img")).to_have_count(2)
        await expect(lines).to_have_count(0)


async def test_a_file_goes_with_the_form_where_the_tool_that_sends_it_does_not_come(
    town: Town, chrome: Chromium
) -> None:
    picture = FilePayload(name="kulit.png", mimeType="image/png", buffer=painted("PNG"))
    async with opened(chrome, town.bo, TOPIC) as bo:
        await bo.route("**/attach-files.js", lambda route: route.abort())
        box, chosen = bo.locator("textarea[name=body]"), bo.locator("input[type=file]")
        await box.fill("the leather")
        await bo.get_by_role("button", name="Send reply").click()
        await expect(bo.locator(".post", has_text="the leather")).to_be_visible()
        await chosen.set_input_files([picture])
        await box.fill("and its picture")
        await bo.get_by_role("button", name="Send reply").click()
        post = bo.locator(".post", has_text="and its picture")
        await expect(post.locator(".attached img")).to_have_count(1)
        await expect(chosen).to_have_js_property("value", "")
