"""A list of channels that stays open: it is told that something changed, once, and asks what."""

import asyncio

from channels.actions import read, say
from channels.direct import begin
from channels.events import ChannelChanged
from channels.joining import invite, remove
from channels.listing import list_news
from channels.models import ChannelRole, Membership
from community.bus import MemoryBus
from community.database import Database, Transaction
from community.members.models import Member
from community.places import Lens
from tests import browsing
from tests.cast import ADA, BO, CABIN, CY, DEE, QUAY
from tests.conftest import Town
from web.hub import AT_A_TIME, Hub
from web.presence import Presence
from web.tabs import Tab
from web.wire import Packet


async def test_a_list_is_told_once_that_something_was_said_until_it_listens_again(
    town: Town,
) -> None:
    await town.db.act(_says, 1)
    async with town.cy.tab() as tab:
        await tab.send("listen", channels={QUAY: 0, CABIN: 0})
        assert await _told(tab) == (f"news:{QUAY}", 1)  # what it had missed
        await town.db.act(_says, 2)
        await town.db.act(_says, 3)
        await tab.send("listen", channels={QUAY: 2})
        assert await _told(tab) == (f"news:{QUAY}", 3)
        await tab.send("listen", channels={QUAY: 3})
        await town.db.act(_says, 4)
        await town.db.act(_says, 5)
        assert (await _told(tab))[0] == f"news:{QUAY}"
        assert not town.hub.presence.who(f"channel:{QUAY}").here  # who lists is not there
        await tab.watch(f"channel:{QUAY}")  # what is asked is done in this order
    rung = [frame for frame in tab.heard if frame["verb"] == "changed"]
    assert len(rung) == 3


async def test_who_does_not_see_a_channel_hears_nothing_of_it(town: Town) -> None:
    async with town.cy.tab() as tab:
        await tab.send("listen", channels={QUAY: 0, CABIN: 0})
        await tab.watch(f"channel:{QUAY}")
        await town.db.act(_says, 1, CABIN)
        await town.db.act(_says, 1)
        assert (await _told(tab))[0] == f"news:{QUAY}"


async def test_who_is_removed_hears_nothing_more(town: Town) -> None:
    async with town.bo.tab() as tab:
        await tab.send("listen", channels={QUAY: 0, CABIN: 0})
        await tab.watch(f"channel:{QUAY}")
        await town.db.act(_bo_goes)
        assert (await tab.until("revoked"))["stream"] == f"channel:{CABIN}"
        await town.db.act(_says, 1, CABIN)
        await town.db.act(_says, 1)
        assert (await _told(tab))[0] == f"news:{QUAY}"


async def test_who_is_let_in_hears_where(town: Town) -> None:
    def let_in(tx: Transaction) -> None:
        tx.get_one(Membership, (CABIN, BO)).role = ChannelRole.HOST
        invite(tx, tx.get_one(Member, BO), CABIN, CY)

    async with town.cy.tab() as tab:
        await town.db.act(let_in)
        assert (await _told(tab))[0] == f"news:{CABIN}"
    drawn = await town.cy.open(f"/channels/news?of={QUAY},{CABIN}")
    assert f'data-channel="{CABIN}"' in drawn
    drawn = await town.dee.open(f"/channels/news?of={QUAY},{CABIN}")
    assert f'data-channel="{QUAY}"' in drawn and f'data-channel="{CABIN}"' not in drawn
    assert (await town.dee.get("/channels/news?of=x")).status_code == 422


class Line:
    """Keeps what it is to carry."""

    def __init__(self) -> None:
        self.carried: list[Packet] = []

    def carry(self, packet: Packet) -> None:
        self.carried.append(packet)

    def hang_up(self, code: int, reason: str) -> None:
        raise AssertionError(reason)

    async def has_room(self) -> None:
        return


async def test_who_listens_while_a_crowd_is_told_is_not_taken_for_told() -> None:
    """They look afterwards, and must still be there to be rung then."""
    hub = Hub(Presence(MemoryBus()), "epoch", tick=20)
    crowd = [Tab(Line(), "en") for _ in range(AT_A_TIME + 1)]
    for one in crowd:
        hub.listen(one, {QUAY: 0})
    renamed = ChannelChanged(address=f"channel:{QUAY}", rev=1, name="quay", archived=False)
    telling = asyncio.create_task(hub.deliver([renamed]))
    await asyncio.sleep(0)
    late = Tab(line := Line(), "en")
    hub.listen(late, {QUAY: 0})
    await telling
    assert not any(one.streams for one in crowd) and not line.carried
    hub.ring(late, f"channel:{QUAY}", 1)
    assert len(line.carried) == 1


async def test_a_list_asks_how_its_rows_are_now(db: Database) -> None:
    def story(tx: Transaction) -> None:
        ada, cy, dee = (tx.get_one(Member, one) for one in (ADA, CY, DEE))
        room = begin(tx, ada, CY)
        assert list_news(tx, cy, [room.id, QUAY], Lens()).few == []  # nothing is said there yet
        say(tx, ada, room.id, "ahoy", key="d1")
        say(tx, ada, QUAY, "ahoy", key="q1")
        news = list_news(tx, cy, [room.id, QUAY, CABIN], Lens())
        assert {one.channel.id: one.unread for one in news.listed} == {room.id: 1, QUAY: 1}
        assert [one.name for one in news.few] == ["Ada"] and news.unread == 2
        elsewhere = list_news(tx, cy, [room.id, QUAY], Lens("32", "", ""))
        assert [one.channel.id for one in elsewhere.listed] == [room.id]
        assert list_news(tx, dee, [room.id, CABIN], Lens()) == ([], [], 0)
        read(tx, cy, QUAY, 1)
        assert list_news(tx, cy, [], Lens()).unread == 1

    await db.act(story)


async def _told(tab: browsing.Tab) -> tuple[str, int]:
    frame = await tab.until("changed")
    return frame["stream"], frame["rev"]


def _says(tx: Transaction, n: int, channel: int = QUAY) -> None:
    say(
        tx,
        tx.get_one(Member, BO if channel == QUAY else ADA),
        channel,
        f"no {n}",
        key=f"k{channel}-{n}",
    )


def _bo_goes(tx: Transaction) -> None:
    remove(tx, tx.get_one(Member, ADA), CABIN, BO)
