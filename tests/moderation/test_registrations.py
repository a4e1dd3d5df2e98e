"""Where moderators let new members in: who joins reads, a case is opened, somebody decides it."""

import pytest

from community.invitations.models import Invitation
from community.members.models import Member
from community.members.queries import member_with_email
from community.notices.models import Notice, NoticeKind
from community.organisations.models import Organisation
from community.terms import TERMS
from moderation.models import Case, State
from tests.browsing import Browser, sign_in_as
from tests.cast import DODOL, MOORING
from tests.conftest import Posted
from tests.letterbox import path_in
from tests.moderation.reporting import rows
from web.frames import STANDING_CHANGED

GITA = "gita@weaving.example"
WHO = {"email": GITA, "name": "Gita", "born": 1991, "region": "32.05", "about": "I weave sarongs."}
CONFIRMED = {
    "password": "tujuh gelombang sore 44",
    "name": "Gita",
    "region": "32.05",
    "about": "I weave sarongs.",
    "terms": TERMS,
    "agreed": "yes",
}
WRITTEN = {"place": f"topic:{MOORING}", "body": "ahoy", "key": "k1"}
DECIDED = {"reason": "registration", "facts": "Welcome.", "key": "d1"}


@pytest.fixture
async def looked_at(posted: Posted) -> Posted:
    answer = await posted.town.fay.post("/administration/site/joining", approval="yes")
    assert answer.status_code == 303
    return posted


async def test_gita_waits_and_is_let_in(looked_at: Posted) -> None:
    town, _box = looked_at
    gita = await _joins(looked_at)
    assert "A moderator has to let you in" in await gita.open(f"/topics/{MOORING}")
    answer = await gita.post(f"/topics/{MOORING}/posts", **WRITTEN)
    assert answer.status_code == 403 and "A moderator has to let you in" in answer.text
    assert "It waits for a moderator" in await gita.open("/taking-part")
    assert "New member" in await town.ada.open("/moderation")
    assert "I weave sarongs." in await town.ada.open("/cases/1")
    async with gita.tab() as tab:
        await _decide(town.ada, "grant")
        assert (await tab.closed())[0] == STANDING_CHANGED
    assert (await gita.post(f"/topics/{MOORING}/posts", **WRITTEN)).status_code == 303
    assert "You are let in" in await gita.open("/decisions/1")
    told = [one.kind for one in await rows(town.db, Notice)]
    assert NoticeKind.ADMISSION in told
    await gita.close()


async def test_a_moderator_asks_and_gita_answers(looked_at: Posted) -> None:
    town, _box = looked_at
    gita = await _joins(looked_at)
    assert (await gita.post("/taking-part/answer", words="Hello?")).status_code == 409
    await town.ada.post("/cases/1/claim", version=1)
    asked = await town.ada.post("/cases/1/questions", version=2, question="Which loom?")
    assert asked.status_code == 303
    assert "Which loom?" in await gita.open("/taking-part")
    assert (await gita.post("/taking-part/answer", words="A hand loom.")).status_code == 303
    assert [case.state for case in await rows(town.db, Case)] == [State.OPEN]
    assert "A hand loom." in await town.ada.open("/cases/1")
    assert "It waits for a moderator" in await gita.open("/taking-part")
    await gita.close()


async def test_who_is_refused_reads_on_and_learns_why(looked_at: Posted) -> None:
    town, _box = looked_at
    gita = await _joins(looked_at)
    await _decide(town.ada, "refuse")
    assert (await gita.post(f"/topics/{MOORING}/posts", **WRITTEN)).status_code == 403
    assert "/decisions/1" in await gita.open("/taking-part")
    assert "You are not let in." in await gita.open("/decisions/1")
    await gita.close()


@pytest.mark.parametrize(
    ("organisation", "verified", "waits"),
    [("", True, False), (DODOL, True, False), (DODOL, False, True)],
)
async def test_who_was_invited_by_somebody_we_know_does_not_wait(
    looked_at: Posted, organisation: int | str, verified: bool, waits: bool
) -> None:
    town, _box = looked_at
    if not verified:
        await town.db.act(lambda tx: setattr(tx.get_one(Organisation, DODOL), "level", 0))
    by = town.bo if organisation else town.fay
    answer = await by.post("/invitations", organisation=organisation)
    shown = await by.open(answer.headers["location"])
    link = shown.split(f"{town.origin}/invited/")[1].split("<")[0]
    gita = await _joins(looked_at, invitation=link)
    member = await town.db.look(member_with_email, GITA)
    assert member and member.admitted is not waits
    assert len(await rows(town.db, Case)) == int(waits)
    assert [one.used for one in await rows(town.db, Invitation)] == [1]
    await gita.close()


async def test_those_who_were_here_before_do_not_wait(looked_at: Posted) -> None:
    town, _box = looked_at
    assert all(member.admitted for member in await rows(town.db, Member))
    assert (await town.bo.post(f"/topics/{MOORING}/posts", **WRITTEN)).status_code == 303


async def _joins(posted: Posted, **more: str) -> Browser:
    town, box = posted
    await town.visitor.post("/join", **WHO, **more)
    answer = await town.visitor.post(path_in(await box.next()), **CONFIRMED)
    assert answer.status_code == 303, answer.text
    member = await town.db.look(member_with_email, GITA)
    assert member
    return await sign_in_as(town.db, town.origin, member.id)


async def _decide(moderator: Browser, ruling: str) -> None:
    await moderator.post("/cases/1/claim", version=1)
    answer = await moderator.post("/cases/1/decision", version=2, ruling=ruling, **DECIDED)
    assert answer.status_code == 303, answer.text
