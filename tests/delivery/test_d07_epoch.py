"""D7: after a restored backup the numbers begin anew, and every tab with them."""

from channels.actions import say
from community.database import Transaction
from community.members.models import Member
from community.site import begin_epoch
from tests.cast import BO, QUAY
from tests.conftest import Town
from tests.delivery.conftest import Opening
from tests.following import epoch_of


def bo_says(tx: Transaction, body: str) -> None:
    say(tx, tx.get_one(Member, BO), QUAY, body, key=body)


async def test_the_page_and_the_line_name_the_same_epoch(town: Town) -> None:
    async with town.cy.tab() as cy:
        assert cy.epoch == epoch_of(await town.cy.open("/channels/7"))


async def test_who_knows_another_epoch_starts_over(opening: Opening) -> None:
    """The rev alone would not tell: the restored channel has moved on as far."""
    async with opening() as town, town.cy.tab() as cy:
        await town.db.act(bo_says, "before the fire")
        quay = await cy.watch("channel:7")
        old = cy.epoch
        await town.db.act(begin_epoch)
    async with opening() as town, town.cy.tab() as cy:
        assert cy.epoch != old
        new, cy.epoch = cy.epoch, old
        await town.db.act(bo_says, "after the fire")
        await cy.go_on("channel:7", quay)
        assert cy.epoch == new and len(quay.shown) == 2
        assert quay.shown == await town.cy.shown("channel:7")
