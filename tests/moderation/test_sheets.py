"""Announcements, profiles and organisations are reported as posts are, hidden by a decision, and
seen again when it is lifted."""

import pytest
from sqlalchemy import select

from community.audit import AuditEntry
from community.clock import now
from community.database import Transaction
from community.errors import Denied, NotFound
from community.files import FileKind, keep
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import Mandate, MandateRole, Organisation
from community.pictures import Print
from community.profiles import change_profile
from forum.announcements.models import Announcement, Draft
from moderation import actions
from moderation.appeals import appeal
from moderation.decisions.claiming import claim, void
from moderation.decisions.deciding import Judgement, decide
from moderation.decisions.reviewing import rule
from moderation.decisions.seconding import agree
from moderation.measures import Act, MeasureKind, lift
from moderation.models import Case, Decision, Evidence, Ruling, SubjectKind
from moderation.proposals import Proposal
from tests.cast import (
    ADA,
    BO,
    BO_FOR_DODOL,
    CY,
    DEE,
    DEE_FOR_OFFICE,
    DODOL,
    EVA,
    FAY,
    GUS,
    HARBOUR_OFFICE,
)
from tests.conftest import Town
from tests.forum.announcing import publish
from tests.moderation.reporting import HIDE, as_, judge, report, rows, take, the

ANNOUNCEMENT, PROFILE = SubjectKind.ANNOUNCEMENT, SubjectKind.PROFILE
ORGANISATION = SubjectKind.ORGANISATION
RUDE = "Words nobody should read"


async def test_a_profile_is_hidden_and_comes_back_as_it_was(town: Town) -> None:
    await as_(town.db, BO, change_profile, name="Bo", about=RUDE)
    assert (await town.cy.open(f"/members/{BO}")).count(RUDE) == 1
    sent = await town.cy.post(f"/members/{BO}/flags", reason="harassment")
    assert sent.status_code == 303
    assert RUDE in await town.ada.open("/cases/1")
    decision = await judge(town.db, ADA, 1)
    for browser in (town.cy, town.ada, town.visitor):
        assert RUDE not in (await browser.get(f"/members/{BO}")).text
    assert "Moderators have hidden" in await town.bo.open(f"/members/{BO}")
    with pytest.raises(Denied):
        await as_(town.db, BO, change_profile, name="Bo", about="Other words")
    await town.db.act(lambda tx: lift(tx, decision.id, tx.get_one(Member, ADA)))
    bo = await the(town.db, Member, BO)
    assert (bo.about, bo.profile_hidden_at, bo.hidden_about) == (RUDE, None, "")


async def test_a_profile_many_report_is_seen_again_when_the_case_is_put_aside(town: Town) -> None:
    for by in (ADA, CY, GUS):
        case = await report(town.db, BO, by, "harassment", PROFILE)
    assert (await the(town.db, Member, BO)).profile_hidden_at
    await as_(town.db, EVA, void, case, "A joke.", version=await take(town.db, EVA, case))
    assert (await the(town.db, Member, BO)).profile_hidden_at is None


async def test_what_an_office_says_of_itself_is_left_to_people_though_nobody_speaks_for_it(
    town: Town,
) -> None:
    await town.db.act(_nobody_speaks_for, HARBOUR_OFFICE)
    for by in (ADA, CY, GUS):
        await report(town.db, HARBOUR_OFFICE, by, "harassment", ORGANISATION)
    assert (await the(town.db, Organisation, HARBOUR_OFFICE)).words_hidden_at is None


async def test_the_picture_of_a_hidden_profile_is_for_its_owner_and_the_case(town: Town) -> None:
    file = await town.db.act(
        lambda tx: keep(tx, tx.get_one(Member, BO), FileKind.PICTURE,
                        (Print(1, 1, b"large"), Print(1, 1, b"small")), f"member:{BO}")
    )  # fmt: skip
    await judge(town.db, ADA, await report(town.db, BO, kind=PROFILE))
    for browser, status in ((town.ada, 200), (town.bo, 200), (town.cy, 404), (town.visitor, 404)):
        assert (await browser.get(f"/files/{file.id}")).status_code == status
    (evidence,) = await rows(town.db, Evidence)
    assert evidence.attachments[0]["file"] == file.id


async def test_what_an_organisation_says_of_itself_is_hidden(town: Town) -> None:
    def say(tx: Transaction) -> None:
        tx.get_one(Organisation, DODOL).about = RUDE

    await town.db.act(say)
    case = await report(town.db, DODOL, GUS, kind=ORGANISATION)
    await judge(town.db, ADA, case)
    for browser in (town.cy, town.ada, town.visitor):
        assert RUDE not in (await browser.get(f"/organisations/{DODOL}")).text
    assert "have hidden" in await town.bo.open(f"/organisations/{DODOL}")
    statement = (await rows(town.db, Decision))[-1].id
    assert "The same offer" in await town.bo.open(f"/decisions/{statement}")
    assert (await town.cy.get(f"/decisions/{statement}")).status_code == 404


async def test_an_announcement_takes_two_and_is_gone_from_everywhere(town: Town) -> None:
    one = await _announced(town)
    assert RUDE in await town.cy.open("/announcements")
    case = await report(town.db, one, kind=ANNOUNCEMENT)
    proposal = await as_(town.db, EVA, decide, case, HIDE, key="k" * 32,
                         version=await take(town.db, EVA, case))  # fmt: skip
    assert isinstance(proposal, Proposal)
    version = (await the(town.db, Case, case)).version
    await as_(town.db, FAY, agree, case, version=version)
    assert (await the(town.db, Announcement, one)).hidden_at
    for browser in (town.cy, town.gus, town.visitor):
        assert (await browser.get(f"/announcements/{one}")).status_code == 404
        for page in ("/", "/announcements", "/search?q=read", "/organisations/1"):
            assert RUDE not in (await browser.get(page)).text, page
    for browser in (town.dee, town.ada):
        assert "Moderators have hidden this" in await browser.open(f"/announcements/{one}")


@pytest.mark.parametrize(
    ("who", "kind", "what"),
    [(BO, PROFILE, BO), (BO, ORGANISATION, DODOL), (DEE, ANNOUNCEMENT, 1)],
)
async def test_nobody_reports_what_is_their_own(
    town: Town, who: int, kind: SubjectKind, what: int
) -> None:
    await _announced(town)
    with pytest.raises(Denied):
        await as_(town.db, who, actions.flag, kind, what, "spam")


async def test_what_one_does_not_see_one_does_not_report(town: Town) -> None:
    one = await _announced(town, public=False)
    with pytest.raises(NotFound):
        await as_(town.db, ADA, actions.flag, ANNOUNCEMENT, one + 1, "spam")


async def test_its_people_do_not_judge_what_their_organisation_says(town: Town) -> None:
    """M4: who speaks for it is no stranger to it."""
    from community.organisations.granting import give_mandate
    from community.organisations.models import MandateRole

    await town.db.act(
        lambda tx: give_mandate(
            tx, tx.get_one(Member, ADA), tx.get_one(Organisation, DODOL), MandateRole.SPEAKER
        )
    )
    case = await report(town.db, DODOL, GUS, kind=ORGANISATION)
    version = (await the(town.db, Case, case)).version
    with pytest.raises(Denied):
        await as_(town.db, ADA, claim, case, version=version)
    await as_(town.db, EVA, claim, case, version=version)
    assert await rows(town.db, AuditEntry)


async def test_another_look_hides_a_profile_whose_member_was_only_warned(town: Town) -> None:
    await as_(town.db, BO, change_profile, name="Bo", about=RUDE)
    case = await report(town.db, BO, kind=PROFILE)
    warned = await judge(town.db, ADA, case, HIDE._replace(acts=(Act(MeasureKind.WARN),)))
    await as_(town.db, BO, appeal, warned.id, "Hm.")
    version = await take(town.db, EVA, case)
    changed = HIDE._replace(ruling=Ruling.MODIFY)
    await as_(town.db, EVA, rule, case, changed, version=version, key="k1")
    assert (await the(town.db, Member, BO)).profile_hidden_at


async def _announced(town: Town, *, public: bool = True) -> int:
    draft = Draft("Read this", RUDE, public=public)
    return (await as_(town.db, DEE, publish, DEE_FOR_OFFICE, draft, key="a1")).id


def _nobody_speaks_for(tx: Transaction, organisation: int) -> None:
    for mandate in tx.scalars(select(Mandate).where(Mandate.organisation_id == organisation)):
        mandate.ended_at = now(tx)


async def test_who_owns_an_organisation_by_now_asks_for_another_look_at_what_it_says(
    town: Town,
) -> None:
    """Who owned it when it was reported may have left it, or does not mind."""
    await town.db.act(_gus_owns_dodol)
    case = await report(town.db, DODOL, CY, kind=ORGANISATION)
    decision = await judge(town.db, ADA, case, HIDE)
    await town.db.act(_bo_leaves_dodol)
    told = {one.member_id for one in await rows(town.db, Notice) if one.kind == NoticeKind.DECISION}
    assert told == {BO, GUS}
    here = f"/decisions/{decision.id}"
    assert f'action="{here}/appeal"' in await town.gus.open(here)
    sent = await town.gus.post(f"{here}/appeal", words="We make nothing else.")
    assert sent.status_code == 303
    overturned = Judgement(Ruling.OVERTURN, "spam", "They do not.")
    version = await take(town.db, EVA, case)
    await as_(town.db, EVA, rule, case, overturned, version=version, key="k")
    told = {one.member_id for one in await rows(town.db, Notice) if one.kind == NoticeKind.APPEAL}
    assert GUS in told
    with pytest.raises(NotFound):
        await as_(town.db, CY, appeal, decision.id, "Neither mine nor ours.")


def _gus_owns_dodol(tx: Transaction) -> None:
    dodol = tx.get_one(Organisation, DODOL)
    give_mandate(tx, tx.get_one(Member, GUS), dodol, MandateRole.OWNER)


def _bo_leaves_dodol(tx: Transaction) -> None:
    tx.get_one(Mandate, BO_FOR_DODOL).ended_at = now(tx)
