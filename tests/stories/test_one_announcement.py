"""official -> draft -> publish -> every open tab it is for -> acknowledgement -> progress"""

import re

from tests.browsing import Tab
from tests.conftest import Town
from tests.forum.announcing import announce, drafted


async def test_dee_announces_and_those_it_is_for_see_it_at_once(town: Town) -> None:
    assert "It reaches 2 members" in await town.dee.open(await drafted(town.dee))

    async with town.bo.tab() as bo, town.gus.tab() as gus, town.cy.tab() as cy:
        await cy.watch("channel:7")
        where = await announce(town.dee)
        for tab in (bo, gus):
            banner = await tab.until("append")
            assert banner["target"] == "toasts" and "Storm on Friday" in banner["html"]
            assert await tab.until("refresh") == {"verb": "refresh", "target": "bell", "within": 10}
        await _hears_only_of_the_quay(town, cy)

    assert _count(await town.bo.open("/notices/bell")) == 1
    assert "Harbour Office published “Storm on Friday”." in await town.bo.open("/notices")
    assert _count(await town.cy.open("/notices/bell")) == 0
    assert f'href="{where}"' in await town.bo.open("/announcements")


async def test_bo_acknowledges_and_dee_sees_it_at_once(town: Town) -> None:
    where = await announce(town.dee)
    page = await town.dee.open(f"{where}/progress")
    assert "0 of 2" in page and 'id="progress-1"' in page

    async with town.dee.tab() as dee, town.cy.tab() as cy, town.bo.tab() as bo:
        await cy.watch("channel:7")
        for _ in range(2):  # doing it twice is doing it once
            assert (await town.bo.post(f"{where}/acknowledgement")).status_code == 303
        assert (await dee.until("refresh"))["target"] == "progress-1"
        await _bell_says(bo, 0)  # what is acknowledged is read
        await _hears_only_of_the_quay(town, cy)

    assert "1 of 2" in await town.dee.open(f"{where}/progress")
    assert "1 of 2" in await town.dee.open("/desk")
    assert _count(await town.bo.open("/notices/bell")) == 0


async def test_bo_acknowledges_for_his_brand_and_asks_a_question(town: Town) -> None:
    where = await announce(town.dee, by_organisation="yes", purpose="urgent")
    assert "Urgent announcement" in await town.bo.open("/topics")
    async with town.dee.tab() as dee:
        answer = await town.bo.post(f"{where}/acknowledgement", said="From when on?")
        assert answer.status_code == 303
        await dee.until("refresh")
    assert "Urgent announcement" not in await town.bo.open("/topics")
    assert "Urgent announcement" in await town.gus.open("/topics")
    page = await town.dee.open(f"{where}/progress")
    assert "1 of 2" in page and "Leather Lane" in page
    assert "From when on?" in await town.dee.open(f"{where}/remarks")
    assert "Leather Lane" in (await town.dee.post(f"{where}/missing")).text


async def test_who_reads_it_is_not_told_of_it_any_more(town: Town) -> None:
    await announce(town.dee)
    async with town.bo.tab() as bo:
        await bo.send("read", stream="announcement:1", seq=1)
        await _bell_says(bo, 0)
        await bo.send("read", stream="announcement:2", seq=1, key="k1")
        assert (await bo.until("refused"))["final"]


async def _hears_only_of_the_quay(town: Town, tab: Tab) -> None:
    """What is said there now comes after everything else."""
    await town.bo.post("/channels/7/messages", body="ahoy", key="k1")
    while "ahoy" not in (await tab.until("put"))["html"]:
        pass
    assert not [frame for frame in tab.heard if frame["verb"] in {"append", "refresh"}]


async def _bell_says(tab: Tab, count: int) -> None:
    while (frame := await tab.until("put")).get("target") != "bell" or _count(
        frame["html"]
    ) != count:
        pass


def _count(html: str) -> int:
    found = re.search(r'data-count="notices"[^>]*>(\d+)', html)
    assert found, html
    return int(found[1])
