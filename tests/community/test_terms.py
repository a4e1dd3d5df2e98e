"""When the terms change, members are asked again: they read on, and write once they agree."""

import pytest
from sqlalchemy import select

from community import terms
from community.database import Transaction
from community.drafts import Draft
from community.members.models import Member
from community.terms import Consent
from forum.topics.models import Post
from tests.cast import BO, MOORING, PASSWORD, QUAY
from tests.conftest import Town
from tests.moderation.reporting import rows

NEXT = "2027-01"
SENTENCE = "Our terms have changed."
WRITTEN = {"place": f"topic:{MOORING}", "body": "ahoy", "key": "k1"}


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "TERMS", NEXT)
    monkeypatch.setitem(terms.CHANGES, NEXT, "Rope is shared.")


async def test_who_has_not_agreed_reads_and_writes_nothing(town: Town, changed: None) -> None:
    assert SENTENCE in await town.bo.open(f"/topics/{MOORING}")
    for path in (f"/topics/{MOORING}/posts", f"/channels/{QUAY}/messages"):
        form = WRITTEN if "topics" in path else {"body": "ahoy", "key": "k1"}
        answer = await town.bo.post(path, **form)
        assert answer.status_code == 403 and SENTENCE in answer.text, path
    assert not await rows(town.db, Post)


async def test_a_page_that_is_open_is_refused_with_the_sentence(town: Town, changed: None) -> None:
    async with town.bo.tab() as tab:
        await tab.send("say", channel=QUAY, body="ahoy", key="k1")
        refused = await tab.until("refused")
        assert SENTENCE in refused["reason"] and refused["key"] == "k1"


async def test_what_they_read_and_began_is_kept(town: Town, changed: None) -> None:
    assert (await town.bo.post(f"/topics/{MOORING}/reading", seq="1")).status_code == 303
    assert (await town.bo.post("/drafts", **WRITTEN)).status_code == 303
    assert [draft.body for draft in await rows(town.db, Draft)] == ["ahoy"]
    assert (await town.bo.post("/notices/reading")).status_code == 303


async def test_a_refusal_leads_to_the_terms_and_they_back_to_the_topic(
    town: Town, changed: None
) -> None:
    answer = await town.bo.post("/topics/5/lock")
    assert answer.status_code == 403 and "/taking-part?next=%2Ftopics%2F5" in answer.text
    shown = await town.bo.open("/taking-part?next=%2Ftopics%2F5")
    assert "Rope is shared." in shown and 'value="/topics/5"' in shown
    answer = await town.bo.post("/taking-part/consent", terms=NEXT, next="/topics/5")
    assert (answer.status_code, answer.headers["location"]) == (303, "/topics/5")
    assert SENTENCE not in await town.bo.open("/topics/5")
    assert (await town.bo.post(f"/topics/{MOORING}/posts", **WRITTEN)).status_code == 303
    mine = [one.terms for one in await rows(town.db, Consent) if one.member_id == BO]
    assert sorted(mine) == ["2026-11", NEXT]


async def test_nobody_agrees_to_what_they_were_not_shown(town: Town, changed: None) -> None:
    answer = await town.bo.post("/taking-part/consent", terms="2026-11")
    assert answer.status_code == 409 and "Rope is shared." in answer.text
    assert (await town.bo.post(f"/topics/{MOORING}/posts", **WRITTEN)).status_code == 403


async def test_agreeing_twice_is_agreeing_once(town: Town, changed: None) -> None:
    for _ in range(2):
        answer = await town.bo.post("/taking-part/consent", terms=NEXT, next="//evil.example")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_who_has_not_agreed_keeps_their_account_and_leaves(town: Town, changed: None) -> None:
    chosen = {"current": PASSWORD, "password": "tujuh gelombang sore 44"}
    answer = await town.bo.post("/settings/account/password", **chosen)
    assert answer.status_code == 303
    assert (await town.cy.post("/sign-out")).status_code == 303
    assert (await town.cy.get("/settings")).status_code == 303, "signed out"


async def test_who_was_there_before_is_asked(town: Town) -> None:
    """A row from before consents were kept; S18: nothing is not yes."""

    def forget(tx: Transaction) -> None:
        tx.get_one(Member, BO).agreed_to = ""

    await town.db.act(forget)
    assert (await town.bo.post(f"/topics/{MOORING}/posts", **WRITTEN)).status_code == 403
    assert await town.db.look(lambda s: s.scalar(select(Post))) is None
