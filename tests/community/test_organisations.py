"""How an organisation comes to its badge, and loses it: from the form to the renewal."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from community.addresses import canonical
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.notices.models import Notice, NoticeKind
from community.organisations import actions
from community.organisations.actions import (
    Founding,
    lapse_verifications,
    remind_of_renewals,
)
from community.organisations.models import Kind, Mandate, Organisation
from community.organisations.queries import organisations_listed
from community.outbox import Mail
from community.places import Lens
from community.tickets import Purpose, Ticket
from community.verification import Shown, Verification, is_of_office
from forum.categories import category_for
from moderation import applications
from moderation.actions import claim
from moderation.applications import ask_back, ask_for_verification, prove_office
from moderation.deciding import Judgement, decide
from moderation.models import Case, Decision, Evidence, Ruling, State
from moderation.reading import Show, Wanted, badges_of, cases_counted, cases_listed, statement_for
from tests.cast import ADA, BO, CY, DODOL, EVA, GUS, OFFICE
from tests.moderation.reporting import as_, rows

WHOLE = Lens()
CANE = Founding(Kind.BRAND, "Rotan Rajut Cy", "Baskets.", "32.05", ("crafts",))
DINAS = Founding(Kind.GOVERNMENT, "Dinas Pelabuhan", region="32")
PAPERS = Shown("We weave behind the mosque since 1998.", nib="1234567890123")
GRANT = Judgement(Ruling.GRANT, "organisation", "The NIB was looked up.", level=2, months=12)
REFUSE = Judgement(Ruling.REFUSE, "organisation", "The number is somebody else's.")


async def test_whoever_registers_one_owns_it_and_nobody_believes_it_yet(db: Database) -> None:
    cane = await as_(db, CY, actions.register, CANE)
    assert (cane.slug, cane.verified) == ("rotan-rajut-cy", False)
    (mandate,) = [one for one in await rows(db, Mandate) if one.organisation_id == cane.id]
    assert (mandate.member_id, mandate.role, mandate.live) == (CY, "owner", True)

    again = await as_(db, CY, actions.register, CANE)
    assert again.id == cane.id, "doing it twice is doing it once"
    assert (await as_(db, GUS, actions.register, CANE)).slug == "rotan-rajut-cy-2"
    for name in ("Rotan Dua", "Rotan Tiga"):
        await as_(db, CY, actions.register, CANE._replace(name=name))
    with pytest.raises(Denied, match="not verified yet"):
        await as_(db, CY, actions.register, CANE._replace(name="Rotan Empat"))


async def test_saying_that_one_is_an_office_opens_no_door(db: Database) -> None:
    """The office's category is for government: for verified government."""
    office = await as_(db, CY, actions.register, DINAS)
    with pytest.raises(NotFound):
        await _enter(db, CY)
    await db.act(_verify, office.id)
    await _enter(db, CY)


async def test_what_is_shown_becomes_a_case_that_a_moderator_grants(db: Database) -> None:
    cane, case = await _applied(db)
    (evidence,) = await rows(db, Evidence)
    assert "behind the mosque" in evidence.body and "1234567890123" in evidence.body

    decision = await _judged(db, case, GRANT)
    cane = await _organisation(db, cane.id)
    assert (cane.level, cane.because) == (2, "The NIB was looked up.")
    assert cane.verified_until == decision.ends_at
    assert (await _told(db, CY))[-1].link == f"/decisions/{decision.id}"
    (verification,) = await rows(db, Verification)
    assert verification.closed_at
    statement = await as_(db, CY, statement_for, decision.id)
    assert statement.decision.facts == cane.because
    assert [badge.id for badge in await db.look(badges_of, cane.id)] == [decision.id]


async def test_what_is_refused_says_why_and_can_be_shown_anew(db: Database) -> None:
    cane, case = await _applied(db)
    await _judged(db, case, REFUSE)
    assert (await _organisation(db, cane.id)).level == 0 and not await db.look(badges_of, cane.id)
    second = await as_(db, CY, ask_for_verification, cane.id, PAPERS)
    assert second.id != case.id and second.state == State.OPEN


async def test_a_moderator_asks_back_and_the_answer_opens_the_case_again(db: Database) -> None:
    cane, case = await _applied(db)
    case = await as_(db, ADA, claim, case.id, version=case.version)
    case = await as_(db, ADA, ask_back, case.id, "Whose is the stall?", version=case.version)
    assert (case.state, case.claimed_by_id) == (State.ASKED, None)
    assert (await _told(db, CY))[-1].link == f"/organisations/{cane.id}/verification"
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
    cane, case = await _applied(db)
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
    _cane, case = await _applied(db)
    with pytest.raises(Invalid):
        await _judged(db, case, GRANT._replace(level=level, months=months))


async def test_nobody_hides_an_organisation_or_grants_a_post(db: Database) -> None:
    _cane, case = await _applied(db)
    with pytest.raises(Invalid, match="cannot be decided"):
        await _judged(db, case, GRANT._replace(ruling=Ruling.HIDE, reason="spam"))


async def test_owners_are_reminded_once_at_each_of_60_30_and_7_days(db: Database) -> None:
    for days, told in ((61, 0), (59, 1), (45, 1), (29, 2), (6, 3), (6, 3)):
        await db.act(_ends_in, days)
        await db.act(remind_of_renewals)
        assert len(await _told(db, BO, NoticeKind.RENEWAL)) == told, days


async def test_what_is_not_renewed_greys_and_keeps_its_history(db: Database) -> None:
    await db.act(_ends_in, 0)
    await db.act(lapse_verifications)
    dodol = await _organisation(db, DODOL)
    assert (dodol.level, dodol.because) == (0, "Papers were seen.")
    assert len(await _told(db, BO, NoticeKind.RENEWAL)) == 1
    await db.act(lapse_verifications)
    assert len(await _told(db, BO, NoticeKind.RENEWAL)) == 1


async def test_a_verified_name_stays(db: Database) -> None:
    as_verified = Founding(Kind.BRAND, "Dodol Baru")
    with pytest.raises(Denied, match="verified name"):
        await as_(db, BO, actions.describe, DODOL, as_verified)
    changed = as_verified._replace(name="Dodol", about="Sticky.")
    assert (await as_(db, BO, actions.describe, DODOL, changed)).about == "Sticky."
    with pytest.raises(Denied):
        await as_(db, CY, actions.describe, DODOL, changed)


async def test_the_directory_is_found_by_name_kind_place_and_cluster(db: Database) -> None:
    cane = await as_(db, CY, actions.register, CANE)

    async def found(words: str = "", kind: str = "", lens: Lens = WHOLE) -> list[str]:
        every = await db.look(organisations_listed, lens, words=words, kind=kind)
        return [one.name for one in every]

    assert await found() == ["Dodol", "Harbour Office", "Leather Lane", "Rotan Rajut Cy"]
    assert await found("ROTAN") == [cane.name] == await found(lens=Lens("32"))
    assert await found(lens=Lens("32.05", "crafts")) == [cane.name]
    assert await found(lens=Lens("32.05", "food")) == [] == await found("100%")
    assert await found(kind="government") == ["Harbour Office"]


async def _applied(db: Database) -> tuple[Organisation, Case]:
    cane = await as_(db, CY, actions.register, CANE)
    return cane, await as_(db, CY, ask_for_verification, cane.id, PAPERS)


async def _judged(db: Database, case: Case, judgement: Judgement) -> Decision:
    case = await as_(db, ADA, claim, case.id, version=case.version)
    return await as_(db, ADA, decide, case.id, judgement, version=case.version, key="k1")


async def _counts(db: Database) -> Mapping[Show, int]:
    counted = await as_(db, ADA, cases_counted, Wanted())
    asked = await as_(db, ADA, cases_listed, Wanted(show="asked"))
    assert len(asked) == counted["asked"]
    return counted


async def _organisation(db: Database, id: int) -> Organisation:
    return await db.look(lambda session: session.get_one(Organisation, id))


async def _told(
    db: Database, member: int, kind: NoticeKind = NoticeKind.APPLICATION
) -> list[Notice]:
    every = await rows(db, Notice)
    return [one for one in every if one.member_id == member and one.kind == kind]


async def _enter(db: Database, member: int) -> None:
    await as_(db, member, category_for, OFFICE)


def _verify(tx: Transaction, id: int) -> None:
    until = now(tx) + timedelta(days=1)
    actions.verify(tx, tx.get_one(Organisation, id), 1, "Papers were seen.", until=until)


def _ends_in(tx: Transaction, days: int) -> None:
    tx.get_one(Organisation, DODOL).verified_until = now(tx) + timedelta(days=days)
