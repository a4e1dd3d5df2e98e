"""they ask for it -> an administrator erases them -> signed out, every tab -> the audit, whole"""

from community.audit import AuditEntry
from community.settings import Settings
from moderation.erasing import wipe
from tests.cast import CY, FAY
from tests.conftest import Town
from tests.moderation.reporting import rows, write
from tests.tampering import found, keys_of, seal_all


async def test_who_leaves_for_good_is_nowhere_and_nothing_is_rewritten(
    town: Town, settings: Settings
) -> None:
    post, keys = await write(town.db, CY, "Kenari, forty a basket"), keys_of(settings)
    async with town.gus.tab() as reader, town.cy.tab() as cy:
        await reader.follow("topic:5")
        asked = "By letter, with a copy of the card."
        page = f"/administration/members/{CY}"
        assert (await town.fay.post(f"{page}/erasure", because=asked)).status_code == 303
        await cy.closed()
        await town.db.act(wipe)
        await reader.until_rev("topic:5", 2)
        assert "Kenari" not in str(reader.streams["topic:5"].shown)
    assert "Kenari" not in (await town.visitor.get(f"/posts/{post}")).text
    assert "Erased on" in await town.fay.open(page)
    await seal_all(town.db, keys)
    assert await found(town.db, keys) == []
    (entry,) = [one for one in await rows(town.db, AuditEntry) if one.verb == "member.erased"]
    assert (entry.actor_id, entry.subject, [*entry.details]) == (FAY, f"member:{CY}", ["words"])
