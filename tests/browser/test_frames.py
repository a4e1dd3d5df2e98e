"""What frames.js does with frames that come in a burst."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Request

from tests.chromium import window
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

REFRESH = """async (times) => {
  const app = document.querySelector("script[src*='/app.js']").src
  const { show } = await import(app.replace("/app.js", "/frames.js"))
  for (let n = 0; n < times; n++) show.refresh({ target: "bell" })
  return new Promise((done) => document.addEventListener("shown", ({ target, detail }) => {
    if (target.closest("#bell") && !detail.fresh) done(true) // fetched, not told by the line
  }))
}"""


async def test_a_target_is_fetched_once_however_often_it_is_to_be_refreshed(
    town: Town, chrome: Chromium
) -> None:
    async with window(chrome, town.bo) as page:
        await page.goto("/more")
        asked: list[str] = []

        def listen(request: Request) -> None:
            asked.append(request.url)

        page.on("request", listen)
        await page.evaluate(REFRESH, 5)
        await page.evaluate(REFRESH, 1)
        assert sum(url.endswith("/bell") for url in asked) == 2
