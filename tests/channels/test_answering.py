"""Messages that answer another one: what they show of it is always how that reads now."""

from collections.abc import Callable

import pytest

from channels.actions import edit, hide_message, restore_message, say, withdraw
from channels.events import MessageChanged, Quote
from channels.models import Message
from channels.saying import Said, say_all
from community.database import Database, Transaction
from community.errors import Conflict, NotFound
from community.members.models import Member, Role
from tests.cast import ADA, BO, CABIN, CY, QUAY
from tests.channels.test_saying_together import kinds_of, saying
from tests.conftest import Town
from web.pages import drawn
from web.streams import MISSED

Change = Callable[[Transaction], object]
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
        quote = announced.answers
        assert quote and (quote.id, quote.seq, quote.rev, quote.author) == (1, 1, 1, "Bo")
        assert quote.words.startswith("who has rope ? a lot") and len(quote.words) <= 100
        assert announced == shown(tx, 2)

    await db.act(story)


async def test_an_answer_is_drawn_anew_when_whom_it_answers_has_become_staff(db: Database) -> None:
    """Whom one does not want to read is not hidden where they moderate."""

    def story(tx: Transaction) -> None:
        says(tx, BO, "who has rope?")
        answers(tx, CY, 1)
        assert "data-staff" not in drawn("en", "channels/message.html", shown(tx, 2))
        tx.get_one(Member, BO).role = Role.MODERATOR
        assert "data-staff" in drawn("en", "channels/message.html", shown(tx, 2))

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


async def test_an_edit_and_a_withdrawal_show_in_the_answers_and_change_none(db: Database) -> None:
    await db.act(says, BO, "who has rope?")
    await db.act(answers, CY, 1)
    await db.act(answers, ADA, 1)

    def changed(tx: Transaction, change: Change) -> Quote | None:
        tx.forget_turns()
        tx.events.clear()
        change(tx)
        (told,) = tx.events
        assert isinstance(told, MessageChanged) and told.id == 1
        assert [shown(tx, id).answers for id in (2, 3)] == [told.quote] * 2
        return told.quote

    def story(tx: Transaction) -> None:
        quote = changed(tx, lambda tx: edit(tx, tx.get_one(Member, BO), 1, "who has tar?"))
        assert quote and (quote.rev, quote.words, quote.gone) == (4, "who has tar?", "")
        quote = changed(tx, lambda tx: hide_message(tx, tx.get_one(Message, 1)))
        assert quote and (quote.rev, quote.words, quote.gone) == (5, "", "hidden")
        quote = changed(tx, lambda tx: restore_message(tx, tx.get_one(Message, 1)))
        assert quote and (quote.rev, quote.words, quote.gone) == (6, "who has tar?", "")
        quote = changed(tx, lambda tx: withdraw(tx, tx.get_one(Member, BO), 1))
        assert quote and (quote.rev, quote.words, quote.gone) == (7, "", "withdrawn")

    await db.act(story)
    await db.act(answers, BO, 1)  # written before it went: said all the same


async def test_a_change_of_what_hundreds_answered_is_one_change(town: Town) -> None:
    """Whoever missed it is told of it, and need not load the page."""
    many = MISSED + 1

    def crowd(tx: Transaction) -> None:
        says(tx, BO, "who has rope?")
        told = say_all(tx, [saying(tx, CY, f"k{n}", parent=1) for n in range(many)])
        assert set(kinds_of(told)) == {Said}

    await town.db.act(crowd)
    async with town.cy.tab() as cy:
        missed = await cy.follow(STREAM)
    async with town.ada.tab() as ada, town.cy.tab() as cy:
        shows = await ada.follow(STREAM)
        await town.bo.post("/messages/1", body="who has tar?")
        await ada.until_rev(STREAM, many + 2)
        await town.bo.post("/messages/1/withdrawal")
        await town.bo.post("/messages/1/return")
        await ada.until_rev(STREAM, many + 4)
        page = await town.ada.shown(STREAM)
        assert len(page) > 1 and all("who has tar?" in item for item in page)
        assert shows.shown == page
        await cy.go_on(STREAM, missed)
        assert missed.shown == page and "reset" not in [frame["verb"] for frame in cy.heard]


async def test_pages_and_tabs_show_the_same_of_what_is_answered(town: Town) -> None:
    async with town.ada.tab() as ada, town.bo.tab() as bo, town.cy.tab() as cy:
        await ada.follow(STREAM)
        await bo.say("who has rope?", "k1")
        await cy.send("say", channel=QUAY, body="aye", key="k2", parent=1)
        assert (await cy.answer("k2"))["verb"] == "ack"
        plain = await town.cy.post(f"/channels/{QUAY}/messages", body="I have", key="k3", parent=1)
        assert plain.status_code == 303
        await town.bo.post("/messages/1", body="who has tar?")
        await ada.until_rev(STREAM, 4)
        assert ada.streams[STREAM].shown == await town.ada.shown(STREAM)
        await town.bo.post("/messages/1/withdrawal")
        await ada.until_rev(STREAM, 5)
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
