"""D3: what was acked before another was sent stands before it."""

import asyncio

from tests.browsing import Browser
from tests.conftest import Town
from tests.delivery.conftest import UNHURRIED, Opening


async def test_an_ack_heard_before_a_send_is_a_smaller_seq(opening: Opening) -> None:
    async with opening(**UNHURRIED) as town:
        async with town.bo.tab() as bo, town.cy.tab() as cy, town.ada.tab() as ada:
            seqs = [
                (await tab.say("ahoy", f"k{turn}"))["seq"]
                for turn in range(10)
                for tab in (bo, cy, ada)
            ]
    assert seqs == list(range(1, 31))


async def test_one_tab_in_a_hurry_is_heard_in_its_order(town: Town) -> None:
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        await cy.watch("channel:7")
        for n in range(1, 9):
            await bo.send("say", channel=7, body=f"number {n}", key=f"k{n}")
        quay = await cy.until_rev("channel:7", 8)
        assert all(f"number {n}" in html for n, html in enumerate(quay.shown, 1))


async def test_many_at_once_get_one_number_each_and_leave_none_out(opening: Opening) -> None:
    async with opening(**UNHURRIED) as town:

        async def crowd(browser: Browser, name: str) -> list[int]:
            async with browser.tab() as tab:
                return [(await tab.say("ahoy", f"{name}{n}"))["seq"] for n in range(10)]

        crowds = await asyncio.gather(
            *(crowd(browser, name) for browser in (town.bo, town.cy, town.ada) for name in "ab")
        )
        assert sorted(seq for seqs in crowds for seq in seqs) == list(range(1, 61))
        assert all(seqs == sorted(seqs) for seqs in crowds)
