"""Every page as every role sees it, held against what can be checked without eyes.

Once in Indonesian on a light screen, once in English on a dark one. A page is looked at again for
another role only when something is on it that no role before saw there.
"""

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Window
from playwright.async_api import ViewportSize

from tests.chromium import window
from tests.demonstration import ROLES, Demonstration, demonstration
from tests.pages import NO_PAGES, Page, addresses, pages_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SHARES = 6  # of the work, for several processes
NARROWEST = ViewportSize(width=320, height=640)
DESK = ViewportSize(width=1280, height=800)
LOOKS: tuple[tuple[str, Literal["light", "dark"]], ...] = (("id", "light"), ("en", "dark"))

FOCUSABLE = (
    ":is(a[href], button, input:not([type=hidden]), select, textarea, summary):not(:disabled)"
)
UNSEEN_FOCUS = f"""() => {{
  const seen = [...document.querySelectorAll("{FOCUSABLE}")].filter((one) => one.checkVisibility());
  return seen.filter((one) => {{
    one.focus();
    const style = getComputedStyle(one);
    return style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2;
  }}).map((one) => one.outerHTML.slice(0, 120));
}}"""
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide <= 0) return [];
  const out = [...document.querySelectorAll("body *")];
  return out.filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(-3).map((one) => one.outerHTML.slice(0, 120));
}"""


class Visit(NamedTuple):
    role: str
    page: Page


class Pieces(HTMLParser):
    """What a page is made of: its elements with their classes and names, not its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        words = [given.get(name) or "" for name in ("class", "role", "type", "name")]
        self.found.add(" ".join([tag, *words]))


@pytest.fixture(scope="session")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demonstration]:
    async with demonstration(tmp_path_factory.mktemp("demonstration")) as there:
        yield there


@pytest.fixture(scope="session")
async def visits(there: Demonstration) -> list[Visit]:
    """All that are worth a look, in the order of the roles."""
    known = await there.db.look(addresses, there.app)
    shown: dict[str, set[str]] = {name: set() for name in known}
    worth = []
    for role in ROLES:
        async for page in pages_of(there.browsers[role], known):
            pieces = Pieces(page.html).found
            if not pieces <= shown[page.name]:
                shown[page.name] |= pieces
                worth.append(Visit(role, page))
    return worth


async def test_every_kind_of_page_is_shown_to_somebody(
    there: Demonstration, visits: list[Visit]
) -> None:
    known = await there.db.look(addresses, there.app)
    assert known.keys() - NO_PAGES == {visit.page.name for visit in visits}


@pytest.mark.parametrize("share", range(SHARES))
async def test_nothing_is_wrong_with_a_page(
    share: int, there: Demonstration, visits: list[Visit], chrome: Chromium
) -> None:
    findings: list[str] = []
    for role, group in groupby(visits[share::SHARES], attrgetter("role")):
        pages = [visit.page for visit in group]
        async with window(chrome, there.browsers[role]) as tab:
            for locale, scheme in LOOKS:
                await _speak(tab, locale)
                await tab.emulate_media(color_scheme=scheme)
                for page in pages:
                    what = f"{role}, {page.path}, {locale}, {scheme}"
                    findings += [f"{what}: {one}" async for one in _findings(tab, page, locale)]
    assert not findings, "\n".join(findings)


async def _speak(tab: Window, locale: str) -> None:
    await tab.goto("/terms")
    button = tab.locator(f"button[name=locale][value={locale}]")
    if await button.count():
        await button.click()
        await tab.wait_for_url("**/terms")


async def _findings(tab: Window, page: Page, locale: str) -> AsyncIterator[str]:
    await tab.goto(page.path)
    if (spoken := await tab.locator("html").get_attribute("lang")) != locale:
        yield f"is in {spoken}"
    if (headings := await tab.locator("h1").count()) != 1:
        yield f"has {headings} h1"
    for violation in (await Axe().run(tab)).response["violations"]:
        nodes = violation["nodes"]
        summary = nodes[0]["failureSummary"]
        yield f"{violation['id']}, {len(nodes)} times: {nodes[0]['html'][:160]} ({summary})"
    await tab.set_viewport_size(NARROWEST)
    for wide in await tab.evaluate(TOO_WIDE):
        yield f"is wider than a small phone: {wide}"
    await tab.set_viewport_size(DESK)
    await tab.keyboard.press("Tab")
    for unseen in await tab.evaluate(UNSEEN_FOCUS):
        yield f"does not show the focus on {unseen}"
