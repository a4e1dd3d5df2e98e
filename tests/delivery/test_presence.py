"""Who is here, told by each process to the others; it may be late, and is right in the end."""

import re

import pytest

from tests.browsing import Tab
from tests.conftest import Town
from tests.delivery.conftest import Opening


@pytest.mark.parametrize("setup", ["scaled out"])
async def test_members_of_two_processes_see_each_other_come_and_go(opening: Opening) -> None:
    async with opening() as here, opening() as there, there.cy.tab() as cy:
        async with here.bo.tab() as bo:
            await bo.watch("channel:7")
            await cy.watch("channel:7")
            await _shows(bo, {"Bo", "Cy"})
            await _shows(cy, {"Bo", "Cy"})
            assert await _count(there, "/channels/7") == 2
        await _shows(cy, {"Cy"})
        assert await _count(there, "/channels/7") == 1


async def _shows(tab: Tab, names: set[str]) -> None:
    """Sooner or later: telling has a pace."""
    while True:
        frame = await tab.until("put")
        told = frame.get("target") == "present-channel:7"
        if told and set(re.findall(r"(\w+)</a></li>", frame["html"])) == names:
            return


async def _count(town: Town, path: str) -> int:
    """As a fresh page says, which counts its reader."""
    found = re.search(r'data-count="(\d+)"', await town.cy.open(path))
    assert found
    return int(found[1])
