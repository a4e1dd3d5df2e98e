"""What can be said against a page without eyes, and nothing judged twice.

Names, roles and structure are judged on every page as a whole. Colours are the slow half of axe,
and elements of one chain of tags, classes and states are drawn in the same colours: a chain is
judged once in each theme, on the page where it comes first.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, ViewportSize

from tests.chromium import DESK

Theme = Literal["light", "dark"]

OF_COLOUR = ("color-contrast", "link-in-text-block")
COLOURS = {"runOnly": OF_COLOUR}
STRUCTURE = {"rules": {rule: {"enabled": False} for rule in OF_COLOUR}}

# Marks what holds nothing but known chains, and answers the others. What the style sheets ask for
# in brackets is part of a chain.
MARK = r"""(known) => {
  const seen = new Set(known), unseen = new Set();
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const asked = rules.flatMap((rule) => [...rule.cssText.matchAll(/\[([a-z-]+)/g)]);
  const states = new Set(["class", "type", ...asked.map((found) => found[1])]);
  const link = (one) => one.localName + [...one.attributes]
    .filter((attribute) => states.has(attribute.name))
    .map((attribute) => ` ${attribute.name}=${attribute.value}`).sort().join("");
  const walk = (one, above) => {
    const chain = `${above} > ${link(one)}`;
    let known = seen.has(chain);
    if (!known) unseen.add(chain);
    for (const child of one.children) known = walk(child, chain) && known;
    one.toggleAttribute("data-judged", known);
    return known;
  };
  walk(document.documentElement, "");
  return [...unseen];
}"""
RUN = """async (options) => {
  const judged = {exclude: [["[data-judged]"]]};
  const found = await axe.run(options.runOnly ? judged : document, {
    ...options, preload: false, resultTypes: ["violations"],
  });
  return found.violations;
}"""


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
NARROWEST = ViewportSize(width=320, height=640)
WIDE = ViewportSize(width=DESK, height=800)


class Judged:
    """Remembers the chains whose colours were judged."""

    def __init__(self) -> None:
        self._colours: dict[Theme, set[str]] = defaultdict(set)

    async def colours(self, tab: Page, theme: Theme) -> AsyncIterator[str]:
        unseen = await tab.evaluate(MARK, sorted(self._colours[theme]))
        if not unseen:
            return
        self._colours[theme].update(unseen)
        await tab.evaluate(AXE_SCRIPT)
        for violation in await tab.evaluate(RUN, COLOURS):
            yield _said(violation)


async def spoken(tab: Page, locale: str) -> AsyncIterator[str]:
    if (found := await tab.locator("html").get_attribute("lang")) != locale:
        yield f"is in {found}"


async def structure(tab: Page) -> AsyncIterator[str]:
    if (headings := await tab.locator("h1").count()) != 1:
        yield f"has {headings} h1"
    await tab.evaluate(AXE_SCRIPT)
    for violation in await tab.evaluate(RUN, STRUCTURE):
        yield _said(violation)


async def width(tab: Page) -> AsyncIterator[str]:
    await tab.set_viewport_size(NARROWEST)
    for wide in await tab.evaluate(TOO_WIDE):
        yield f"is wider than a small phone: {wide}"
    await tab.set_viewport_size(WIDE)


async def focus(tab: Page) -> AsyncIterator[str]:
    await tab.keyboard.press("Tab")
    for unseen in await tab.evaluate(UNSEEN_FOCUS):
        yield f"does not show the focus on {unseen}"


def _said(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    first = f"{nodes[0]['html'][:160]} ({nodes[0]['failureSummary']})"
    return f"{violation['id']}, {len(nodes)} times: {first}"
