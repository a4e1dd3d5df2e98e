"""Who may be under 16 joins with the consent of a guardian, or not at all (PP 17/2025)."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from community import clock, guardians, terms
from community.guardians import Guardianship
from community.letters import MailKind
from community.members.models import Member
from community.members.queries import member_with_email
from community.outbox import Mail
from community.terms import TERMS, Consent
from tests.browsing import sign_in_as
from tests.cast import BO, MOORING, email
from tests.conftest import Posted, Town
from tests.letterbox import LetterBox, path_in, text_of
from tests.moderation.reporting import rows
from tests.painting import painted
from web.frames import STANDING_CHANGED

GITA, MUM = "gita@weaving.example", "mum@weaving.example"
WHO = {"email": GITA, "name": "Gita", "born": 2012, "guardian": MUM}
CONFIRMED = {"password": "tujuh gelombang sore 44", "name": "Gita", "terms": TERMS, "agreed": "yes"}
TIME = re.compile("<time.*?</time>|<script.*?</script>", re.S)
CONSENT = {"name": "Ibu Gita", "terms": "2026-11", "agreed": "yes"}


@pytest.fixture
async def asked(posted: Posted) -> Posted:
    """Administrators let them join."""
    answer = await posted.town.fay.post("/administration/site/joining", guardian_consent="yes")
    assert answer.status_code == 303
    return posted


async def test_without_the_setting_nobody_under_16_joins(town: Town) -> None:
    answer = await town.visitor.post("/join", **WHO)
    assert answer.status_code == 403 and "come back in 2029" in answer.text
    assert 'name="guardian"' not in await town.visitor.open("/join")


@pytest.mark.parametrize("first", ["guardian", "child"])
async def test_both_are_needed_in_whichever_order(asked: Posted, first: str) -> None:
    town, box = asked
    mum, gita = await _links(asked)
    if first == "guardian":
        assert (await town.cy.post(mum, **CONSENT)).status_code == 303
        assert await _member(town) is None, "the address is not confirmed yet"
        answer = await town.visitor.post(gita, **CONFIRMED)
        assert answer.headers["location"] == "/"
    else:
        answer = await town.visitor.post(gita, **CONFIRMED)
        assert answer.headers["location"] == "/guardian"
        assert "We wait for your guardian" in await town.visitor.open("/guardian")
        assert await _member(town) is None, "the guardian has not answered"
        assert (await town.cy.post(mum, **CONSENT)).status_code == 303
        told = await box.next()
        assert told["to"] == GITA and "Your guardian has agreed" in told["subject"]
        password = CONFIRMED["password"]
        answer = await town.visitor.post("/sign-in", email=GITA, password=password)
        assert answer.headers["location"] == "/"
    member = await _member(town)
    assert member and member.name == "Gita"
    (kept,) = await rows(town.db, Guardianship)
    assert (kept.name, kept.terms, kept.member_id) == ("Ibu Gita", "2026-11", member.id)
    assert (kept.child, kept.confirmed) == ("", None), "nothing more about the child"
    written = {"place": f"topic:{MOORING}", "body": "ahoy", "key": "k1"}
    assert (await town.visitor.post(f"/topics/{MOORING}/posts", **written)).status_code == 303


async def test_looking_at_the_link_is_no_consent(asked: Posted) -> None:
    town, _box = asked
    mum, _gita = await _links(asked)
    assert "Your consent for Gita" in await town.cy.open(mum)
    assert [one.given_at for one in await rows(town.db, Guardianship)] == [None]
    wrong = CONSENT | {"terms": "2020-01"}
    assert (await town.cy.post(mum, **wrong)).status_code == 410
    assert (await town.cy.post(mum, name="Ibu", terms="2026-11")).status_code == 422


async def test_a_guardian_takes_it_back_and_gives_it_again(asked: Posted) -> None:
    town, box = asked
    mum, gita = await _links(asked)
    await town.cy.post(mum, **CONSENT)
    await town.visitor.post(gita, **CONFIRMED)
    written = {"place": f"topic:{MOORING}", "body": "ahoy", "key": "k1"}
    member = await _member(town)
    assert member
    beside = await sign_in_as(town.db, town.origin, member.id)
    async with beside.tab() as tab:
        assert (await town.cy.post(f"{mum}/withdrawal")).status_code == 303
        assert (await tab.closed())[0] == STANDING_CHANGED
    await beside.close()
    assert "taken their consent back" in text_of(await box.next())
    answer = await town.visitor.post(f"/topics/{MOORING}/posts", **written)
    assert answer.status_code == 403 and "taken their consent back" in answer.text
    assert "taken their consent back" in await town.visitor.open(f"/topics/{MOORING}")
    await town.cy.post(mum, **CONSENT)
    assert (await town.visitor.post(f"/topics/{MOORING}/posts", **written)).status_code == 303


async def test_when_the_terms_change_the_guardian_is_told(
    asked: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, box = asked
    mum, gita = await _links(asked)
    await town.cy.post(mum, **CONSENT)
    await town.visitor.post(gita, **CONFIRMED)
    monkeypatch.setattr(terms, "TERMS", "2027-01")
    for _ in range(2):
        answer = await town.visitor.post("/taking-part/consent", terms="2027-01")
        assert answer.status_code == 303
    told = await box.next()
    assert told["to"] == MUM and path_in(told) == mum and box.letters.empty()


async def test_taken_back_before_they_joined_it_is_no_consent(asked: Posted) -> None:
    town, _box = asked
    mum, gita = await _links(asked)
    await town.cy.post(mum, **CONSENT)
    await town.cy.post(f"{mum}/withdrawal")
    answer = await town.visitor.post(gita, **CONFIRMED)
    assert answer.headers["location"] == "/guardian" and await _member(town) is None


@pytest.mark.parametrize(
    ("guardian", "status"),
    [("", 403), (GITA, 403), ("GITA@weaving.example", 403), ("gita+mum@weaving.example", 403),
     ("nobody", 422)],
)  # fmt: skip
async def test_a_guardian_is_somebody_else(asked: Posted, guardian: str, status: int) -> None:
    town, _box = asked
    answer = await town.visitor.post("/join", **WHO | {"guardian": guardian})
    assert answer.status_code == status
    assert not await rows(town.db, Mail)


async def test_who_is_16_needs_no_guardian(asked: Posted) -> None:
    town, box = asked
    await town.visitor.post("/join", **WHO | {"born": 2009})
    assert (await box.next())["to"] == GITA
    assert not await rows(town.db, Guardianship)


async def test_a_guardian_learns_of_nobody_whether_they_are_members(asked: Posted) -> None:
    """S21: who names a member as the child and themself as the guardian."""
    town, box = asked
    told = []
    for address, guardian in ((GITA, MUM), (email(BO), "dad@weaving.example")):
        given = WHO | {"email": address, "guardian": guardian}
        answer = await town.visitor.post("/join", **given)
        letters = {letter["to"]: letter for letter in [await box.next(), await box.next()]}
        link = path_in(letters[guardian])
        shown = await town.cy.open(link)
        consented = await town.cy.post(link, **CONSENT)
        after = await town.cy.open(link)
        pages = [TIME.sub("", page).replace(link, "") for page in (shown, after)]
        told.append((answer.headers["location"], consented.status_code, pages))
    assert told[0] == told[1]
    assert await town.db.look(lambda s: s.scalar(select(func.count(Member.id)))) == 7
    assert len(await rows(town.db, Guardianship)) == 2


async def test_no_guardian_gets_more_than_three_letters_an_hour(asked: Posted) -> None:
    town, _box = asked
    for n in range(5):
        await town.visitor.post("/join", **WHO | {"email": f"g{n}@weaving.example"})
    mails = [one for one in await rows(town.db, Mail) if one.kind != MailKind.ANCHOR]
    assert sum(mail.address == MUM for mail in mails) == 3 and len(mails) == 6


async def test_what_nobody_answered_is_forgotten(
    asked: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, _box = asked
    mum, gita = await _links(asked)
    await town.visitor.post(gita, **CONFIRMED)
    monkeypatch.setattr(clock, "ahead", timedelta(days=7, minutes=1))
    assert (await town.cy.get(mum)).status_code == 410
    assert (await town.cy.post(mum, **CONSENT)).status_code == 410
    await town.db.act(guardians.end_guardianships)
    assert not await rows(town.db, Guardianship) and await _member(town) is None


async def test_who_is_16_decides_alone(asked: Posted, monkeypatch: pytest.MonkeyPatch) -> None:
    town, _box = asked
    await _paused(asked)
    monkeypatch.setattr(clock, "ahead", timedelta(days=3 * 366))
    await town.db.act(guardians.end_guardianships)
    member = await _member(town)
    assert member and not member.paused and not await rows(town.db, Guardianship)


async def _links(posted: Posted) -> tuple[str, str]:
    """The guardian's and the child's."""
    town, box = posted
    answer = await town.visitor.post("/join", **WHO)
    assert (answer.status_code, answer.headers["location"]) == (303, "/letter")
    letters = await _by_address(box, 2)
    assert "Gita wants to join" in text_of(letters[MUM])
    return path_in(letters[MUM]), path_in(letters[GITA])


async def _by_address(box: LetterBox, many: int) -> dict[str, EmailMessage]:
    letters = [await box.next() for _ in range(many)]
    return {letter["to"]: letter for letter in letters}


async def _paused(asked: Posted) -> str:
    """A member by consent, which was taken back: by this link."""
    mum, gita = await _links(asked)
    await asked.town.cy.post(mum, **CONSENT)
    await asked.town.visitor.post(gita, **CONFIRMED)
    await asked.town.cy.post(f"{mum}/withdrawal")
    return mum


async def _member(town: Town) -> Member | None:
    return await town.db.look(member_with_email, GITA)


async def test_the_child_agreed_when_they_did(
    asked: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the guardian answers days later."""
    town, _box = asked
    mum, gita = await _links(asked)
    before = await town.db.look(clock.now)
    await town.visitor.post(gita, **CONFIRMED)
    monkeypatch.setattr(clock, "ahead", timedelta(days=3))
    await town.cy.post(mum, **CONSENT)
    member = await _member(town)
    assert member
    (given,) = [one for one in await rows(town.db, Consent) if one.member_id == member.id]
    assert given.terms == TERMS and given.given_at < before + timedelta(days=1)


async def test_an_administrator_ends_the_say_of_a_guardian(asked: Posted) -> None:
    """Who took the consent back was no guardian of theirs."""
    town, _box = asked
    mum = await _paused(asked)
    member = await _member(town)
    assert member and member.paused
    path = f"/administration/members/{member.id}"
    assert "Paused by a guardian" in await town.fay.open(path)
    assert (await town.ada.post(f"{path}/release")).status_code == 403
    assert (await town.fay.post(f"{path}/release")).status_code == 303
    member = await _member(town)
    assert member and not member.paused and "Paused" not in await town.fay.open(path)
    assert (await town.cy.get(mum)).status_code == 410
    assert "ended the say of a guardian" in await town.fay.open("/moderation/log")
    assert (await town.fay.post(f"{path}/release")).status_code == 403


async def test_who_may_only_read_changes_nothing_that_others_see(asked: Posted) -> None:
    town, _box = asked
    await _paused(asked)
    member = await _member(town)
    assert member
    acts: dict[str, dict[str, str]] = {
        "profile": {"name": "Somebody Else", "about": "Buy my pills"},
        "place": {"region": "32.05"},
        "picture/removal": {},
    }
    for path, form in acts.items():
        assert (await town.visitor.post(f"/settings/{path}", **form)).status_code == 403, path
    assert (await town.visitor.send("/settings/picture", painted())).status_code == 403
    page = await town.bo.open(f"/members/{member.id}")
    assert "<h1>Gita</h1>" in page and "pills" not in page
    spoken = {"locale": "id", "zone": "Asia/Jakarta", "theme": "auto"}
    assert (await town.visitor.post("/settings/preferences", **spoken)).status_code == 303
