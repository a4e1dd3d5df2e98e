"""D6: what comes too early is held, what is missing is asked for, what was had is dropped."""

from channels.actions import say
from community.database import Transaction
from community.members.models import Member
from tests.cast import BO, QUAY
from tests.conftest import Town
from tests.delivery.conftest import unheard


def bo_says(tx: Transaction, key: str) -> None:
    say(tx, tx.get_one(Member, BO), QUAY, f"ahoy {key}", key=key)


async def test_the_next_is_shown_and_what_was_had_is_dropped(town: Town) -> None:
    async with town.cy.tab() as cy:
        quay = await cy.watch("channel:7")
        with unheard(town.db) as events:
            await town.db.act(bo_says, "k1")
        for event in (*events, *events, *events):
            town.db.bus.publish(event)
        await town.db.act(bo_says, "k2")
        await cy.until_rev("channel:7", 2)
        assert quay.revs == [0, 0, 1, 2]


async def test_two_that_overtook_each_other_are_put_in_order(town: Town) -> None:
    async with town.cy.tab() as cy:
        quay = await cy.watch("channel:7")
        with unheard(town.db) as events:
            await town.db.act(bo_says, "k1")
            await town.db.act(bo_says, "k2")
        for event in reversed(events):
            town.db.bus.publish(event)
        await cy.until_rev("channel:7", 2)
        assert quay.revs == [0, 0, 1, 2] and not quay.tries


async def test_what_was_lost_is_asked_for(town: Town) -> None:
    async with town.cy.tab() as cy:
        quay = await cy.watch("channel:7")
        with unheard(town.db):
            await town.db.act(bo_says, "lost")
        await town.db.act(bo_says, "heard")
        await cy.until_rev("channel:7", 2)
        assert ["ahoy lost" in quay.shown[0], "ahoy heard" in quay.shown[1]] == [True, True]


async def test_a_hole_that_stays_ends_in_the_page(town: Town) -> None:
    """A rev nobody can explain: after 0.2, 1 and 3 s, here a tenth of each, the page is loaded."""
    async with town.cy.tab() as cy:
        cy.gaps = [gap / 10 for gap in (0.2, 1, 3)]
        quay = await cy.watch("channel:7")
        with unheard(town.db) as events:
            await town.db.act(bo_says, "k1")
        quay.held[9] = {"verb": "put", "stream": "channel:7", "rev": 9, "html": ""}
        cy._ask_later("channel:7", quay)
        town.db.bus.publish(events[0])
        while quay.held:
            await cy.until("caught_up", "put", "status", "tick")
        assert quay.rev == 1 and quay.shown == await town.cy.shown("channel:7")
