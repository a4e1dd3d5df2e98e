"""Joining by e-mail, by links that letters bring."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community import clock, terms, tickets
from community.database import Base
from community.members.models import Member
from community.members.queries import member_with_email
from community.outbox import Mail
from community.terms import TERMS, Consent
from community.tickets import Ticket
from tests.cast import BO, DODOL, email
from tests.conftest import Posted, Town
from tests.letterbox import path_in, text_of
from tests.tampering import BY_THE_WORKER

NEW = "tujuh gelombang sore 44"
WHO = {
    "email": "Gita@Weaving.example",
    "name": "Gita",
    "born": 1991,
    "region": "32.05",
    "clusters": ["crafts", "textile"],
    "about": "I weave",
}
SAID = {"name": "Gita S.", "about": "I weave", "region": "32.05", "clusters": ["crafts"]}
CONFIRMED: dict[str, Any] = SAID | {"password": NEW, "terms": TERMS, "agreed": "yes"}


async def test_gita_joins(posted: Posted) -> None:
    town, box = posted
    answer = await town.visitor.post("/join", **WHO)
    assert (answer.status_code, answer.headers["location"]) == (303, "/letter")
    assert "Check your e-mail" in await town.visitor.open("/letter")
    letter = await box.next()
    assert letter["to"] == "gita@weaving.example" and "Welcome." in text_of(letter)
    path = path_in(letter)
    assert "gita@weaving.example" in await town.visitor.open(path)
    assert await _member(town, "gita@weaving.example") is None, "looking changes nothing"
    assert (await town.visitor.post(path, password=NEW, name="Gita")).status_code == 422, "terms"
    answer = await town.visitor.post(path, **CONFIRMED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    gita = await _member(town, "gita@weaving.example")
    assert gita and (gita.name, gita.region, gita.about) == ("Gita S.", "32.05", "I weave")
    assert f'data-member="{gita.id}"' in await town.visitor.open("/")
    agreed = select(Consent.terms).where(Consent.member_id == gita.id)
    assert await town.db.look(lambda session: session.scalars(agreed).all()) == [TERMS]
    assert (await town.bo.post(path, **CONFIRMED)).status_code == 410, "it was used"


async def test_who_has_the_address_looks_at_what_was_said_in_their_name(posted: Posted) -> None:
    """Anybody may have asked with it, before them or after."""
    town, box = posted
    await town.fay.post("/administration/site/joining", guardian_consent="yes")
    await town.visitor.post("/join", **WHO)
    first = path_in(await box.next())
    young = {"born": 2012, "guardian": "stranger@harbour.test", "about": "Buy my pills"}
    await town.cy.post("/join", **WHO | young)
    letters = {letter["to"]: path_in(letter) for letter in (await box.next(), await box.next())}
    page = await town.visitor.open(letters["gita@weaving.example"])
    assert 'value="Buy my pills"' in page and "stranger@harbour.test" in page
    page = await town.visitor.open(first)
    assert 'value="I weave"' in page and "stranger" not in page, "their own link is still good"
    answer = await town.visitor.post(first, **CONFIRMED | {"about": "I weave sarongs"})
    assert answer.status_code == 303
    gita = await _member(town, "gita@weaving.example")
    assert gita and gita.about == "I weave sarongs" and not gita.paused
    late = await town.visitor.get(letters["gita@weaving.example"])
    assert late.status_code == 410, "they are here"


async def test_an_invitation_is_named_to_who_confirms(posted: Posted) -> None:
    town, box = posted
    answer = await town.bo.post("/invitations", organisation=DODOL)
    by = (await town.bo.open(answer.headers["location"])).split("/invited/")[1].split("<")[0]
    await town.cy.post("/join", **WHO, invitation=by)
    page = await town.visitor.open(path_in(await box.next()))
    assert "Bo invites you to speak for Dodol." in page


async def test_other_terms_are_looked_at_before_one_agrees(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, box = posted
    await town.visitor.post("/join", **WHO)
    path = path_in(await box.next())
    monkeypatch.setattr(terms, "TERMS", "2026-12")
    answer = await town.visitor.post(path, **CONFIRMED)
    assert answer.status_code == 403 and "The terms have changed" in answer.text
    assert 'name="terms" value="2026-12"' in answer.text and 'value="Gita S."' in answer.text
    again = await town.visitor.post(path, **CONFIRMED | {"terms": "2026-12"})
    assert again.status_code == 303


@pytest.mark.parametrize("born", ["91", "", "2027", "9990", "1899", "MCM", "١٩٩١"])
async def test_a_year_that_is_none_is_said_on_the_form(town: Town, born: str) -> None:
    answer = await town.visitor.post("/join", **WHO | {"born": born})
    assert answer.status_code == 422 and "four digits" in answer.text
    assert 'value="I weave"' in answer.text, "what they wrote is still there"


async def test_a_year_with_a_space_behind_it_is_one(town: Town) -> None:
    assert (await town.visitor.post("/join", **WHO | {"born": "1991 "})).status_code == 303


async def test_nobody_grows_up_by_asking_once_more(town: Town) -> None:
    refused = await town.visitor.post("/join", **WHO | {"born": 2014})
    assert refused.status_code == 403 and "2014" not in refused.headers["set-cookie"]
    again = await town.visitor.post("/join", **WHO)
    assert again.status_code == 403 and "come back in 2031" in again.text
    assert (await town.cy.post("/join", **WHO)).status_code == 303, "another browser"


async def test_two_at_once_use_a_link_once(posted: Posted) -> None:
    town, box = posted
    await town.visitor.post("/join", **WHO)
    path = path_in(await box.next())
    answers = await asyncio.gather(*(b.post(path, **CONFIRMED) for b in (town.visitor, town.bo)))
    assert sorted(answer.status_code for answer in answers) == [303, 410]


async def test_joining_tells_nobody_who_is_a_member(posted: Posted) -> None:
    town, box = posted
    changes = []
    for address in ("nobody@harbour.test", email(BO)):
        before = await town.db.look(_rows)
        answer = await town.visitor.post("/join", **WHO | {"email": address})
        after = await town.db.look(_rows)
        changes.append({name: after[name] - before[name] for name in after})
        assert (answer.status_code, answer.text) == (303, "")
        assert (answer.headers["location"], answer.headers.get("set-cookie")) == ("/letter", None)
    assert changes[0] == changes[1] == dict.fromkeys(changes[0], 0) | {"tickets": 1, "mails": 1}
    letters = [await box.next(), await box.next()]
    assert letters[1]["to"] == email(BO) and path_in(letters[1]) == "/sign-in"
    assert "Gita" not in text_of(letters[1])


async def test_nobodys_letter_box_is_filled_through_us(posted: Posted) -> None:
    town, _box = posted
    for _ in range(3):
        await town.visitor.post("/join", **WHO)
    answers = [town.visitor.post("/join", **WHO | {"email": email(BO)}) for _ in range(8)]
    await asyncio.gather(*answers)
    assert await town.db.look(lambda session: session.scalar(select(func.count(Mail.id)))) == 6
    await town.visitor.post("/forgot", email=email(BO))
    assert await town.db.look(lambda session: session.scalar(select(func.count(Mail.id)))) == 7


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [("born", 2012, 403), ("email", "a@b", 422), ("email", "a@b@c.id", 422),
     ("email", '"a b"@c.id', 422), ("email", "=?utf-8?q?a?=@c.id", 422), ("email", "a@c.id.", 422),
     ("email", "a@-c.id", 422), ("region", "99", 422), ("clusters", ["ships"], 422),
     ("email", "a%b@c.id", 422), ("email", "root@127.0.0.10", 422), ("email", "a@b.--", 422),
     ("email", "a@b.-x", 422)],
)  # fmt: skip
async def test_who_cannot_join_is_told_why(town: Town, field: str, value: Any, status: int) -> None:
    answer = await town.visitor.post("/join", **WHO | {field: value})
    assert answer.status_code == status
    assert "%(" not in answer.text and (field != "born" or "come back in 2029" in answer.text)
    assert await town.db.look(lambda session: session.scalar(select(func.count(Mail.id)))) == 0


async def test_while_the_community_is_maintained_nobody_joins(town: Town) -> None:
    await town.fay.post("/administration/site", name="AKAR", read_only="yes")
    assert (await town.visitor.post("/join", **WHO)).status_code == 503


async def test_without_a_mail_server_the_page_says_where_letters_land(town: Town) -> None:
    assert str(town.settings.folder.absolute() / "mail") in await town.visitor.open("/letter")


async def test_old_tickets_are_forgotten(posted: Posted, monkeypatch: pytest.MonkeyPatch) -> None:
    town, _box = posted
    await town.visitor.post("/join", **WHO)
    monkeypatch.setattr(clock, "ahead", timedelta(days=2, minutes=1))
    await town.db.act(tickets.forget_old_tickets)
    assert await town.db.look(lambda session: session.scalar(select(Ticket))) is None


async def _member(town: Town, address: str) -> Member | None:
    return await town.db.look(member_with_email, address)


def _rows(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalars(select(func.count()).select_from(table)).one()
        for table in Base.metadata.sorted_tables
        if table.name not in BY_THE_WORKER
    }
