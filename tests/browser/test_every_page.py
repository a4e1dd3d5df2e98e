"""Every page as every role sees it, held against what can be checked without eyes.

Whole in Indonesian, on a light screen and a dark one; in English for its words and their width. A
page is looked at again for another role only when something is on it that no role before saw
there, or something around it that was around no page before.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Window

from tests.browser.looking import Judged, focus, headed, spoken, width
from tests.chromium import window
from tests.demonstration import Demonstration, demonstration
from tests.pages import NO_PAGES, Page, addresses, pages_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

SHARES = 2  # of the kinds of page, for two processes: what one has judged the other does not know
LOCALES = ("id", "en")


class Pieces(HTMLParser):
    """What html is made of: its elements with their classes and names, not its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        words = [given.get(name) or "" for name in ("class", "role", "type", "name")]
        self.found.add(" ".join([tag, *words]))


class Shown:
    """What was on the pages of each kind so far, and what was around pages of any kind."""

    def __init__(self) -> None:
        self._on: dict[str, set[str]] = defaultdict(set)
        self._around: set[str] = set()

    def takes(self, page: Page) -> bool:
        """Whether something on or around it is new; all of it is known from now on."""
        above, main, rest = page.html.partition("<main")
        content, foot, below = rest.partition("<footer")
        on = Pieces(main + content).found
        around = Pieces(above + foot + below).found
        new = not (on <= self._on[page.name] and around <= self._around)
        self._on[page.name] |= on
        self._around |= around
        return new


@pytest.fixture(scope="session")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demonstration]:
    async with demonstration(tmp_path_factory.mktemp("demonstration")) as there:
        yield there


@pytest.fixture(scope="session")
def shown() -> Shown:
    return Shown()


@pytest.fixture(scope="session")
def judged() -> Judged:
    return Judged()


@pytest.mark.parametrize("share", range(SHARES))
async def test_nothing_is_wrong_with_a_page(
    share: int, there: Demonstration, shown: Shown, judged: Judged, chrome: Chromium
) -> None:
    known = await there.db.look(addresses, there.app, there.settings.secret())
    wanted = {name: known[name] for name in list(known)[share::SHARES]}
    found: set[str] = set()
    findings: list[str] = []
    for role, reader in there.browsers.items():
        pages = [page async for page in pages_of(reader, wanted)]
        found |= {page.name for page in pages}
        if worth := [page for page in pages if shown.takes(page)]:
            async with window(chrome, reader) as tab:
                findings += [f"{role}, {one}" async for one in _findings(tab, worth, judged)]
    assert not findings, "\n".join(findings)
    assert wanted.keys() - NO_PAGES == found, "somebody sees every kind of page"


async def _findings(tab: Window, pages: list[Page], judged: Judged) -> AsyncIterator[str]:
    """A page is built alike in every language: names, structure and colours are judged once."""
    for locale in LOCALES:
        await _speak(tab, locale)
        for page in pages:
            await tab.goto(page.path, wait_until="domcontentloaded")
            once = (headed(tab), judged.by_axe(tab), focus(tab)) if locale == LOCALES[0] else ()
            for judge in (spoken(tab, locale), width(tab), *once):
                async for finding in judge:
                    yield f"{page.path}, {locale}: {finding}"


async def _speak(tab: Window, locale: str) -> None:
    """As if the button at the foot of a page had been pressed."""
    answer = await tab.request.post(
        "/language",
        form={"locale": locale, "next": "/terms"},
        headers={"sec-fetch-site": "same-origin"},
        max_redirects=0,
    )
    assert answer.status == 303, answer.status
