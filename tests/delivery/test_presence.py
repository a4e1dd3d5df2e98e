"""Who is here, told by each process to the others; it may be late, and is right in the end."""

import asyncio
import re
from collections.abc import Set as AbstractSet

import pytest
from msgspec.structs import replace

from channels.direct import begin
from channels.events import RoomParted
from community.bus import MemoryBus
from tests.browsing import Tab
from tests.cast import BO, CY
from tests.conftest import Town
from tests.delivery.conftest import Opening
from tests.following import Frame
from tests.moderation.reporting import as_
from web.drawing import draw
from web.frames import Put
from web.presence import AWAY, NAMED, WRITERS, Presence, PresenceTold, Typing


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


async def test_who_is_here_twice_counts_once_and_is_away_when_nobody_looks(
    opening: Opening,
) -> None:
    async with opening() as town, town.bo.tab() as bo, town.cy.tab() as one, town.cy.tab() as two:
        await bo.watch("channel:7")
        for tab in (one, two):
            await tab.watch("channel:7")
        await _shows(bo, {"Bo", "Cy"})
        await one.send("attend", hidden=True, since=AWAY)
        await two.send("attend", hidden=True, since=AWAY - 1)
        await _shows(bo, {"Bo"}, away={"Cy"})  # a second later
        assert "1 person is away" in await town.dee.open("/channels/7")
        await one.send("attend", hidden=False)
        await _shows(bo, {"Bo", "Cy"})


async def test_nothing_is_told_of_who_does_not_want_to_be_seen(opening: Opening) -> None:
    async with opening() as town, town.bo.tab() as bo, town.ada.tab() as ada:
        await bo.watch("channel:7")
        async with town.cy.tab() as cy:
            await cy.watch("channel:7")
            await _shows(bo, {"Bo", "Cy"})
            await town.cy.post("/settings/presence", shown="")
            assert (await cy.closed())[0] == 4403  # an open page begins anew
        await _shows(bo, {"Bo"})
        async with town.cy.tab() as cy:
            await cy.watch("channel:7")
            await ada.watch("channel:7")
            await _shows(bo, {"Ada", "Bo"})
            await cy.send("typing", channel=7, key="t")
            await cy.say("typed", "k")  # in the order they were sent
            await ada.send("typing", channel=7, key="t")
            assert "Ada" in (await _put(bo, "typing-channel:7"))["html"]
        assert "Cy" not in _list(await town.cy.open("/channels/7"))


async def test_where_one_of_two_has_blocked_the_other_nobody_is_shown_or_writes(
    opening: Opening,
) -> None:
    async with opening() as town, town.bo.tab() as bo, town.bo.tab() as elsewhere:
        room = (await as_(town.db, BO, begin, CY)).address
        path = f"/{room.replace(':', 's/')}"
        await bo.watch(room)
        async with town.cy.tab() as cy:
            await cy.watch(room)
            await _shows(bo, {"Bo", "Cy"}, room)
            await town.cy.post(f"/members/{BO}/distance", extent="blocked")
            assert (await cy.closed())[0] == 4403  # an open page begins anew
        await _shows(bo, set(), room)
        async with town.cy.tab() as cy:
            for tab in (cy, elsewhere):
                await tab.watch(room)
                await tab.watch("channel:7")
                await tab.send("typing", channel=int(room.partition(":")[2]), key="t")
                assert (await tab.answer("t"))["verb"] == "refused"
            await _shows(elsewhere, {"Bo", "Cy"})
            told = [
                frame["html"]
                for frame in (*cy.heard, *elsewhere.heard)
                if (frame.get("target") or "").endswith(room) and "</a>" in frame["html"]
            ]
            assert not told
            assert "Bo" not in _list(await town.cy.open(path))
            assert "Cy" not in _list(await town.bo.open(path))


async def test_who_is_blocked_while_their_tab_catches_up_is_not_shown(town: Town) -> None:
    room = (await as_(town.db, BO, begin, CY)).address
    async with town.bo.tab():
        (tab,) = town.hub.everyone
        with town.hub.catching_up(tab, room) as pile:
            assert pile.must_read()  # they are not apart yet
            await town.hub.deliver([RoomParted(channel=room)])
            town.hub.admit(tab, room, 0)
            assert pile.must_read()
            town.hub.admit(tab, room, 0, apart=True)
        assert not town.hub.presence._told_of(room).here


async def test_of_a_channel_of_five_thousand_each_tab_is_told_two_numbers() -> None:
    """At most every ten seconds: what all are told grows with how many there are, and no faster."""
    bus = MemoryBus()
    presence = Presence(bus, pace=0.01)
    for id in range(1, 5_001):
        presence.arrive("channel:7", f"tab {id}", id, f"Member {id}")
    async with bus.listen() as batches:
        telling = asyncio.create_task(presence.tell())
        (told,) = await anext(batches)
        telling.cancel()
    assert isinstance(told, PresenceTold)
    assert len(told.here) == 5_000 and not told.names
    gathered = presence.gathered(told)
    assert gathered
    frame = draw(gathered, "en")
    assert isinstance(frame, Put) and len(frame.html) < 200 and "5000 people are here" in frame.html
    assert presence.gathered(replace(told, here=told.here - {1})) is None


def test_as_many_are_named_as_anybody_reads() -> None:
    presence = Presence(MemoryBus())
    presence.arrive("channel:7", "a tab of ours", 0, "Member 0")
    names = {id: f"Member {id}" for id in range(NAMED)}
    told = PresenceTold(address="channel:7", process="a", here=frozenset(names), names=names)
    gathered = presence.gathered(told)
    assert gathered and gathered.names == names
    assert presence.gathered(told) is None  # nothing new: nobody is told
    one_more = gathered.joined_by(NAMED, "One more")
    assert len(one_more.here) == NAMED + 1 and not one_more.names


async def test_of_many_who_write_some_are_told() -> None:
    bus = MemoryBus()
    presence = Presence(bus)
    async with bus.listen() as batches:
        for _ in range(3):
            for id in range(1, 501):
                typing = Typing(address="channel:7", member_id=id, name=f"Member {id}")
                presence.typing(typing)
        assert len(await anext(batches)) == WRITERS


async def _put(tab: Tab, target: str) -> Frame:
    while (frame := await tab.until("put")).get("target") != target:
        pass
    return frame


async def _shows(
    tab: Tab, here: set[str], stream: str = "channel:7", away: AbstractSet[str] = frozenset()
) -> None:
    """Sooner or later: telling has a pace."""
    while True:
        frame = await _put(tab, f"present-{stream}")
        there = set(re.findall(r"(\w+)</a></li>", frame["html"]))
        gone = set(re.findall(r"(\w+)</a> <span", frame["html"]))
        if (there, gone) == (here, away):
            return


def _list(page: str) -> str:
    return page.partition('<ul class="present">')[2].partition("</ul>")[0]


async def _count(town: Town, path: str) -> int:
    """As a fresh page says, which counts its reader."""
    found = re.search(r'data-count="(\d+)"', await town.cy.open(path))
    assert found
    return int(found[1])
