"""What holds until somebody has looked, beside what is hidden: a topic or a thread nobody answers
in, a line above words that are being checked, a profile that stays as it is (M2, M5, M15)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from channels import actions as channels
from channels.models import Channel as Room
from channels.models import ChannelState, Message
from channels.threads import begin
from community import clock
from community.audit import AuditEntry
from community.database import Database
from community.errors import Conflict, Denied
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.outbox import Mail
from community.places import Lens
from community.profiles import change_picture, take_picture_off
from community.restrictions import CHECKING, Restriction
from forum.moving.actions import split
from forum.topics import actions as topics
from forum.topics.models import Post, Topic
from moderation.decisions.claiming import void
from moderation.hiding.interim import end_interim
from moderation.hiding.meanwhile import UNDECIDED_FOR
from moderation.measures import Act, MeasureKind
from moderation.models import Flag, SubjectKind
from moderation.reports import withdraw
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS, MARKET, MOORING, QUAY
from tests.moderation.reporting import (
    HIDE,
    KEEP,
    MESSAGE,
    POST,
    as_,
    judge,
    report,
    rows,
    say,
    start,
    take,
    the,
    write,
)
from web.crossings import NewTopic, change_profile, make_topic, undo_topic

Ahead = Callable[..., None]
MANY = (CY, EVA, GUS)
PRICES, FALSE, FEIGNED = "price_collusion", "hoax", "impersonation_official"


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    return lambda **span: monkeypatch.setattr(clock, "ahead", timedelta(**span))


async def by_many(db: Database, post: int, reason: str, kind: SubjectKind = POST) -> int:
    cases = [await report(db, post, by, reason, kind) for by in MANY]
    return cases[-1]


async def active(db: Database) -> set[tuple[str, str]]:
    every = await rows(db, Restriction)
    return {(one.kind, one.subject) for one in every if one.lifted_at is None}


async def locked(db: Database, topic: int = MOORING) -> bool:
    return (await the(db, Topic, topic)).locked_at is not None


async def line(db: Database, post: int) -> str:
    return (await the(db, Post, post)).label


async def kept(db: Database, who: int = BO) -> bool:
    return (await the(db, Member, who)).profile_kept


async def told(db: Database, kind: NoticeKind) -> list[tuple[int, str]]:
    return [(one.member_id, one.link) for one in await rows(db, Notice) if one.kind == kind]


async def verbs(db: Database, case: int) -> list[str]:
    every = await rows(db, AuditEntry)
    return [one.verb for one in every if one.subject == f"case:{case}"]


async def test_where_many_say_that_prices_are_agreed_on_nobody_answers(db: Database) -> None:
    post = await write(db, body="From Monday nobody sells below 9000")
    for by in MANY[:2]:
        await report(db, post, by, PRICES)
    assert not await locked(db), "not at two"
    case = await report(db, post, MANY[2], PRICES)
    assert await locked(db) and await active(db) == {("locked", f"topic:{MOORING}")}
    (restriction,) = await rows(db, Restriction)
    assert restriction.interim and restriction.case_id == case
    assert restriction.ends_at == restriction.imposed_at + UNDECIDED_FOR
    assert not (await the(db, Post, post)).gone, "everybody reads on"
    assert await told(db, NoticeKind.LOCKED) == [(BO, f"/hidden/{restriction.id}")]
    with pytest.raises(Denied, match="locked"):
        await write(db, CY)
    with pytest.raises(Conflict, match="until the case"):
        await as_(db, ADA, topics.unlock, MOORING)
    await judge(db, ADA, case, KEEP)
    assert not await locked(db) and await write(db, CY)
    assert (await verbs(db, case))[-2:] == ["case.unlocked", "case.decided"]


async def test_a_decision_to_lock_takes_its_place_and_what_a_moderator_locked_stays(
    db: Database,
) -> None:
    locking = HIDE._replace(reason=PRICES, acts=(Act(MeasureKind.LOCK),))
    await judge(db, ADA, await by_many(db, await write(db), PRICES), locking)
    assert await locked(db) and await active(db) == {("locked", f"topic:{MOORING}")}
    theirs = await the(db, Post, await start(db, BO, Lens()))
    await as_(db, ADA, topics.lock, theirs.stream_id)
    await judge(db, ADA, await by_many(db, theirs.id, PRICES), KEEP)
    assert await locked(db, theirs.stream_id)


async def test_a_thread_is_locked_and_a_channel_is_not(db: Database) -> None:
    root = await say(db, CY, "What do you take for rope?")
    thread = (await as_(db, CY, begin, root)).id
    case = await by_many(db, await say(db, BO, "Nine, all of us.", thread), PRICES, MESSAGE)
    assert await active(db) == {("locked", f"channel:{thread}")}
    assert (await the(db, Room, thread)).state == ChannelState.READ_ONLY
    with pytest.raises(Denied):
        await as_(db, DEE, channels.say, thread, "So do I.", key="after")
    await judge(db, ADA, case, KEEP)
    assert (await the(db, Room, thread)).state == ChannelState.OPEN
    other = await say(db, BO, "Nine for rope from Monday.")
    await by_many(db, other, PRICES, MESSAGE)
    assert not await active(db), "what one says in a channel locks it for nobody"


async def test_what_many_call_false_is_read_with_a_line_and_never_hidden(db: Database) -> None:
    post = await write(db)
    await report(db, post, CY, FALSE)
    assert not await line(db, post), "one alone puts nothing above it"
    case = await by_many(db, post, FALSE)
    await report(db, post, DEE, FALSE)
    assert await line(db, post) == CHECKING and not (await the(db, Post, post)).gone
    assert len(await told(db, NoticeKind.LABELLED)) == 1
    labelling = HIDE._replace(reason=FALSE, acts=(Act(MeasureKind.LABEL, words="Not so"),))
    await judge(db, ADA, case, labelling)
    assert await line(db, post) == "Not so"


async def test_a_message_has_the_line_and_loses_it_with_a_case_put_aside(db: Database) -> None:
    message = await say(db)
    case = await by_many(db, message, FALSE, MESSAGE)
    assert (await the(db, Message, message)).label == CHECKING
    await as_(db, ADA, void, case, "Said as a joke.", version=await take(db, ADA, case))
    assert not (await the(db, Message, message)).label and not await active(db)


async def test_who_is_said_to_feign_an_office_keeps_name_and_profile(db: Database) -> None:
    post = await write(db)
    case = await report(db, post, CY, FEIGNED)
    assert await active(db) == {("hidden", f"post:{post}"), ("kept", f"member:{BO}")}
    assert await kept(db) and len(await told(db, NoticeKind.KEPT)) == 1
    bo = await the(db, Member, BO)
    for change in ({"name": "Office of Ports"}, {"about": "I am somebody else"}):
        with pytest.raises(Denied, match="stay as they are"):
            await as_(db, BO, change_profile, **{"name": bo.name, "about": bo.about} | change)
    await as_(db, BO, change_profile, name=bo.name, about=bo.about)
    for change_it in (lambda tx, me: change_picture(tx, me, ()), take_picture_off):
        with pytest.raises(Denied, match="stay as they are"):
            await as_(db, BO, change_it)
    await judge(db, ADA, case, KEEP)
    assert not await kept(db) and not await active(db)
    await as_(db, BO, change_profile, name=bo.name, about="Rope, and nothing but rope")


async def test_a_profile_that_two_cases_keep_is_free_when_both_are_over(db: Database) -> None:
    first, second = await write(db), await write(db)
    one, other = await report(db, first, CY, FEIGNED), await report(db, second, GUS, FEIGNED)
    await judge(db, ADA, one, KEEP)
    assert await kept(db) and ("hidden", f"post:{second}") in await active(db)
    await judge(db, ADA, other, KEEP)
    assert not await kept(db)


async def test_taking_reports_back_ends_what_they_did_and_nothing_else(db: Database) -> None:
    post = await write(db)
    await by_many(db, post, FALSE)
    for by in (ADA, DEE, FAY):
        await report(db, post, by, PRICES)
    assert {kind for kind, _where in await active(db)} == {"labelled", "locked"}
    await _take_back(db, CY)
    assert {kind for kind, _where in await active(db)} == {"locked"} and not await line(db, post)
    await _take_back(db, DEE)
    assert not await active(db) and not await locked(db)


async def test_undecided_it_ends_after_three_days_and_seniors_are_told_once(
    db: Database, ahead: Ahead
) -> None:
    post = await write(db)
    await by_many(db, post, FALSE)
    for by in (ADA, DEE, FAY):
        await report(db, post, by, PRICES)
    ahead(hours=71)
    await db.act(end_interim)
    assert len(await active(db)) == 2
    ahead(hours=73)
    await db.act(end_interim)
    await db.act(end_interim)
    assert not await active(db) and not await locked(db) and not await line(db, post)
    late = [who for who, _link in await told(db, NoticeKind.LATE)]
    assert len(late) == len(set(late))


async def test_what_is_urgent_stays_as_one_and_somebody_is_called_once_more(
    db: Database, ahead: Ahead
) -> None:
    case = await report(db, await write(db), CY, FEIGNED)
    ahead(hours=73)
    await db.act(end_interim)
    assert {kind for kind, _where in await active(db)} == {"hidden", "kept"} and await kept(db)
    assert (await verbs(db, case)).count("case.stays_hidden") == 1
    called = [one for one in await rows(db, Mail) if one.about.get("case") == case]
    assert {one.address.split("@")[0] for one in called} == {"eva", "fay"}


@pytest.mark.parametrize("reason", [PRICES, FALSE, FEIGNED])
async def test_nothing_of_it_happens_to_what_an_office_says(db: Database, reason: str) -> None:
    post = await write(db, DEE)
    await by_many(db, post, reason)
    assert not await rows(db, Restriction)


async def test_a_topic_that_an_office_began_stays_open(db: Database) -> None:
    begun = await the(db, Post, await start(db, DEE, Lens()))
    await by_many(db, await write(db, BO, topic=begun.stream_id), PRICES)
    assert not await rows(db, Restriction)


async def test_a_line_goes_along_with_what_becomes_a_post_and_comes_back(db: Database) -> None:
    message = await say(db)
    case = await by_many(db, message, FALSE, MESSAGE)
    departure = await as_(db, ADA, make_topic, QUAY, [message], NewTopic("Rope", MARKET))
    made = next(one for one in await rows(db, Post) if one.message_id == message)
    assert made.label == CHECKING and await active(db) == {("labelled", f"post:{made.id}")}
    await as_(db, ADA, undo_topic, departure.id)
    assert (await the(db, Message, message)).label == CHECKING
    await judge(db, ADA, case, KEEP)
    assert not (await the(db, Message, message)).label and not await active(db)


async def test_what_was_moved_meanwhile_leaves_its_topic_open_behind_it(db: Database) -> None:
    await write(db, CY)
    post = await write(db)
    case = await by_many(db, post, PRICES)
    moved = await as_(db, ADA, split, MOORING, [post], "Rope", MARKET, reason="Elsewhere")
    assert await locked(db) and not await locked(db, moved.id)
    await judge(db, ADA, case, KEEP)
    assert not await locked(db)


async def _take_back(db: Database, who: int) -> None:
    mine = next(one for one in await rows(db, Flag) if one.member_id == who)
    await as_(db, who, withdraw, mine.id)
