"""S24: an invitation is for an organisation, a role and an address, until a day, so often (Zulip
CVE-2022-21706); and no longer than who made it may invite."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community import clock
from community.database import Transaction
from community.invitations.models import Invitation, InvitationUse
from community.members.queries import member_with_email
from community.organisations.models import Mandate, Organisation
from community.outbox import Mail, take
from community.terms import TERMS
from tests.cast import ADA, BO, BO_FOR_DODOL, CY, DODOL, LEATHER, email
from tests.conftest import Posted, Town
from tests.letterbox import path_in, text_of
from tests.moderation.reporting import rows
from web.news import still_news

GITA = "gita@weaving.example"
WHO = {"email": GITA, "name": "Gita", "born": 1991}
CONFIRMED = {"password": "tujuh gelombang sore 44", "name": "Gita", "terms": TERMS, "agreed": "yes"}


async def test_gita_joins_by_a_link_and_speaks_for_the_brand(posted: Posted) -> None:
    town, box = posted
    link = await _link(town, organisation=DODOL)
    assert "Bo invites you to speak for Dodol." in await town.visitor.open(link)
    joining = f"/join?invitation={link.removeprefix('/invited/')}"
    assert "Bo invites you to speak for Dodol." in await town.visitor.open(joining)
    answer = await town.visitor.post("/join", **WHO, invitation=link.removeprefix("/invited/"))
    assert answer.headers["location"] == "/letter", "whose address it is, is not known yet"
    await town.visitor.post(path_in(await box.next()), **CONFIRMED)
    assert await town.db.look(_offered, GITA) == [DODOL]
    assert "Gita" in await town.bo.open("/invitations/1")
    assert "This link is over" in (await town.cy.get(link)).text, "it was for one"


async def test_the_link_of_a_letter_confirms_the_address(posted: Posted) -> None:
    town, box = posted
    await town.bo.post("/invitations", organisation=DODOL, email=GITA)
    letter = await box.next()
    assert letter["to"] == GITA and "speak for Dodol" in text_of(letter)
    by = path_in(letter).removeprefix("/invited/")
    assert GITA in await town.visitor.open(f"/join?invitation={by}")
    answer = await town.visitor.post("/join", **WHO, invitation=by)
    assert answer.headers["location"].startswith("/join/")
    assert (await town.visitor.post(answer.headers["location"], **CONFIRMED)).status_code == 303
    assert await town.db.look(_offered, GITA) == [DODOL]


async def test_the_link_its_maker_sees_confirms_no_address(posted: Posted) -> None:
    """Else who invites could join as anybody."""
    town, _box = posted
    link = await _link(town, organisation=DODOL, email=GITA)
    by = link.removeprefix("/invited/")
    assert GITA not in await town.visitor.open(f"/join?invitation={by}")
    answer = await town.visitor.post("/join", **WHO, invitation=by)
    assert answer.headers["location"] == "/letter"


async def test_a_letter_says_whether_we_looked_who_they_are(posted: Posted) -> None:
    town, box = posted
    for level, said in ((1, False), (0, True)):
        await town.db.act(_grant, level)
        await town.bo.post("/invitations", organisation=DODOL, email=f"gita{level}@weaving.example")
        text = text_of(await box.next())
        assert "speak for Dodol" in text and ("Dodol is not verified" in text) is said


async def test_an_invitation_for_one_address_is_nobody_elses(posted: Posted) -> None:
    town, _box = posted
    link = await _link(town, organisation=DODOL, email=GITA)
    given = WHO | {"email": "hana@weaving.example", "invitation": link.removeprefix("/invited/")}
    answer = await town.visitor.post("/join", **given)
    assert answer.status_code == 403 and "for another address" in answer.text
    assert "for another address" in await town.cy.open(link)
    assert (await town.cy.post(link)).status_code == 403
    assert await town.db.look(_offered, email(CY)) == []


async def test_a_member_takes_it_up(town: Town) -> None:
    link = await _link(town, organisation=DODOL, most=2)
    for _ in range(2):
        assert (await town.cy.post(link)).status_code == 303, "twice is once"
    assert await town.db.look(_offered, email(CY)) == [DODOL]
    assert [use.member_id for use in await rows(town.db, InvitationUse)] == [CY]


async def test_of_many_at_once_no_more_come_in_than_it_is_for(town: Town) -> None:
    link = await _link(town, organisation=DODOL)
    browsers = (town.ada, town.cy, town.eva, town.gus)
    answers = await asyncio.gather(*(browser.post(link) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410]
    assert [one.used for one in await rows(town.db, Invitation)] == [1]


@pytest.mark.parametrize("ending", ["taken back", "too old", "mandate ended"])
async def test_it_ends(town: Town, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    link = await _link(town, organisation=DODOL)
    match ending:
        case "taken back":
            assert (await town.bo.post("/invitations/1/ending")).status_code == 303
        case "too old":
            monkeypatch.setattr(clock, "ahead", timedelta(days=7, minutes=1))
        case _:
            await town.db.act(_end_mandate)
    assert (await town.cy.get(link)).status_code == 410
    assert (await town.cy.post(link)).status_code == 410
    by = link.removeprefix("/invited/")
    assert (await town.visitor.get(f"/join?invitation={by}")).status_code == 410
    assert (await town.visitor.post("/join", **WHO, invitation=by)).status_code == 410


async def test_who_took_too_long_joins_without_what_it_offered(posted: Posted) -> None:
    town, box = posted
    link = await _link(town, organisation=DODOL)
    await town.visitor.post("/join", **WHO, invitation=link.removeprefix("/invited/"))
    path = path_in(await box.next())
    await town.bo.post("/invitations/1/ending")
    assert (await town.visitor.post(path, **CONFIRMED)).status_code == 303
    assert await town.db.look(_offered, GITA) == []


async def test_owners_invite_for_their_own_alone(town: Town) -> None:
    for organisation in (LEATHER, ""):
        answer = await town.bo.post("/invitations", organisation=organisation)
        assert answer.status_code == 403, organisation
    assert (await town.cy.get(f"/invitations?organisation={DODOL}")).status_code == 403
    assert not await rows(town.db, Invitation)
    await _link(town, organisation=DODOL)
    assert (await town.gus.get("/invitations/1")).status_code == 404
    assert (await town.gus.post("/invitations/1/ending")).status_code == 404


async def test_inviting_tells_nobody_who_is_a_member(posted: Posted) -> None:
    """S21: a member's address gets the same letter, and the page says the same."""
    town, box = posted
    answers, letters = [], []
    for address in (GITA, email(ADA)):
        answer = await town.bo.post("/invitations", organisation=DODOL, email=address)
        shown = await town.bo.open(answer.headers["location"])
        words = re.sub(r"<svg.*?</svg>|/in[a-z/]+/[0-9]+[^\s<\"]*", "", shown, flags=re.S)
        answers.append((answer.status_code, words.replace(address, "")))
        letters.append(text_of(await box.next()).splitlines()[0])
    assert answers[0] == answers[1] and letters[0] == letters[1]


async def test_nobodys_letter_box_is_filled_by_invitations(posted: Posted) -> None:
    town, _box = posted
    for _ in range(5):
        await town.bo.post("/invitations", organisation=DODOL, email=GITA)
    assert len(await rows(town.db, Mail)) == 3


@pytest.mark.parametrize("how", ["taken back", "no owner"])
async def test_no_letter_leaves_of_an_invitation_that_is_over(town: Town, how: str) -> None:
    await town.bo.post("/invitations", organisation=DODOL, email=GITA)
    if how == "taken back":
        await town.bo.post("/invitations/1/ending")
    else:
        await town.db.act(_end_mandate)
    assert await town.db.act(take, still_news) is None


async def test_who_is_invited_by_letter_is_kept_out_by_nobody(posted: Posted) -> None:
    """Others may have used up the letters to their address; they need none."""
    town, box = posted
    await town.bo.post("/invitations", organisation=DODOL, email=GITA)
    by = path_in(await box.next()).removeprefix("/invited/")
    for _ in range(3):
        await town.cy.post("/join", **WHO)
    answer = await town.visitor.post("/join", **WHO, invitation=by)
    assert answer.headers["location"].startswith("/join/")


async def test_no_row_holds_what_opens(town: Town) -> None:
    link = await _link(town, organisation=DODOL)
    number, proof = link.removeprefix("/invited/").split(".")
    assert (await town.cy.get(f"/invited/{number}.{proof[::-1]}")).status_code == 410
    assert (await town.cy.get("/invited/2")).status_code == 410
    stored = str([vars(one) for one in await rows(town.db, Invitation)])
    assert proof not in stored


async def _link(town: Town, **wanted: object) -> str:
    answer = await town.bo.post("/invitations", **wanted)
    assert answer.status_code == 303, answer.text
    shown = await town.bo.open(answer.headers["location"])
    return "/invited/" + shown.split(f"{town.origin}/invited/")[1].split("<")[0]


def _offered(session: Session, address: str) -> list[int]:
    """Organisations; it holds once they accept it (tests/community/test_mandates.py)."""
    member = member_with_email(session, address)
    assert member
    spoken_for = select(Mandate.organisation_id).where(Mandate.member_id == member.id)
    return list(session.scalars(spoken_for))


def _end_mandate(tx: Transaction) -> None:
    mandate = tx.get_one(Mandate, BO_FOR_DODOL)
    mandate.ended_at = clock.now(tx)
    assert mandate.member_id == BO


def _grant(tx: Transaction, level: int) -> None:
    tx.get_one(Organisation, DODOL).level = level
