"""What got into a page after all does not run; that none of ours complains, tests/browser sees."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Route

from tests.conftest import Town

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("setup", ["embedded"])]

# In a timer: what a debugger evaluates may use eval whatever the policy says.
TRIED = """() => new Promise((done) => setTimeout(() => {
  const refused = []
  const attempt = (name, work) => { try { work() } catch { refused.push(name) } }
  const inline = document.createElement("script")
  const handler = document.createElement("button")
  attempt("text", () => { inline.text = "window.ran = 1" })
  attempt("append", () => { document.head.append(inline) })
  attempt("html", () => { document.body.innerHTML = "<img src=x onerror='window.ran = 1'>" })
  attempt("handler", () => { handler.setAttribute("onclick", "window.ran = 1") })
  handler.click()
  attempt("eval", () => { window.eval("window.ran = 1") })
  attempt("policy", () => { trustedTypes.createPolicy("mine", {}) })
  done({ ran: window.ran === 1, refused })
}))"""


async def test_an_injected_script_does_not_run(town: Town, chrome: Chromium) -> None:
    context = await chrome.new_context(base_url=town.origin)
    page = await context.new_page()
    for path in ("/", "/topics/5", "/sign-in"):
        await page.goto(path)
        tried = await page.evaluate(TRIED)
        assert not tried["ran"], path
        assert {"html", "eval", "policy"} <= set(tried["refused"]), (path, tried)
    await context.close()


async def test_an_inline_script_in_the_page_does_not_run(town: Town, chrome: Chromium) -> None:
    """As if the sanitiser had failed: the page with a script, an image and a link put into it."""
    context = await chrome.new_context(base_url=town.origin)
    page = await context.new_page()

    async def tampered(route: Route) -> None:
        answer = await route.fetch()
        evil = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'></body>"
        await route.fulfill(response=answer, body=(await answer.text()).replace("</body>", evil))

    await page.route("**/topics", tampered)
    await page.goto("/topics")
    await page.wait_for_load_state("load")
    assert await page.locator("script:not([src])").count() == 1, "it got in"
    assert await page.evaluate("window.ran === undefined")
    await context.close()
