import asyncio, time, pytest
from tests.browser.test_without_javascript import *
async def test_tmp(page, town, chrome, capsys):
  with capsys.disabled():
    async with signed_in(page, BO):
        await page.goto("/topics/new")
        page.on("request", lambda r: print(r.method, r.url))
        page.on("response", lambda r: print(r.status, r.url))
        page.on("requestfailed", lambda r: print("failed", r.url, r.failure))
        await page.get_by_label("Category").select_option("Market")
        await page.get_by_label("Title").fill("A new quay")
        await page.get_by_label("Your text").fill("Who builds it?")
        t=time.time()
        await page.get_by_role("button", name="Start the topic").click()
        await asyncio.sleep(3); print(time.time()-t, page.url)
        await page.screenshot(path="/tmp/akar/x.png")
