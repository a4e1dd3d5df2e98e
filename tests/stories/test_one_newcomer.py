"""first post -> waits, for its author and moderators -> let through -> every tab, as any other"""

from community.database import Transaction
from community.members.models import Member
from community.site import change_joining
from moderation.decisions.deciding import Judgement
from moderation.models import Ruling
from tests.cast import ADA, BO, FAY
from tests.conftest import Town
from tests.following import rev_of
from tests.moderation.reporting import changed_case, judge

WORDS = {"place": "topic:5", "body": "Ahoy from Ambon", "key": "k1"}


async def test_what_somebody_new_writes_first_is_read_by_all_once_it_is_let_through(
    town: Town,
) -> None:
    await town.db.act(_bo_is_new)
    queue = await town.ada.open("/moderation")
    async with town.ada.tab() as moderator, town.gus.tab() as reader:
        await moderator.watch("queue:1", rev_of(queue))
        await reader.watch("topic:5")
        assert (await town.bo.post("/topics/5/posts", **WORDS)).status_code == 303
        case = await changed_case(moderator)
        assert "Ahoy from Ambon" in await town.ada.open(f"/cases/{case}/row")
        assert "Waits to be checked" in await town.bo.open("/topics/5")
        assert "Ahoy from Ambon" not in await town.cy.open("/topics/5")

        await judge(town.db, ADA, case, Judgement(Ruling.RELEASE, "held", ""))
        while "Ahoy from Ambon" not in (await reader.until("put"))["html"]:
            pass
    assert "Waits to be checked" not in await town.bo.open("/topics/5")


def _bo_is_new(tx: Transaction) -> None:
    fay = tx.get_one(Member, FAY)
    change_joining(tx, fay, guardian_consent=False, approval=False, held_first=1)
    tx.get_one(Member, BO).observed = True
