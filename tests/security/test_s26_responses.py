"""Nobody speaks for an office who has no mandate of it: at every door of official responses, with
whatever fields; and nobody else's words become its answer (S16, S26)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from community.clock import now
from community.database import Transaction
from community.organisations.models import Mandate
from forum.responses.actions import refuse
from forum.responses.models import Response, Stage
from forum.topics.models import Post
from moderation.erasing import erase, wipe
from tests.cast import BO, BO_FOR_DODOL, CY, DEE, DEE_FOR_OFFICE, EVA, FAY, HARBOUR_OFFICE
from tests.conftest import Town
from tests.doors import everything
from tests.forum.asking import CUSTOMS, asked, assigned, open_customs, said_officially
from tests.moderation.reporting import as_, judge, report, rows, the, write

FORGED = {
    "state": "answered", "agency_id": CUSTOMS, "mandate": DEE_FOR_OFFICE, "owner_id": BO,
    "due_at": "2099-01-01", "asked_by_id": DEE, "took": 0, "organisation": HARBOUR_OFFICE,
    "told": "overdue", "answers_id": 1, "as": HARBOUR_OFFICE, "official": "yes",
}  # fmt: skip


async def _deeds(town: Town, official: int) -> dict[str, dict[str, Any]]:
    day = (await town.db.look(now)).date() + timedelta(days=3)
    return {
        "owner": {"owner": BO},
        "answer": {"post": official},
        "implementation": {"reason": "Done."},
        "refusal": {"reason": "No."},
        "agency": {"agency": CUSTOMS, "reason": "Theirs."},
        "pause": {"until": day.isoformat(), "reason": "We wait."},
        "going-on": {},
    }


async def test_at_every_door_only_the_office_that_was_asked(generous: Town) -> None:
    """Eva speaks for another office; Ada, Eva and Fay have all the power there is here."""
    town = generous
    await town.db.act(open_customs)
    id, post = await assigned(town.db), await said_officially(town.db)
    deeds = await _deeds(town, post)
    before = await everything(town)
    others = {"bo": town.bo, "gus": town.gus, "ada": town.ada, "eva": town.eva, "fay": town.fay}
    for name, other in others.items():
        for path, form in deeds.items():
            answer = await other.post(f"/responses/{id}/{path}", **form)
            assert answer.status_code == 403, (name, path)
            assert "Only officials of the office" in answer.text, (name, path)
    for path, form in deeds.items():
        answer = await town.visitor.post(f"/responses/{id}/{path}", **form)
        assert answer.status_code in {303, 401, 403}, path
    assert await everything(town) == before


async def test_nobody_takes_back_what_another_asked(generous: Town) -> None:
    id = await asked(generous.db)
    for other in (generous.dee, generous.gus, generous.ada, generous.fay):
        answer = await other.post(f"/responses/{id}/taking-back")
        assert answer.status_code == 403
    assert (await the(generous.db, Response, id)).state == "received"


@pytest.mark.parametrize("field", FORGED)
async def test_a_field_too_many_is_refused_and_changes_nothing(generous: Town, field: str) -> None:
    town = generous
    id, post = await assigned(town.db), await said_officially(town.db)
    own = await write(town.db, BO)
    deeds = await _deeds(town, post)
    before = await everything(town)
    for path, form in deeds.items():
        answer = await town.dee.post(f"/responses/{id}/{path}", **form | {field: FORGED[field]})
        assert answer.status_code == 422, (path, field)
    form = {"agency": HARBOUR_OFFICE, "term": 5, field: FORGED[field]}
    assert (await town.bo.post(f"/posts/{own}/response", **form)).status_code == 422
    assert await everything(town) == before


async def test_a_post_for_another_organisation_is_no_answer_of_the_office(town: Town) -> None:
    """Nor are the office's own words elsewhere, or Dee's as herself."""
    id = await assigned(town.db)
    brand = await said_officially(town.db, BO, BO_FOR_DODOL)
    own = await write(town.db, DEE, "As myself.")
    for post in (brand, own, (await the(town.db, Response, id)).post_id):
        answer = await town.dee.post(f"/responses/{id}/answer", post=post)
        assert answer.status_code == 403 and "a post of the office" in answer.text
    assert "Official response to a question" not in await town.visitor.open("/topics/5")


async def test_what_a_moderator_hides_is_asked_nowhere(town: Town) -> None:
    id = await asked(town.db)
    post = (await the(town.db, Response, id)).post_id
    await judge(town.db, EVA, await report(town.db, post, by=CY))
    for reader in (town.visitor, town.dee, town.gus):
        assert (await reader.get(f"/responses/{id}")).status_code == 404
        assert f"/responses/{id}" not in await reader.open("/responses")
        assert f"/responses/{id}" not in await reader.open("/topics/5")
        assert f"/responses/{id}" not in await reader.open(f"/posts/{post}")
    assert (await town.dee.post(f"/responses/{id}/refusal", reason="No.")).status_code == 404


async def test_whoever_is_erased_leaves_no_reasons(town: Town) -> None:
    await town.db.act(open_customs)
    id, theirs = await asked(town.db), await asked(town.db)
    await as_(town.db, CY, refuse, id, "Kenari says no.")
    await town.db.act(_end_mandates)
    await as_(town.db, FAY, erase, CY, "By letter.")
    await as_(town.db, FAY, erase, BO, "By letter.")
    while any(one.body for one in await _posts_of_bo(town)):
        await town.db.act(wipe)
    assert "Kenari" not in " ".join(one.reason for one in await rows(town.db, Stage))
    assert (await town.visitor.get(f"/responses/{theirs}")).status_code == 404


def _end_mandates(tx: Transaction) -> None:
    """Of Cy and Bo: whoever speaks for somebody is not erased."""
    theirs = select(Mandate).where(Mandate.member_id.in_((CY, BO)))
    for mandate in tx.scalars(theirs):
        mandate.ended_at = now(tx)


async def _posts_of_bo(town: Town) -> list[Any]:
    return [one for one in await rows(town.db, Post) if one.author_id == BO]
