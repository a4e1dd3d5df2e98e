"""form -> letter -> the address proven -> the queue, live -> decision -> a letter that answers"""

from tests.cast import ADA
from tests.conftest import Posted
from tests.following import rev_of
from tests.letterbox import path_in
from tests.moderation.outside import send
from tests.moderation.reporting import changed_case, judge, write


async def test_who_has_no_account_is_heard_and_answered(posted: Posted) -> None:
    town, box = posted
    post = await write(town.db)
    queue = await town.ada.open("/moderation")
    async with town.ada.tab() as moderator, town.gus.tab() as reader:
        await moderator.watch("queue:1", rev_of(queue))
        await reader.watch("topic:5")
        await send(town, f"{town.origin}/posts/{post}", name="Gita")
        await town.visitor.post(path_in(await box.next()))
        case = await changed_case(moderator)
        here = path_in(await box.next())
        assert "A moderator will look at it" in await town.visitor.open(here)

        await judge(town.db, ADA, case)
        while "hidden by a moderator" not in (await reader.until("put"))["html"]:
            pass
    assert path_in(await box.next()) == here
    assert "breaks the rules" in await town.visitor.open(here)
