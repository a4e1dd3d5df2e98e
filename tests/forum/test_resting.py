"""Who speaks for an office in name alone, until they sign in in two steps, reads nothing of what is
the office's; and nobody takes a list away of who was never asked."""

import pytest

from community.audit import AuditEntry
from community.database import Database, Transaction
from community.members.models import Grace, Member
from tests.cast import DEE
from tests.conftest import Town
from tests.forum.announcing import announce, drafted
from tests.moderation.reporting import rows


async def _rest(db: Database) -> None:
    def rest(tx: Transaction) -> None:
        tx.get_one(Member, DEE).grace = Grace.OVER

    await db.act(rest)


@pytest.mark.parametrize("page", ["progress", "remarks", "delivery", "missing"])
async def test_while_powers_rest_nothing_of_an_announcement_is_given_away(
    town: Town, page: str
) -> None:
    where = await announce(town.dee)
    await _rest(town.db)
    ask = town.dee.post if page == "missing" else town.dee.get
    answer = await ask(f"{where}/{page}")
    assert answer.status_code == 403 and "rests until" in answer.text
    assert "announcement.listed" not in {line.verb for line in await rows(town.db, AuditEntry)}


async def test_while_powers_rest_no_draft_is_shown(town: Town) -> None:
    where = await drafted(town.dee, body="CANARY")
    kept = {"key": "t1", "name": "CANARY", "manuscript": where.rsplit("/", 1)[-1]}
    template = (await town.dee.post("/desk/templates", **kept)).status_code
    assert template == 303
    await _rest(town.db)
    for page in (where, f"{where}/edit"):
        answer = await town.dee.get(page)
        assert answer.status_code == 403 and "CANARY" not in answer.text
    for page in ("/announcements/drafts", "/desk", "/desk/templates"):
        answer = await town.dee.get(page)
        assert "CANARY" not in answer.text and where not in answer.text


async def test_of_what_asks_for_nothing_there_is_no_list_of_who_has_not(town: Town) -> None:
    where = await announce(town.dee, acknowledge="", acknowledge_by="")
    assert (await town.dee.post(f"{where}/missing")).status_code == 404
    assert "announcement.listed" not in {line.verb for line in await rows(town.db, AuditEntry)}
