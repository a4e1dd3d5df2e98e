"""What can be said against a page without eyes, and nothing judged twice.

Names, roles and structure are judged on every page as a whole. Colours are the slow half of axe,
and elements of one chain of tags, classes and states are drawn in the same colours: a chain is
judged once, light and dark, on the page where it comes first.
"""

from collections.abc import AsyncIterator
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, ViewportSize

from tests.chromium import DESK

Look = tuple[Literal["light", "dark"], dict[str, Any]]  # a theme, and what axe is to run in it

OF_COLOUR = {"color-contrast": "*", "link-in-text-block": "a[href]"}  # rules, and what they look at
COLOURS = {"runOnly": list(OF_COLOUR)}
STRUCTURE = {"rules": {rule: {"enabled": False} for rule in OF_COLOUR}}
ONE: tuple[Look, ...] = (("light", STRUCTURE),)
BOTH: tuple[Look, ...] = (("light", {}), ("dark", COLOURS))
UNJUDGED = [
    {"id": rule, "selector": f"{those}:not([data-judged])"} for rule, those in OF_COLOUR.items()
]

# Answers the chains of a page, and remembers whose they are. What the style sheets ask for in
# brackets is part of a chain.
CHAINS = r"""() => {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const asked = rules.flatMap((rule) => [...rule.cssText.matchAll(/\[([a-z-]+)/g)]);
  const states = new Set(["class", "type", ...asked.map((found) => found[1])]);
  const link = (one) => one.localName + [...one.attributes]
    .filter((attribute) => states.has(attribute.name))
    .map((attribute) => ` ${attribute.name}=${attribute.value}`).sort().join("");
  window.chains = new Map();
  const walk = (one, above) => {
    const chain = `${above} > ${link(one)}`;
    window.chains.set(one, chain);
    for (const child of one.children) walk(child, chain);
  };
  walk(document.documentElement, "");
  return [...new Set(window.chains.values())];
}"""
# Marks what holds nothing but known chains.
MARK = """(unseen) => {
  const fresh = new Set(unseen);
  const walk = (one) => {
    let known = window.chains.has(one) && !fresh.has(window.chains.get(one));
    for (const child of one.children) known = walk(child) && known;
    one.toggleAttribute("data-judged", known);
    return known;
  };
  walk(document.documentElement);
}"""
RUN = """async ([rules, options]) => {
  axe.configure({ rules });
  const found = await axe.run({ ...options, preload: false, resultTypes: ["violations"] });
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
        self._chains: set[str] = set()

    async def by_axe(self, tab: Page) -> AsyncIterator[str]:
        """Everything in the light; in the dark the colours of what is new, as in the light."""
        chains = await tab.evaluate(CHAINS)
        unseen = [chain for chain in chains if chain not in self._chains]
        self._chains.update(unseen)
        await tab.evaluate(MARK, unseen)
        await tab.evaluate(AXE_SCRIPT)
        for theme, options in BOTH if unseen else ONE:
            # Without motion: colours on their way from one theme to the other are no finding.
            await tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
            for violation in await tab.evaluate(RUN, [UNJUDGED, options]):
                yield f"{theme}: {_said(violation)}"


async def spoken(tab: Page, locale: str) -> AsyncIterator[str]:
    if (found := await tab.locator("html").get_attribute("lang")) != locale:
        yield f"is in {found}"


async def headed(tab: Page) -> AsyncIterator[str]:
    if (headings := await tab.locator("h1").count()) != 1:
        yield f"has {headings} h1"


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
