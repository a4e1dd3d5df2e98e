import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from channels.models import Message
from community import clock
from community.audit import AuditEntry
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.letters import MailKind
from community.members.actions import appoint_at_first
from community.members.models import Appointment, Member, Role
from community.notices.models import Notice, NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import MandateRole, Organisation
from community.outbox import Mail
from community.places import Lens
from community.restrictions import Restriction
from forum.topics.models import Post
from moderation.decisions.claiming import claim, release, release_claims, renew, take_over
from moderation.decisions.deciding import Judgement
from moderation.models import Case, Decision, State
from moderation.queue.filtering import Wanted
from moderation.queue.listing import queue_page
from moderation.reasons import CLOSED
from tests.cast import ADA, BO, CABIN, CY, DEE, DODOL, EVA, FAY, GUS, LEDGER
from tests.moderation.reporting import (
    DAYS,
    HIDE,
    KEEP,
    MESSAGE,
    MUTE,
    SUSPEND,
    answered,
    as_,
    decide_at,
    judge,
    mute,
    report,
    reported,
    rows,
    say,
    start,
    suspend,
    take,
    the,
    write,
)


async def test_hiding_takes_the_words_away_and_tells_everybody_concerned(db: Database) -> None:
    post, case = await reported(db, by=CY)
    decision = await judge(db, ADA, case)

    assert (await the(db, Post, post)).gone == "hidden"
    (restriction,) = await rows(db, Restriction)
    assert (restriction.subject, restriction.case_id) == (f"post:{post}", case)
    told = {notice.member_id: notice for notice in await _told(db)}
    assert told.keys() == {BO, CY}
    assert (told[BO].kind, told[CY].kind) == (NoticeKind.DECISION, NoticeKind.REPORT)
    assert told[BO].link == f"/decisions/{decision.id}"
    assert (decision.role, decision.automated) == (Role.MODERATOR, False)


async def test_keeping_changes_nothing_one_can_see(db: Database) -> None:
    post, case = await reported(db)
    rev = (await the(db, Post, post)).rev
    await judge(db, ADA, case, KEEP)
    kept = await the(db, Post, post)
    assert (kept.rev, kept.gone) == (rev, "")
    assert (await the(db, Case, case)).state == State.DECIDED


async def test_a_message_is_hidden_like_a_post(db: Database) -> None:
    message = await say(db)
    await judge(db, ADA, await report(db, message, kind=MESSAGE))
    assert (await the(db, Message, message)).gone == "hidden"


async def test_who_holds_a_case_decides_it(db: Database) -> None:
    _, case = await reported(db)
    with pytest.raises(Denied, match="Claim the case first"):
        await decide_at(db, ADA, case, 1)
    version = await take(db, ADA, case)
    with pytest.raises(Denied, match="has claimed"):
        await decide_at(db, EVA, case, version)
    await decide_at(db, ADA, case, version)


async def test_a_stale_version_is_told_who_was_first(db: Database) -> None:
    _, case = await reported(db)
    version = await take(db, ADA, case)
    with pytest.raises(Conflict, match="has claimed") as told:
        await decide_at(db, EVA, case, version - 1)
    assert told.value.values["name"] == "Ada"
    await decide_at(db, ADA, case, version)
    with pytest.raises(Conflict, match="it breaks the rules") as told:
        await decide_at(db, ADA, case, version)
    assert told.value.values["name"] == "Ada" and told.value.values["at"]


async def test_the_same_key_is_the_same_decision(db: Database) -> None:
    _, case = await reported(db)
    version = await take(db, ADA, case)
    first = await decide_at(db, ADA, case, version, key="k1")
    assert (await decide_at(db, ADA, case, version, key="k1")).id == first.id
    with pytest.raises(Conflict, match="something else"):
        await decide_at(db, ADA, case, version, key="k1", judgement=KEEP)
    assert len(await rows(db, Decision)) == 1 == len(await rows(db, Restriction))


async def test_fifty_deciders_make_one_decision(db: Database) -> None:
    _, case = await reported(db)
    version = await take(db, ADA, case)
    deciders = [ADA] * 48 + [EVA, FAY]
    answers = await asyncio.gather(
        *(answered(decide_at, db, who, case, version, key=uuid4().hex) for who in deciders)
    )
    refused = [answer for answer in answers if not isinstance(answer, Decision)]
    assert len(refused) == 49
    assert all(isinstance(answer, Conflict | Denied) for answer in refused), refused
    assert len(await rows(db, Decision)) == 1 == len(await rows(db, Restriction))
    assert len(await _told(db)) == 2


async def test_one_key_sent_twenty_times_is_answered_alike(db: Database) -> None:
    _, case = await reported(db)
    version = await take(db, ADA, case)
    answers = await asyncio.gather(
        *(decide_at(db, ADA, case, version, key="k1") for _ in range(20))
    )
    assert len({answer.id for answer in answers}) == 1


async def test_nobody_decides_about_themselves_their_report_or_their_organisation(
    db: Database,
) -> None:
    def join_dodol(tx: Transaction) -> None:
        dodol = tx.get_one(Organisation, DODOL)
        give_mandate(tx, tx.get_one(Member, ADA), dodol, MandateRole.SPEAKER)

    own = await report(db, await write(db, ADA))
    mine = await report(db, await write(db, CY), by=ADA)
    theirs = await report(db, await write(db, BO))
    await db.act(join_dodol)
    for case, why in ((own, "own words"), (mine, "this yourself"), (theirs, "same organisation")):
        with pytest.raises(Denied, match=why):
            await take(db, ADA, case)
        assert await take(db, EVA, case)


async def test_officials_never_moderate(db: Database) -> None:
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, DEE), Role.MODERATOR))
    _, case = await reported(db)
    with pytest.raises(Denied, match="government office"):
        await take(db, DEE, case)


async def test_the_gravest_cases_are_for_seniors(db: Database) -> None:
    case = await report(db, await write(db), reason="terror")
    with pytest.raises(Denied, match="senior moderators"):
        await take(db, ADA, case)
    assert await take(db, EVA, case)


async def test_mod_cannot_act_where_cannot_read(db: Database) -> None:
    ledger = await report(db, await write(db, DEE, "Ink", LEDGER), by=FAY)
    cabin = await report(db, await say(db, BO, "Ssh", CABIN), by=ADA, kind=MESSAGE)
    assert await _queue(db, ADA) == [cabin]
    assert await _queue(db, EVA) == []
    assert await _queue(db, FAY) == [ledger]
    for moderator, case in ((ADA, ledger), (EVA, cabin)):
        with pytest.raises(NotFound):
            await as_(db, moderator, claim, case, version=1)


async def test_a_moderator_sees_the_cases_of_their_region_and_cluster(db: Database) -> None:
    garut = await report(db, await start(db, BO, Lens("32.05", "food")))
    await report(db, await start(db, BO, Lens("32.06", "food")))
    await report(db, await start(db, BO, Lens("32.05", "crafts")))
    await reported(db)
    scoped = update(Appointment).where(Appointment.member_id == ADA)
    await db.act(lambda tx: tx.execute(scoped.values(region="32.05", cluster="food")))

    assert await _queue(db, ADA) == [garut]
    assert len(await _queue(db, EVA)) == 4
    assert len(await _queue(db, EVA, Wanted(lens=Lens(cluster="food")))) == 2


async def test_a_claim_lapses_unless_it_is_renewed(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, case = await reported(db)
    await take(db, ADA, case)
    monkeypatch.setattr(clock, "ahead", timedelta(minutes=10))
    await as_(db, ADA, renew, case)
    monkeypatch.setattr(clock, "ahead", timedelta(minutes=20))
    await db.act(release_claims)
    assert (await the(db, Case, case)).state == State.CLAIMED
    monkeypatch.setattr(clock, "ahead", timedelta(minutes=30))
    await db.act(release_claims)
    lapsed = await the(db, Case, case)
    assert (lapsed.state, lapsed.claimed_by_id) == (State.OPEN, None)
    assert await take(db, EVA, case)


async def test_seniors_take_over_and_holders_let_go(db: Database) -> None:
    _, case = await reported(db)
    version = await take(db, EVA, case)
    with pytest.raises(Denied, match="Only senior"):
        await as_(db, ADA, take_over, case, version=version)
    taken = await as_(db, FAY, take_over, case, version=version)
    with pytest.raises(Conflict, match="has claimed"):
        await decide_at(db, EVA, case, version)
    await as_(db, FAY, release, case, version=taken.version)
    assert (await the(db, Case, case)).state == State.OPEN


@pytest.mark.parametrize(
    "judgement",
    [
        HIDE._replace(facts="  "),
        HIDE._replace(reason="other"),
        mute(0),
        mute(366),
        suspend(366),
    ],
)
async def test_a_statement_is_complete_or_nothing_happens(
    db: Database, judgement: Judgement
) -> None:
    _, case = await reported(db)
    version = await take(db, EVA, case)
    with pytest.raises(Invalid):
        await decide_at(db, EVA, case, version, judgement=judgement)
    assert not await rows(db, Decision) and not await rows(db, Restriction)


async def test_what_only_time_decides_is_no_moderators_reason(db: Database) -> None:
    _, case = await reported(db)
    version = await take(db, EVA, case)
    with pytest.raises(Denied, match="for that reason"):
        await decide_at(db, EVA, case, version, judgement=HIDE._replace(reason=CLOSED))


async def test_nobody_mutes_their_equals(db: Database) -> None:
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, GUS), Role.MODERATOR))
    case = await report(db, await write(db, GUS))
    version = await take(db, ADA, case)
    with pytest.raises(Denied, match="same or a higher role"):
        await decide_at(db, ADA, case, version, judgement=MUTE)


async def test_seniors_suspend_with_one_statement_one_letter_and_two_rows(db: Database) -> None:
    _, case = await reported(db)
    version = await take(db, ADA, case)
    with pytest.raises(Denied, match="Only senior moderators"):
        await decide_at(db, ADA, case, version, judgement=SUSPEND)
    await as_(db, ADA, release, case, version=version)
    decision = await judge(db, EVA, case, SUSPEND)
    until = decision.decided_at + timedelta(days=DAYS)
    assert (await the(db, Member, BO)).suspended_until == until
    imposed = await rows(db, Restriction)
    assert [one.kind for one in imposed] == ["hidden", "suspended"]
    letters = await rows(db, Mail)
    assert [(one.kind, one.member_id) for one in letters] == [(MailKind.SUSPENDED, BO)]
    told = [one for one in await rows(db, Notice) if one.kind == NoticeKind.SUSPENSION]
    assert [(one.member_id, one.mail_at) for one in told] == [(BO, None)]
    done = [one for one in await rows(db, AuditEntry) if one.subject == f"member:{BO}"]
    assert [(one.verb, one.actor_id) for one in done] == [("member.suspended", EVA)]


async def _queue(db: Database, moderator: int, wanted: Wanted | None = None) -> list[int]:
    listed = await db.look(
        lambda s: queue_page(s, s.get_one(Member, moderator), wanted or Wanted())
    )
    return [row.case.id for row in listed.rows]


async def _told(db: Database) -> list[Notice]:
    """What moderation had to tell, leaving out what the forum did."""
    ours = {NoticeKind.DECISION, NoticeKind.REPORT}
    return [notice for notice in await rows(db, Notice) if notice.kind in ours]
