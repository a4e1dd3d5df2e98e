"""What many report is hidden until somebody has looked: never for good, never for offices, and not
while new accounts come running (M2, M5, M15)."""

import pytest

from community import clock
from community.audit import AuditEntry
from community.database import Database, Transaction
from community.errors import Denied
from community.members.models import Member, SignIn, Trust
from community.notices.models import Notice, NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import MandateRole, Organisation
from community.outbox import Mail
from community.restrictions import Restriction
from forum.topics.models import Post
from moderation.actions import flag
from moderation.decisions.claiming import escalate_late, void
from moderation.hiding.interim import end_interim, end_rushes
from moderation.hiding.meanwhile import UNDECIDED_FOR
from moderation.hiding.thresholds import Bounds, change_bounds
from moderation.measures import lift_ended
from moderation.models import Case, Flag, Source, State
from moderation.reports import withdraw
from tests.cast import ADA, BO, CY, DEE, DODOL, EVA, FAY, GUS
from tests.moderation.reporting import (
    HIDE,
    KEEP,
    MESSAGE,
    POST,
    Ahead,
    as_,
    judge,
    report,
    rows,
    say,
    take,
    the,
    write,
)

MANY = (CY, EVA, GUS)


async def hidden_by_many(db: Database, reason: str = "harassment") -> tuple[int, int]:
    post = await write(db)
    return post, await reported_by(db, post, MANY, reason)


async def reported_by(
    db: Database, post: int, reporters: tuple[int, ...], reason: str = "harassment"
) -> int:
    cases = [await report(db, post, by, reason) for by in reporters]
    return cases[-1]


async def gone(db: Database, post: int) -> str:
    return (await the(db, Post, post)).gone


async def verbs(db: Database, case: int) -> list[str]:
    every = await rows(db, AuditEntry)
    return [one.verb for one in every if one.subject == f"case:{case}"]


async def test_three_who_are_known_well_hide_it_until_somebody_has_looked(db: Database) -> None:
    post = await write(db)
    await reported_by(db, post, MANY[:2])
    assert await gone(db, post) == ""
    case = await report(db, post, MANY[2], "harassment")
    assert await gone(db, post) == "checked"
    (restriction,) = await rows(db, Restriction)
    assert (restriction.interim, restriction.decision_id, restriction.case_id) == (True, 0, case)
    assert restriction.ends_at == restriction.imposed_at + UNDECIDED_FOR
    (told,) = [one for one in await rows(db, Notice) if one.kind == NoticeKind.HIDDEN]
    assert (told.member_id, told.link) == (BO, f"/hidden/{restriction.id}")
    assert (await the(db, Case, case)).state == State.OPEN, "nothing automatic is final"


async def test_a_message_is_hidden_the_same_way(db: Database) -> None:
    message = await say(db)
    for by in (ADA, CY, GUS):
        await report(db, message, by, "scam_fraud", MESSAGE)
    (restriction,) = await rows(db, Restriction)
    assert restriction.subject == f"message:{message}" and restriction.interim


@pytest.mark.parametrize("reason", ["off_topic", "hoax", "illegal_goods", "price_collusion"])
async def test_for_other_reasons_nothing_hides_by_itself(db: Database, reason: str) -> None:
    post, _case = await hidden_by_many(db, reason)
    assert await gone(db, post) == ""


async def test_spam_hides_by_itself_only_where_its_author_is_new(db: Database) -> None:
    post, _case = await hidden_by_many(db, "spam")
    assert await gone(db, post) == ""
    await db.act(_known, BO, Trust.NEW)
    other, _case = await hidden_by_many(db, "spam")
    assert await gone(db, other) == "checked"


@pytest.mark.parametrize("reason", ["csam", "terror", "doxxing", "impersonation_official"])
async def test_what_must_not_stand_is_hidden_at_one_report(db: Database, reason: str) -> None:
    post = await write(db)
    await report(db, post, CY, reason)
    assert await gone(db, post) == "checked"


async def test_but_not_at_one_of_somebody_new(db: Database) -> None:
    await db.act(_known, CY, Trust.NEW)
    post = await write(db)
    await report(db, post, CY, "csam")
    assert await gone(db, post) == ""
    await report(db, post, GUS, "csam")
    assert await gone(db, post) == "checked"


async def test_what_an_official_says_is_left_to_people(db: Database) -> None:
    post = await write(db, DEE)
    await reported_by(db, post, (CY, EVA, GUS, BO), "csam")
    assert await gone(db, post) == "" and not await rows(db, Restriction)


async def test_three_of_one_organisation_are_one(db: Database) -> None:
    await db.act(_join_dodol, CY, GUS)
    post = await write(db, ADA)
    await reported_by(db, post, (BO, CY, GUS))
    assert await gone(db, post) == ""
    assert (await rows(db, Case))[0].score == 6, "it is the score that many would hide at"
    await reported_by(db, post, (DEE, EVA))
    assert await gone(db, post) == "checked"


async def test_three_from_one_browser_at_one_place_are_one(db: Database) -> None:
    await db.act(_come_from, "203.0.113.9", CY, GUS, EVA)
    post, _case = await hidden_by_many(db)
    assert await gone(db, post) == ""
    await report(db, post, DEE, "harassment")
    await report(db, post, FAY, "harassment")
    assert await gone(db, post) == "checked"


async def test_keeping_shows_it_again_and_acting_replaces_it(db: Database) -> None:
    for judgement, shown, verb in ((KEEP, "", "case.shown"), (HIDE, "hidden", "case.replaced")):
        post, case = await hidden_by_many(db)
        await judge(db, ADA, case, judgement)
        assert await gone(db, post) == shown
        (interim,) = [one for one in await rows(db, Restriction)
                      if one.interim and one.case_id == case]  # fmt: skip
        assert interim.lifted_at and interim.lifted_by_id == ADA
        assert verb in await verbs(db, case)


async def test_a_case_put_aside_shows_it_again(db: Database) -> None:
    post, case = await hidden_by_many(db)
    await as_(db, ADA, void, case, "Said as a joke.", version=await take(db, ADA, case))
    assert await gone(db, post) == ""


async def test_taken_back_reports_hide_nothing_and_count_no_more(db: Database) -> None:
    post, case = await hidden_by_many(db)
    mine = next(one for one in await rows(db, Flag) if one.member_id == CY)
    await as_(db, CY, withdraw, mine.id)
    assert await gone(db, post) == ""
    found = await the(db, Case, case)
    assert (found.score, found.flags) == (5, 2)
    await as_(db, CY, flag, POST, post, "harassment")
    assert (await the(db, Case, case)).score == 7
    assert len(await rows(db, Flag)) == 4
    assert await gone(db, post) == "", "once for a case: what was shown again, people decide"
    await judge(db, ADA, case, KEEP)


async def test_undecided_it_is_shown_after_three_days_and_seniors_are_told(
    db: Database, ahead: Ahead
) -> None:
    post, case = await hidden_by_many(db)
    ahead(hours=71)
    await db.act(end_interim)
    await db.act(lift_ended)
    assert await gone(db, post) == "checked"
    ahead(hours=73)
    await db.act(lift_ended)
    assert await gone(db, post) == "checked", "it is another chore that ends those"
    await db.act(end_interim)
    await db.act(end_interim)
    assert await gone(db, post) == ""
    told = [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.LATE]
    assert told == [FAY], "Eva has reported it herself"
    assert (await verbs(db, case))[-1] == "case.shown"


async def test_what_is_urgent_stays_and_somebody_is_called_again(
    db: Database, ahead: Ahead
) -> None:
    post = await write(db)
    case = await report(db, post, CY, "doxxing")
    ahead(hours=73)
    await db.act(end_interim)
    assert await gone(db, post) == "checked"
    assert "case.stays_hidden" in await verbs(db, case)
    called = [one for one in await rows(db, Mail) if one.about.get("case") == case]
    assert {one.address.split("@")[0] for one in called} == {"eva", "fay"}
    (restriction,) = await rows(db, Restriction)
    assert restriction.ends_at and restriction.ends_at > restriction.imposed_at + UNDECIDED_FOR


async def test_new_accounts_that_come_running_hide_nothing_and_moderators_are_told(
    db: Database, ahead: Ahead
) -> None:
    """A rush is told once. What others say of the same does what it does when it is over; what the
    new accounts said does nothing."""
    await db.act(_join, 6)
    post = await write(db)
    for newcomer in range(8, 13):
        case = await report(db, post, newcomer, "harassment")
    (told,) = [one for one in await rows(db, Flag) if one.source == Source.SYSTEM]
    assert (told.reason_code, told.weight) == ("manipulation", 0)
    assert await report(db, post, 13, "harassment") == case
    for by in (ADA, EVA, FAY):
        await report(db, post, by, "csam")
    ahead(minutes=9)
    await db.act(end_rushes)
    assert await gone(db, post) == ""
    found = await the(db, Case, case)
    assert (found.flags, len(await rows(db, Flag))) == (9, 10)
    ahead(minutes=11)
    await db.act(end_rushes)
    assert await gone(db, post) == "checked" and not (await the(db, Case, case)).rushed_until


async def test_after_a_rush_known_people_are_heard_and_new_accounts_are_not(
    db: Database, ahead: Ahead
) -> None:
    await db.act(_join, 9)
    post = await write(db)
    for newcomer in range(8, 17):  # who weigh enough, and share nothing
        case = await report(db, post, newcomer, "harassment")
    assert (await the(db, Case, case)).rushed_until
    ahead(minutes=11)
    await db.act(end_rushes)
    await reported_by(db, post, (ADA, EVA))
    assert await gone(db, post) == "", "two, whatever the nine weigh"
    await report(db, post, FAY, "harassment")
    assert await gone(db, post) == "checked"


async def test_a_report_nobody_holds_goes_to_the_seniors_before_its_time_is_over(
    db: Database, ahead: Ahead
) -> None:
    held = await report(db, await write(db))
    waits = await report(db, await write(db))
    ahead(hours=17)
    await db.act(escalate_late)
    assert (await the(db, Case, waits)).state == State.OPEN
    ahead(hours=18, minutes=1)
    await take(db, ADA, held)
    await db.act(escalate_late)
    await db.act(escalate_late)
    assert (await the(db, Case, waits)).state == State.ESCALATED
    assert (await the(db, Case, held)).state == State.CLAIMED
    told = [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.LATE]
    assert told == [EVA, FAY]


async def test_what_is_urgent_calls_somebody_when_its_time_runs_out(
    db: Database, ahead: Ahead
) -> None:
    case = await report(db, await write(db), reason="illegal_goods")
    ahead(hours=18, minutes=1)
    await db.act(escalate_late)
    called = [one.address for one in await rows(db, Mail) if one.about.get("case") == case]
    assert {one.split("@")[0] for one in called} == {"eva", "fay"}


async def test_administrators_set_from_when_on(db: Database) -> None:
    await as_(db, FAY, change_bounds, Bounds(hide_at=3, reporters=2))
    post = await write(db)
    await reported_by(db, post, (CY, GUS))
    assert await gone(db, post) == "checked"
    with pytest.raises(Denied):
        await as_(db, EVA, change_bounds, Bounds())


def _known(tx: Transaction, who: int, trust: Trust) -> None:
    tx.get_one(Member, who).trust = trust


def _join_dodol(tx: Transaction, *who: int) -> None:
    for one in who:
        dodol = tx.get_one(Organisation, DODOL)
        give_mandate(tx, tx.get_one(Member, one), dodol, MandateRole.SPEAKER)
    tx.flush()


def _come_from(tx: Transaction, network: str, *who: int) -> None:
    at = clock.now(tx)
    tx.add_all(
        SignIn(token_hash=f"t{one}", member_id=one, device="A browser", network=network,
               began_at=at, seen_at=at)
        for one in who
    )  # fmt: skip


def _join(tx: Transaction, many: int) -> None:
    at = clock.now(tx)
    tx.add_all(
        Member(id=8 + n, name=f"New {n}", email=f"new{n}@harbour.test", password_hash="",
               joined_at=at, trust=Trust.NEW)
        for n in range(many)
    )  # fmt: skip
    tx.flush()
