"""Whom messages name: members, the people of an organisation, whoever is here; also by an edit."""

from collections.abc import Iterable

import pytest
from sqlalchemy import select

from channels.actions import edit, say
from channels.hosting import set_callers
from channels.mentions import Around, mentionable, reach_in
from channels.models import (
    Callers,
    Channel,
    ChannelRole,
    ChannelType,
    HearingLevel,
    Membership,
)
from channels.threads import begin
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid
from community.members.models import Member
from community.mentions import MOST_REACHED, UNSAID
from community.notices.models import Notice, NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import MandateRole, Organisation
from community.policies import YES
from tests.browsing import Browser
from tests.cast import ADA, BO, CABIN, CY, DEE, DODOL, EVA, FAY, GUS, QUAY
from tests.conftest import Town

ALL = Around(frozenset({ADA, BO, CY, GUS}), 4)


def told(tx: Transaction) -> list[int]:
    tx.flush()
    mentions = select(Notice.member_id).where(Notice.kind == NoticeKind.MENTION)
    return list(tx.scalars(mentions.order_by(Notice.member_id)))


def says(
    tx: Transaction, who: int, body: str, key: str, *, channel: int = QUAY, around: Around = ALL
) -> None:
    say(tx, tx.get_one(Member, who), channel, body, key=key, around=around)


def edits(tx: Transaction, who: int, body: str, around: Around = ALL) -> None:
    edit(tx, tx.get_one(Member, who), 1, body, around=around)


def speak_for_dodol(tx: Transaction, members: Iterable[int]) -> None:
    for member in members:
        give_mandate(tx, tx.get_one(Member, member), tx.get_one(Organisation, DODOL),
                     MandateRole.SPEAKER)  # fmt: skip
    tx.flush()


async def test_an_organisation_reaches_who_speaks_for_it_and_can_read_it(db: Database) -> None:
    def story(tx: Transaction) -> None:
        speak_for_dodol(tx, [CY, DEE])
        says(tx, ADA, "@dodol, the leather is here", "k1", channel=CABIN)
        assert told(tx) == [BO]
        says(tx, ADA, "@dodol and @Cy", "k2")
        assert told(tx) == [BO, BO, CY, DEE]

    await db.act(story)


async def test_hosts_and_moderators_call_who_is_here_and_nobody_else(db: Database) -> None:
    def story(tx: Transaction) -> None:
        with pytest.raises(Denied, match="Only hosts and moderators"):
            says(tx, BO, "@here, a boat", "k1")
        says(tx, ADA, "@disini, a boat", "k2")
        assert told(tx) == [BO, CY, GUS]
        tx.get_one(Membership, (QUAY, BO)).role = ChannelRole.HOST
        says(tx, BO, "@here: another", "k1", around=Around(frozenset({BO, CY}), 2))
        assert told(tx) == [BO, CY, CY, GUS]

    await db.act(story)


async def test_hosts_say_who_calls_everybody_also_by_an_edit_and_in_threads(db: Database) -> None:
    def story(tx: Transaction) -> None:
        host = tx.get_one(Member, ADA)
        tx.get_one(Membership, (QUAY, ADA)).role = ChannelRole.HOST
        set_callers(tx, host, QUAY, Callers.EVERYBODY)
        tx.forget_turns()
        says(tx, BO, "@here, a boat", "k1")
        assert told(tx) == [ADA, CY, GUS]
        thread = begin(tx, host, 1).id
        tx.forget_turns()
        says(tx, BO, "@here, by the rope", "k2", channel=thread)
        assert told(tx) == [ADA, ADA, CY, CY, GUS, GUS]

        tx.forget_turns()
        set_callers(tx, host, QUAY, Callers.NOBODY)
        tx.forget_turns()
        edits(tx, BO, "@here, a red boat")  # nobody is called anew
        tx.forget_turns()
        says(tx, ADA, "a boat", "k1")
        tx.forget_turns()
        with pytest.raises(Denied, match="nobody calls"):
            edit(tx, host, 3, "@here, a boat", around=ALL)
        for channel in (QUAY, thread):
            tx.forget_turns()
            with pytest.raises(Denied, match="nobody calls"):
                says(tx, ADA, "@disini", "k2", channel=channel)

    await db.act(story)


async def test_in_a_group_anybody_calls_all_who_are_here(db: Database) -> None:
    def story(tx: Transaction) -> None:
        tx.get_one(Channel, CABIN).type = ChannelType.GROUP
        says(tx, BO, "@here", "k1", channel=CABIN)
        assert told(tx) == [ADA]  # the others are not in it

    await db.act(story)


async def test_a_quote_and_code_call_nobody(db: Database) -> None:
    def story(tx: Transaction) -> None:
        says(tx, BO, "> @here, a boat\n\nwho was called by `@here`?", "k1")
        assert told(tx) == []

    await db.act(story)


async def test_who_wants_to_hear_nothing_hears_nothing(db: Database) -> None:
    def story(tx: Transaction) -> None:
        tx.get_one(Membership, (QUAY, CY)).level = HearingLevel.NOTHING
        tx.get_one(Membership, (QUAY, BO)).level = HearingLevel.MENTIONS
        says(tx, ADA, "@here @Cy", "k1")
        assert told(tx) == [BO, GUS]

    await db.act(story)


async def test_a_crowd_is_not_called(db: Database) -> None:
    def story(tx: Transaction) -> None:
        with pytest.raises(Invalid, match="too many people"):
            says(tx, ADA, "@here", "k1", around=Around(frozenset({BO}), MOST_REACHED))

    await db.act(story)


async def test_more_than_a_few_are_told_when_their_author_knows_of_it(db: Database) -> None:
    many = frozenset({BO, CY, DEE, EVA, FAY, GUS})
    assert len(many) == UNSAID + 1

    def story(tx: Transaction) -> None:
        around = Around(many, len(many))
        assert reach_in(tx, tx.get_one(Member, ADA), QUAY, "@here", around) == (len(many), YES)
        with pytest.raises(Conflict, match="Send it again"):
            says(tx, ADA, "@here", "k1", around=around)
        says(tx, ADA, "@here", "k1", around=around._replace(told=len(many)))
        assert told(tx) == sorted(many)

    await db.act(story)


async def test_an_edit_names_no_more_than_its_author_may_and_tells_each_once(db: Database) -> None:
    def story(tx: Transaction) -> None:
        says(tx, BO, "@Cy, a boat", "k1")
        with pytest.raises(Denied, match="Only hosts and moderators"):
            edits(tx, BO, "@here, a boat")
        edits(tx, BO, "@Cy and @Gus, a boat")
        edits(tx, BO, "a boat")
        edits(tx, BO, "@Gus, a boat")
        assert told(tx) == [CY, GUS]

    await db.act(story)


async def test_who_was_called_with_all_is_not_called_again_by_an_edit(db: Database) -> None:
    def story(tx: Transaction) -> None:
        says(tx, ADA, "@here, a boat", "k1", around=Around(frozenset({BO}), 1))
        edits(tx, ADA, "@here, a ship")
        assert told(tx) == [BO]
        says(tx, ADA, "words", "k2")
        edit(tx, tx.get_one(Member, ADA), 2, "@here", around=ALL)
        assert told(tx) == [BO, BO, CY, GUS]

    await db.act(story)


async def test_suggested_is_who_sees_the_channel(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        cabin, quay = tx.get_one(Channel, CABIN), tx.get_one(Channel, QUAY)
        assert [one.text for one in mentionable(tx, bo, cabin, "a", 0)] == ["Ada"]
        assert [one.text for one in mentionable(tx, bo, cabin, "c", 0)] == []
        assert [one.text for one in mentionable(tx, bo, quay, "d", 3)] == ["Dee", "disini", "dodol"]

    await db.act(story)


async def test_a_form_asks_once_before_many_are_called(town: Town) -> None:
    await town.db.act(_crowd)
    say_at = f"/channels/{QUAY}/messages"
    asked = await town.ada.post(say_at, key="k1", body="@dodol, look")
    assert asked.status_code == 409 and "reach 6 people" in asked.text
    assert 'name="reach" value="6"' in asked.text
    assert (await town.ada.post(say_at, key="k1", body="@dodol, look", reach=6)).status_code == 303
    counted = await town.ada.post(f"/channels/{QUAY}/reach", body="@dodol")
    assert counted.json() == {"people": 6}
    suggested = await town.ada.open(f"/channels/{QUAY}/mentions?words=dod")
    assert "6 people" in suggested
    assert (await outside(town.cy)) == 404


async def test_who_may_not_call_all_who_are_here_reads_so_while_they_write(town: Town) -> None:
    at = f"/channels/{QUAY}/reach"
    told = (await town.cy.post(at, body="@disini, a boat")).json()
    assert told["why"].startswith("Only hosts and moderators call everybody who is here. Without")
    assert "why" not in (await town.cy.post(at, body="a boat, @Bo")).json()
    assert "why" not in (await town.ada.post(at, body="@here, a boat")).json()
    await town.db.act(lambda tx: _callers(tx, Callers.NOBODY))
    assert "nobody calls" in (await town.ada.post(at, body="@here, a boat")).json()["why"]


def _callers(tx: Transaction, callers: Callers) -> None:
    set_callers(tx, tx.get_one(Member, FAY), QUAY, callers)


def _crowd(tx: Transaction) -> None:
    speak_for_dodol(tx, [CY, DEE, EVA, FAY, GUS])


async def outside(browser: Browser) -> int:
    return (await browser.post(f"/channels/{CABIN}/reach", body="@dodol")).status_code


async def test_who_is_here_is_called_over_the_line(town: Town) -> None:
    async with town.ada.tab() as ada, town.cy.tab() as cy:
        await cy.watch("channel:7")
        await ada.watch("channel:7")
        while 'data-count="2"' not in (await ada.until("put"))["html"]:
            pass  # who is here is told at a pace
        await ada.send("say", channel=QUAY, key="k1", body="@here, a boat")
        assert (await ada.answer("k1"))["verb"] == "ack"
        await town.db.act(lambda tx: _told_is(tx, [CY]))


def _told_is(tx: Transaction, members: list[int]) -> None:
    assert told(tx) == members


async def test_how_many_are_reached_does_not_tell_who_wants_to_hear_nothing(db: Database) -> None:
    def story(tx: Transaction) -> None:
        tx.get_one(Membership, (QUAY, CY)).level = HearingLevel.NOTHING
        around = Around(frozenset({CY}), 1)
        assert reach_in(tx, tx.get_one(Member, ADA), QUAY, "@here", around).people == 1
        says(tx, ADA, "@here", "k1", around=around)
        assert told(tx) == []

    await db.act(story)
