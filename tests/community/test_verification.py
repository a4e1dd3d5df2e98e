"""What an organisation shows becomes a case, and a moderator decides it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from community import verification
from community.addresses import canonical
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid
from community.members.models import Member
from community.organisations import actions, policies
from community.organisations.models import Organisation
from community.organisations.queries import unverified_of
from community.outbox import Mail
from community.tickets import Purpose, Ticket
from community.verification import Shown, Verification, is_of_office
from moderation.decisions import applications
from moderation.decisions.applications import ask_back, ask_for_verification, prove_office
from moderation.decisions.claiming import claim
from moderation.decisions.closing import close
from moderation.decisions.deciding import Judgement
from moderation.models import Case, Decision, Evidence, Ruling, State
from moderation.queue.filtering import Show, Wanted
from moderation.queue.listing import queue_page
from moderation.statements import badges_of, statement_for
from tests.cast import ADA, BO, CY, DODOL, EVA, GUS
from tests.community.organising import CANE, DINAS, GRANT, PAPERS, REFUSE, applied, told
from tests.moderation.reporting import as_, decide_at, rows


async def test_what_is_shown_becomes_a_case_that_a_moderator_grants(db: Database) -> None:
    cane, case = await applied(db)
    (evidence,) = await rows(db, Evidence)
    assert "behind the mosque" in evidence.body and "1234567890123" in evidence.body

    decision = await _judged(db, case, GRANT)
    cane = await _organisation(db, cane.id)
    assert (cane.level, cane.because) == (2, "The NIB was looked up.")
    assert cane.verified_until == decision.ends_at
    assert (await told(db, CY))[-1].link == f"/decisions/{decision.id}"
    (verification,) = await rows(db, Verification)
    assert verification.closed_at
    statement = await as_(db, CY, statement_for, decision.id)
    assert statement.decision.facts == cane.because
    assert [badge.id for badge in await db.look(badges_of, cane.id)] == [decision.id]


async def test_what_is_refused_says_why_and_can_be_shown_anew(db: Database) -> None:
    cane, case = await applied(db)
    await _judged(db, case, REFUSE)
    assert (await _organisation(db, cane.id)).level == 0 and not await db.look(badges_of, cane.id)
    second = await as_(db, CY, ask_for_verification, cane.id, PAPERS)
    assert second.id != case.id and second.state == State.OPEN


async def test_a_moderator_asks_back_and_the_answer_opens_the_case_again(db: Database) -> None:
    cane, case = await applied(db)
    case = await as_(db, ADA, claim, case.id, version=case.version)
    case = await as_(db, ADA, ask_back, case.id, "Whose is the stall?", version=case.version)
    assert (case.state, case.claimed_by_id) == (State.ASKED, None)
    assert (await told(db, CY))[-1].link == f"/organisations/{cane.id}/verification"
    assert await _counts(db) == {"waiting": 0, "mine": 0, "asked": 1}

    answered = await as_(db, CY, ask_for_verification, cane.id, PAPERS._replace(words="My aunt's."))
    assert (answered.id, answered.state) == (case.id, State.OPEN)
    assert [one.body[:10] for one in await rows(db, Evidence)] == ["We weave b", "My aunt's."]
    with pytest.raises(Conflict):
        await as_(db, ADA, ask_back, case.id, "And now?", version=case.version)


async def test_only_its_owner_asks_for_it(db: Database) -> None:
    with pytest.raises(Denied):
        await as_(db, CY, ask_for_verification, DODOL, PAPERS)
    assert await rows(db, Case) == []


async def test_nobody_judges_an_organisation_of_their_own(db: Database) -> None:
    own = await as_(db, ADA, actions.register, CANE)
    case = await as_(db, ADA, ask_for_verification, own.id, PAPERS)
    with pytest.raises(Denied, match="Somebody else"):
        await as_(db, ADA, claim, case.id, version=case.version)


async def test_offices_are_for_seniors(db: Database) -> None:
    office = await as_(db, CY, actions.register, DINAS)
    shown = PAPERS._replace(nib="", office_mail="tata.usaha@garut.go.id")
    case = await as_(db, CY, ask_for_verification, office.id, shown)
    with pytest.raises(Denied, match="senior"):
        await as_(db, ADA, claim, case.id, version=case.version)
    await as_(db, EVA, claim, case.id, version=case.version)


async def test_an_office_proves_its_address_by_a_letter(db: Database) -> None:
    office = await as_(db, CY, actions.register, DINAS)
    shown = PAPERS._replace(nib="", office_mail="Tata.Usaha@garut.go.id")
    await as_(db, CY, ask_for_verification, office.id, shown)
    (letter,) = [mail for mail in await rows(db, Mail) if mail.kind == "office"]
    (ticket,) = [one for one in await rows(db, Ticket) if one.purpose == Purpose.OFFICE]
    assert letter.address == ticket.address == "tata.usaha@garut.go.id"

    await db.act(prove_office, ticket.id)
    assert "<dd>✓</dd>" in (await rows(db, Evidence))[-1].html
    with pytest.raises(Conflict):
        await db.act(prove_office, ticket.id)


async def test_showing_the_same_twice_is_once_and_there_is_an_end(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cane, case = await applied(db)
    await as_(db, CY, ask_for_verification, cane.id, PAPERS)
    assert len(await rows(db, Evidence)) == 1
    monkeypatch.setattr(applications, "MOST_SHOWN", 2)
    await as_(db, CY, ask_for_verification, cane.id, PAPERS._replace(words="More."))
    with pytest.raises(Invalid, match="Much was shown"):
        await as_(db, CY, ask_for_verification, cane.id, PAPERS._replace(words="Even more."))


async def test_nobody_writes_to_many_offices_through_us(db: Database) -> None:
    office = await as_(db, CY, actions.register, DINAS)
    for name in "abc":
        shown = PAPERS._replace(nib="", office_mail=f"{name}@garut.go.id")
        await as_(db, CY, ask_for_verification, office.id, shown)
    with pytest.raises(Invalid, match="Several letters"):
        await as_(
            db,
            CY,
            ask_for_verification,
            office.id,
            PAPERS._replace(nib="", office_mail="d@garut.go.id"),
        )


async def test_closing_an_organisation_makes_no_room_for_more_letters_or_cases(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = PAPERS._replace(nib="", office_mail="tata.usaha@garut.go.id")
    for name in ("Sungai", "Gunung", "Laut"):
        office = await as_(db, CY, actions.register, DINAS._replace(name=f"Dinas {name}"))
        await as_(db, CY, ask_for_verification, office.id, shown)
        await as_(db, CY, close, office.id)
    with pytest.raises(Denied, match="not long ago"):
        await as_(db, CY, actions.register, DINAS)
    monkeypatch.setattr(policies, "MOST_WAITING", 4)
    office = await as_(db, CY, actions.register, DINAS)
    with pytest.raises(Invalid, match="Several letters"):
        await as_(db, CY, ask_for_verification, office.id, shown)

    def much_later(tx: Transaction) -> int:
        tx.info["now"] = now(tx) + timedelta(days=31)
        return unverified_of(tx, tx.get_one(Member, CY))

    assert await db.act(much_later) == 1, "those that are open"


async def test_whoever_names_an_office_keeps_nobody_from_a_letter_of_their_own(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But all together they do not flood it."""
    shown = PAPERS._replace(nib="", office_mail="tata.usaha@garut.go.id")

    async def ask(asker: int, name: str) -> None:
        office = await as_(db, asker, actions.register, DINAS._replace(name=name))
        await as_(db, asker, ask_for_verification, office.id, shown)

    for name in ("Sungai", "Gunung", "Laut"):
        await ask(CY, f"Dinas {name}")
    await ask(GUS, "Dinas Pasar")
    monkeypatch.setattr(verification, "MOST_TO_OFFICE", 4)
    with pytest.raises(Invalid, match="Several letters"):
        await ask(BO, "Dinas Hutan")
    assert len([one for one in await rows(db, Mail) if one.kind == "office"]) == 4


async def test_another_address_makes_the_old_letter_worthless(db: Database) -> None:
    office = await as_(db, CY, actions.register, DINAS)
    for address in ("a@garut.go.id", "b@garut.go.id"):
        shown = PAPERS._replace(nib="", office_mail=address)
        await as_(db, CY, ask_for_verification, office.id, shown)
    first = next(one for one in await rows(db, Ticket) if one.address == "a@garut.go.id")
    with pytest.raises(Conflict):
        await db.act(prove_office, first.id)


@pytest.mark.parametrize(
    "address, office",
    [
        ("a@garutkab.go.id", True),
        ("a@go.id", False),
        ("a@attacker-go.id", False),
        ("a@garut.go.id.evil.example", False),
        ("a@garut.go.id@evil.example", False),
    ],
)
def test_email_canonical_and_domain_exact(address: str, office: bool) -> None:
    try:
        assert is_of_office(canonical(address)) == office
    except Invalid:
        assert not office


@pytest.mark.parametrize(
    "shown",
    [
        Shown("Look at us.", nib="12345"),
        Shown("Look at us.", office_mail="a@garut.example"),
        Shown("  "),
    ],
)
async def test_what_cannot_be_right_is_refused_with_a_reason(db: Database, shown: Shown) -> None:
    cane = await as_(db, CY, actions.register, CANE)
    with pytest.raises(Denied):
        await as_(db, CY, ask_for_verification, cane.id, shown)
    assert await rows(db, Case) == []


@pytest.mark.parametrize("level, months", [(0, 12), (4, 12), (1, 0), (1, 37)])
async def test_a_badge_has_bounds(db: Database, level: int, months: int) -> None:
    _cane, case = await applied(db)
    with pytest.raises(Invalid):
        await _judged(db, case, GRANT._replace(level=level, months=months))


async def test_nobody_hides_an_organisation_or_grants_a_post(db: Database) -> None:
    _cane, case = await applied(db)
    with pytest.raises(Invalid, match="cannot be decided"):
        await _judged(db, case, GRANT._replace(ruling=Ruling.ACT, reason="spam"))


async def _judged(db: Database, case: Case, judgement: Judgement) -> Decision:
    case = await as_(db, ADA, claim, case.id, version=case.version)
    return await decide_at(db, ADA, case.id, case.version, judgement=judgement)


async def _counts(db: Database) -> Mapping[Show, int]:
    asked = await as_(db, ADA, queue_page, Wanted(show="asked"))
    assert len(asked.rows) == asked.counts["asked"]
    return asked.counts


async def _organisation(db: Database, id: int) -> Organisation:
    return await db.look(lambda session: session.get_one(Organisation, id))
