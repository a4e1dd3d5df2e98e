"""order -> what it names sealed, the queue, live -> two clicks -> every tab, the author, a proof"""

from tests.conftest import Town
from tests.following import rev_of
from tests.moderation.ordering import INTAKE, ordered
from tests.moderation.reporting import changed_case, write

ORDER = "/moderation/orders/1"


async def test_what_is_ordered_to_go_goes_everywhere_at_once(town: Town) -> None:
    post = await write(town.db)
    queue = await town.ada.open("/moderation")
    async with town.ada.tab() as moderator, town.gus.tab() as reader:
        await moderator.watch("queue:1", rev_of(queue))
        await reader.watch("topic:5")
        await ordered(town.db, f"/posts/{post}")
        case = await changed_case(moderator)
        assert "Order of an authority" in await town.ada.open(f"/cases/{case}/row")

        await town.eva.open(f"{ORDER}/compliance")
        done = await town.eva.post(f"{ORDER}/compliance", target="1")
        assert done.status_code == 200, done.text
        while "hidden by a moderator" not in (await reader.until("put"))["html"]:
            pass
    assert INTAKE.authority in await town.bo.open("/decisions/1")
    assert "in time" in await town.fay.open(f"{ORDER}/proof")
