"""decision -> appeal -> the queue, live -> another moderator -> every tab as it was, both told"""

from tests.cast import ADA
from tests.conftest import Town
from tests.following import rev_of
from tests.moderation.reporting import changed_case, judge, reported

ASKED = "It was one offer, in one topic."


async def test_what_is_overturned_is_back_everywhere_at_once(town: Town) -> None:
    post, case = await reported(town.db)
    decision = await judge(town.db, ADA, case)
    queue = await town.eva.open("/moderation")
    async with town.eva.tab() as other, town.gus.tab() as reader:
        await other.watch("queue:1", rev_of(queue))
        shown = await reader.watch("topic:5")
        assert "Buy my rope" not in "".join(shown.shown)

        await town.bo.post(f"/decisions/{decision.id}/appeal", words=ASKED)
        assert await changed_case(other) == case
        assert "Appeal" in await town.eva.open(f"/cases/{case}/row")
        assert (await town.ada.post(f"/cases/{case}/claim", version=4)).status_code == 403
        await town.eva.post(f"/cases/{case}/claim", version=4)
        assert ASKED in await town.eva.open(f"/cases/{case}")
        ruled = await town.eva.post(
            f"/cases/{case}/ruling", version=5, key="k2", ruling="overturn", reason="spam",
            facts="One offer, where it belongs.",
        )  # fmt: skip
        assert ruled.status_code == 303, ruled.text

        while f'id="post-{post}"' not in (frame := (await reader.until("put"))["html"]):
            pass
        assert "Buy my rope" in frame
    assert "Overturned" in await town.bo.open(f"/decisions/{decision.id}")
    assert "stays" in await town.cy.open("/flags/1")
