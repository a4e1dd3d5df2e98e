"""Channels that keep what is said for so many days."""

from datetime import timedelta
from functools import partial
from operator import attrgetter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.actions import edit, say
from channels.attachments import enclose
from channels.events import MessageChanged
from channels.hosting import set_keeping
from channels.keeping import blank_old, blank_refused
from channels.models import HeldMessage, Message
from channels.pinning import pin
from channels.queries import message_is_there, unread_messages
from channels.rooms import room_for
from channels.saying import Said
from channels.threads import begin
from community.attachments import Along, Chosen
from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied, Invalid
from community.files import File
from community.members.models import Member
from community.streams import versions_of
from moderation.before import actions as before
from moderation.decisions.deciding import Judgement
from moderation.models import Evidence, Ruling
from tests.cast import ADA, BO, CABIN, CY, FAY, QUAY, hold_first
from tests.channels.test_files import PDF
from tests.conftest import Town
from tests.moderation.reporting import judge, rows

WEEK = timedelta(days=7)


def _talk(tx: Transaction) -> None:
    bo = tx.get_one(Member, BO)
    for channel in (QUAY, CABIN):
        say(tx, bo, channel, "canary one", key=f"k{channel}")
    edit(tx, bo, 1, "canary edited")
    set_keeping(tx, tx.get_one(Member, FAY), QUAY, 7, announcing=False)


def _later(days: float, tx: Transaction) -> list[MessageChanged]:
    tx.info["now"] = now(tx) + timedelta(days=days)
    blank_old(tx)
    return [event for event in tx.events if isinstance(event, MessageChanged)]


async def test_words_go_when_their_time_is_over_and_their_place_stays(db: Database) -> None:
    await db.act(_talk)
    assert await db.act(partial(_later, 6.9)) == []
    (event,) = await db.act(partial(_later, 7))
    assert (event.seq, event.gone, event.html) == (1, "blanked", "")

    def after(session: Session) -> None:
        blanked, kept = session.scalars(select(Message).order_by(Message.id)).all()
        assert (blanked.body, blanked.html, blanked.seq) == ("", "", 1)
        assert kept.body == "canary one" and not kept.gone  # the cabin keeps
        assert [one.body for one in versions_of(session, "channel", blanked.id)] == [""]
        cy = session.get_one(Member, CY)
        assert not message_is_there(session, cy, QUAY, 1)
        assert session.scalars(unread_messages(cy)).one() == 0

    await db.look(after)
    assert await db.act(partial(_later, 30)) == []


async def test_more_than_one_round_takes_is_taken_by_the_next(db: Database) -> None:
    def crowd(tx: Transaction) -> None:
        for n in range(120):
            say(tx, tx.get_one(Member, BO), QUAY, f"number {n}", key=f"k{n}")
        set_keeping(tx, tx.get_one(Member, FAY), QUAY, 7, announcing=False)

    await db.act(crowd)
    taken = [len(await db.act(partial(_later, 8))) for _round in range(3)]
    assert taken == [100, 20, 0]
    revs = await db.look(lambda s: list(s.scalars(select(Message.rev).order_by(Message.rev))))
    assert revs == list(range(122, 242))


async def test_beside_a_channel_words_are_kept_as_long_as_in_it(db: Database) -> None:
    def beside(tx: Transaction) -> Said:
        bo = tx.get_one(Member, BO)
        say(tx, bo, QUAY, "a question", key="k0")
        thread = begin(tx, bo, 1)
        set_keeping(tx, tx.get_one(Member, FAY), QUAY, 7, announcing=False)
        return say(tx, bo, thread.id, "canary", key="k1")

    await db.act(beside)
    told = await db.act(partial(_later, 8))
    assert {event.id for event in told if event.gone == "blanked"} == {1, 2}


async def test_files_and_pins_go_with_the_words_and_give_their_room_back(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        (file,) = enclose(tx, bo, QUAY, "k1", [], [PDF])
        along = Along(files=(Chosen(file["file"], "a plan"),))
        say(tx, bo, QUAY, "", key="k1", along=along)
        pin(tx, tx.get_one(Member, ADA), 1)
        tx.forget_turns()
        set_keeping(tx, tx.get_one(Member, FAY), QUAY, 7, announcing=False)
        assert sum(tx.scalars(select(File.size))) == len(PDF)

    def after(session: Session) -> None:
        message = session.get_one(Message, 1)
        assert message.gone == "blanked" and not (message.attachments or message.pinned_at)
        assert not session.scalars(select(File)).all()

    await db.act(story)
    await db.act(partial(_later, 8))
    await db.look(after)


async def test_what_was_held_and_refused_is_kept_no_longer_than_what_was_said(
    db: Database,
) -> None:
    """What waits is kept until somebody decides, and a decision keeps what it was about."""

    def story(tx: Transaction) -> None:
        fay, bo = tx.get_one(Member, FAY), tx.get_one(Member, BO)
        hold_first(tx, 5)
        tx.forget_turns()
        question = say(tx, tx.get_one(Member, CY), QUAY, "a question", key="q")
        thread = begin(tx, bo, question.seq)
        tx.forget_turns()
        (file,) = enclose(tx, bo, QUAY, "k0", [], [PDF])
        along = Along(files=(Chosen(file["file"], "a plan"),))
        before.say(tx, bo, QUAY, "canary", key="k0", along=along)
        for n, channel in enumerate((thread.id, QUAY), 1):
            tx.forget_turns()
            before.say(tx, bo, channel, "canary", key=f"k{n}")
        tx.forget_turns()
        set_keeping(tx, fay, QUAY, 7, announcing=False)

    def later(tx: Transaction, days: float) -> list[str]:
        tx.info["now"] = now(tx) + timedelta(days=days)
        blank_refused(tx)
        return [type(event).__name__ for event in tx.events]

    def still_refused(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        assert [one.key for one in room_for(tx, bo, QUAY).held] == ["k2"]
        thread = tx.get_one(HeldMessage, 2).channel_id
        with pytest.raises(Denied):
            before.say(tx, bo, thread, "canary", key="k1")

    await db.act(story)
    for case in (1, 2):
        await judge(db, ADA, case, Judgement(Ruling.REFUSE, "held", "This is advertising."))
    assert not await db.act(later, 6.9)
    assert await rows(db, File)
    assert await db.act(later, 7) == ["HeldChanged", "HeldChanged"]
    held = sorted(await rows(db, HeldMessage), key=attrgetter("id"))
    kept = [(one.body, one.html, one.attachments) for one in held]
    assert kept == [("", "", []), ("", "", []), ("canary", "<p>canary</p>", [])]
    assert not await rows(db, File)
    assert all(one.body.startswith("canary") for one in await rows(db, Evidence))
    await db.act(still_refused)
    assert not await db.act(later, 30)


async def test_only_administrators_say_how_long_and_only_some_lengths(db: Database) -> None:
    def story(tx: Transaction) -> None:
        with pytest.raises(Denied):
            set_keeping(tx, tx.get_one(Member, BO), QUAY, 7, announcing=False)
        with pytest.raises(Invalid):
            set_keeping(tx, tx.get_one(Member, FAY), QUAY, 3, announcing=False)

    await db.act(story)


async def test_what_is_kept_no_longer_is_found_no_more(town: Town) -> None:
    await town.db.act(_talk)
    assert "#message-1" in await town.cy.open("/search?q=canary")
    async with town.cy.tab() as cy:
        await cy.follow(f"channel:{QUAY}")
        await town.db.act(partial(_later, 8))
        shown = await cy.until_rev(f"channel:{QUAY}", 4)
        assert "kept for its time" in shown.items["message-1"]
    assert "#message-1" not in await town.cy.open("/search?q=canary")
    assert "canary" not in await town.cy.open("/messages/1")
