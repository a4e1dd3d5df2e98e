"""Where in the talk one looks: around a message, from there on in both directions, first unread."""

from datetime import timedelta

from sqlalchemy import update

from channels.actions import read, read_on
from channels.events import ReadingMoved
from channels.models import Message
from channels.reading import mark_unread
from channels.rooms import Place, room_for
from community.clock import now
from community.database import Database, Transaction
from community.members.models import Member
from tests.cast import CY, QUAY
from tests.channels.test_reading import _chat, unread_of
from tests.conftest import Town

HERE = f"/channels/{QUAY}"


async def test_a_page_stands_around_a_message_and_leads_both_ways(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 140)
        cy = tx.get_one(Member, CY)

        def seqs(place: Place) -> tuple[int, int, bool, bool]:
            room = room_for(tx, cy, QUAY, place)
            return room.messages[0].seq, room.messages[-1].seq, room.earlier, room.later

        assert seqs(Place(at=70)) == (45, 94, True, True)
        assert seqs(Place(before=45)) == (1, 44, False, True)
        assert seqs(Place(after=94)) == (91, 140, True, False)
        assert seqs(Place(at=3)) == (1, 50, False, True)
        assert seqs(Place(at=10**9)) == seqs(Place()) == (91, 140, True, False)

    await db.act(story)


async def test_the_first_unread_and_how_many_are_counted_from_where_one_was(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 80)
        cy = tx.get_one(Member, CY)
        read(tx, cy, QUAY, 12)
        room = room_for(tx, cy, QUAY)
        assert (room.unread, room.first_unread) == (68, 13)
        read(tx, cy, QUAY, 80)
        assert (room_for(tx, cy, QUAY).unread, room_for(tx, cy, QUAY).first_unread) == (0, None)
        again = room_for(tx, cy, QUAY, Place(at=13, since=12))
        assert (again.read_seq, again.unread, again.first_unread) == (12, 68, 13)

    await db.act(story)


async def test_the_page_leads_to_the_first_unread_and_its_line(town: Town) -> None:
    await town.db.act(_chat, 80)
    page = await town.cy.open(HERE)
    assert "?at=1&since=0#unread" in page and 'id="unread"' in page
    page = await town.cy.open(f"{HERE}?at=1&since=0")
    assert 'id="unread"' in page and "80 unread" in page and f"{HERE}?after=50" in page
    assert (await town.cy.get(f"{HERE}?at=x")).status_code == 422


async def test_unread_from_here_moves_back_and_every_tab_hears_it(town: Town) -> None:
    await town.db.act(_chat, 9)
    await town.cy.post(f"{HERE}/reading", seq=9)
    async with town.cy.tab() as tab:
        answer = await town.cy.post("/messages/4/unread")
        assert answer.headers["location"] == "/channels"
        assert (await tab.until("refresh"))["target"] == "unread-channels"
    assert ">6<" in await town.cy.open("/channels/unread")

    def unread(tx: Transaction) -> int:
        return unread_of(tx, CY)

    assert await town.db.act(unread) == 6


async def test_who_reads_what_waited_is_heard_in_every_tab_and_reading_along_is_not(
    db: Database,
) -> None:
    def reads(tx: Transaction, seq: int) -> bool:
        read_on(tx, tx.get_one(Member, CY), QUAY, seq)
        return any(isinstance(event, ReadingMoved) for event in tx.events)

    def unread_again(tx: Transaction) -> None:
        mark_unread(tx, tx.get_one(Member, CY), 1)

    def some_wait(tx: Transaction) -> None:
        earlier = now(tx) - timedelta(hours=1)
        tx.execute(update(Message).where(Message.seq <= 9).values(written_at=earlier))

    await db.act(_chat, 12)
    assert not await db.act(reads, 12)  # said just now
    await db.act(unread_again)
    await db.act(some_wait)
    assert await db.act(reads, 7)
    assert await db.act(reads, 9)
    assert not await db.act(reads, 12)  # said just now
    assert not await db.act(reads, 12)


async def test_what_was_said_just_before_a_page_was_opened_is_off_its_number(town: Town) -> None:
    """The page counted it, so who reads it there for the first time is heard at once."""
    await town.db.act(_chat, 1)
    async with town.cy.tab() as tab:
        await tab.send("read", stream=f"channel:{QUAY}", seq=1)
        assert (await tab.until("refresh"))["target"] == "unread-channels"
        await town.db.act(_chat, 2)
        await tab.send("read", stream=f"channel:{QUAY}", seq=2)
        await tab.send("watch", stream=f"channel:{QUAY}", rev=2, epoch=town.hub.epoch)
        await tab.until("caught_up")  # what is asked is done in this order
        assert [frame["verb"] for frame in tab.heard].count("refresh") == 1


async def test_who_never_joined_has_nothing_to_count(town: Town) -> None:
    await town.db.act(_chat, 2)
    assert (await town.dee.post("/messages/1/unread")).status_code == 403
    assert (await town.visitor.post("/messages/1/unread")).status_code == 401
