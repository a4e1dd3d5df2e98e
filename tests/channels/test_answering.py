"""Messages that answer another one: what they show of it is always how that reads now."""

import pytest

from channels.actions import edit, hide_message, say, withdraw
from channels.answering import FEW
from channels.events import ManyChanged, MessageChanged
from channels.models import Channel, Message
from channels.queries import message_for
from channels.saying import Said, say_all
from community.database import Database, Transaction
from community.errors import Conflict, NotFound
from community.members.models import Member
from tests.cast import ADA, BO, CABIN, CY, QUAY
from tests.channels.test_saying_together import kinds_of, saying
from tests.conftest import Town

STREAM = f"channel:{QUAY}"


def answers(
    tx: Transaction, member: int, to: int | None, body: str = "aye", key: str = "a"
) -> Said:
    return say(tx, tx.get_one(Member, member), QUAY, body, key=f"{key}{member}", parent_id=to)


def says(tx: Transaction, member: int, body: str, channel: int = QUAY) -> None:
    say(tx, tx.get_one(Member, member), channel, body, key=body[:60].replace(" ", "-"))


def shown(tx: Transaction, message_id: int) -> MessageChanged:
    tx.flush()
    tx.expire_all()
    message = tx.get_one(Message, message_id)
    return MessageChanged.of(message.channel, message)


async def test_an_answer_shows_who_and_the_first_words(db: Database) -> None:
    def story(tx: Transaction) -> None:
        says(tx, BO, "who has **rope**? " + "a lot of it " * 20)
        answers(tx, CY, 1)
        announced = [one for one in tx.events if isinstance(one, MessageChanged)][-1]
        assert (announced.parent_id, announced.parent_seq, announced.parent_author) == (1, 1, "Bo")
        assert announced.parent_words.startswith("who has rope ? a lot")
        assert len(announced.parent_words) <= 100
        assert announced == shown(tx, 2)

    await db.act(story)


async def test_what_is_answered_is_part_of_what_was_sent(db: Database) -> None:
    await db.act(says, BO, "who has rope?")
    await db.act(says, BO, "and tar?")
    first = await db.act(answers, CY, 1)
    assert await db.act(answers, CY, 1) == first
    with pytest.raises(Conflict):
        await db.act(answers, CY, 2)
    with pytest.raises(Conflict):
        await db.act(answers, CY, None)


async def test_only_what_stands_in_the_same_channel_is_answered(db: Database) -> None:
    def story(tx: Transaction) -> None:
        says(tx, ADA, "between us", CABIN)
        told = [saying(tx, BO, f"k{n}", parent=parent) for n, parent in enumerate((1, 99))]
        assert kinds_of(say_all(tx, told)) == [NotFound, NotFound]

    await db.act(story)


async def test_an_edit_and_a_withdrawal_show_in_the_answers(db: Database) -> None:
    await db.act(says, BO, "who has rope?")
    await db.act(answers, CY, 1)
    await db.act(answers, ADA, 1)

    def edited(tx: Transaction) -> None:
        edit(tx, tx.get_one(Member, BO), 1, "who has tar?")
        told = [one for one in tx.events if isinstance(one, MessageChanged)]
        words = "who has tar?"
        assert [(one.id, one.parent_words) for one in told] == [(1, ""), (2, words), (3, words)]

    def gone(tx: Transaction) -> None:
        withdraw(tx, tx.get_one(Member, BO), 1)
        told = [one for one in tx.events if isinstance(one, MessageChanged)]
        assert [(one.id, one.rev, one.parent_words, one.parent_gone) for one in told[1:]] == [
            (2, 8, "", "withdrawn"), (3, 9, "", "withdrawn")]  # fmt: skip
        assert told[1] == shown(tx, 2)

    await db.act(edited)
    await db.act(gone)
    await db.act(answers, BO, 1)  # written before it went: said all the same


async def test_a_hidden_message_stands_in_none_of_a_crowd_of_answers(db: Database) -> None:
    def story(tx: Transaction) -> None:
        says(tx, BO, "who has rope?")
        for n in range(FEW + 1):
            answers(tx, CY, 1, key=f"a{n}-")
        tx.events.clear()
        hide_message(tx, message_for(tx, tx.get_one(Member, ADA), 1))
        channel = tx.get_one(Channel, QUAY)
        assert [type(one) for one in tx.events] == [MessageChanged, ManyChanged]
        assert isinstance(tx.events[1], ManyChanged) and tx.events[1].rev == channel.rev
        assert {shown(tx, id).parent_words for id in range(2, FEW + 3)} == {""}

    await db.act(story)


async def test_pages_and_tabs_show_the_same_of_what_is_answered(town: Town) -> None:
    async with town.ada.tab() as ada, town.bo.tab() as bo, town.cy.tab() as cy:
        await ada.follow(STREAM)
        await bo.say("who has rope?", "k1")
        await cy.send("say", channel=QUAY, body="aye", key="k2", parent=1)
        assert (await cy.answer("k2"))["verb"] == "ack"
        plain = await town.cy.post(f"/channels/{QUAY}/messages", body="I have", key="k3", parent=1)
        assert plain.status_code == 303
        await town.bo.post("/messages/1", body="who has tar?")
        await ada.until_rev(STREAM, 6)
        assert ada.streams[STREAM].shown == await town.ada.shown(STREAM)
        await town.bo.post("/messages/1/withdrawal")
        await ada.until_rev(STREAM, 9)
        assert ada.streams[STREAM].shown == await town.ada.shown(STREAM)
        again = await ada.watch(STREAM)
        assert again.shown == await town.ada.shown(STREAM)
        assert not any("who has" in item for item in again.shown)


async def test_without_scripts_the_address_says_what_is_answered(town: Town) -> None:
    async with town.bo.tab() as bo:
        await bo.say("who has rope?", "k1")
    page = await town.cy.open("/messages/1")
    assert f'href="/channels/{QUAY}?at=1&amp;parent=1#say"' in page.replace(
        "1&parent", "1&amp;parent"
    )
    writing = await town.cy.open(f"/channels/{QUAY}?at=1&parent=1")
    assert '<input type="hidden" name="parent" value="1">' in writing and "You answer" in writing
