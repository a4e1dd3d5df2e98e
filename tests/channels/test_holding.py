"""The first messages of new members: held, let through or not, and exact all the while."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.util import await_only

from channels.actions import bring_back, edit, withdraw
from channels.attachments import enclose
from channels.hosting import archive
from channels.models import HeldMessage, Message
from channels.queries import unread_messages
from channels.rooms import room_for
from channels.saying import Said
from channels.threads import begin
from community.attachments import Along, Chosen
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound, TooFast
from community.files import File
from community.members.actions import set_muted_until
from community.members.models import Member
from community.notices.models import Notice
from community.pictures import Print
from community.search.models import SearchEntry
from community.site import change_joining
from moderation.before.actions import say
from moderation.decisions.deciding import Judgement, decide
from moderation.decisions.holding import refusal_of, sees_held
from moderation.models import Case, Decision, Ruling, SubjectKind
from moderation.statements import statement_for
from tests.browsing import PATIENCE
from tests.cast import ADA, BO, BO_FOR_DODOL, CABIN, CY, FAY, GUS, QUAY, hold_first
from tests.moderation.reporting import as_, decide_at, judge, rows, take, the

HELD = SubjectKind.HELD
THROUGH = Judgement(Ruling.RELEASE, "held", "")
BACK = Judgement(Ruling.REFUSE, "held", "This is advertising.")


@pytest.fixture
async def new(db: Database) -> None:
    """Bo is new here, and the first two messages of such are held."""
    await db.act(hold_first, 2)


async def bo_says(db: Database, key: str, body: str = "ahoy, @Cy", channel: int = QUAY) -> Said:
    return await as_(db, BO, say, channel, body, key=key)


async def test_what_is_held_has_no_place_and_is_seen_by_nobody_else(
    db: Database, new: None
) -> None:
    held = await bo_says(db, "k1")
    assert (held.seq, held.rev, held.held) == (0, 0, 1)
    assert await bo_says(db, "k1") == held
    with pytest.raises(Conflict):
        await bo_says(db, "k1", "other words")

    def look(tx: Transaction) -> None:
        bo, cy = tx.get_one(Member, BO), tx.get_one(Member, CY)
        assert not tx.scalars(select(Message)).all() and not tx.scalars(select(Notice)).all()
        assert not tx.scalars(select(SearchEntry).where(SearchEntry.kind == "message")).all()
        assert [one.body for one in room_for(tx, bo, QUAY).held] == ["ahoy, @Cy"]
        assert not room_for(tx, cy, QUAY).held
        assert tx.scalars(unread_messages(cy)).one() == 0
        assert room_for(tx, cy, QUAY).channel.rev == 0

    await db.act(look)
    assert len(await rows(db, Case)) == 1


async def test_let_through_its_words_are_kept_by_the_message_alone(db: Database, new: None) -> None:
    await bo_says(db, "k1")
    await judge(db, ADA, 1, THROUGH)
    held = await the(db, HeldMessage, 1)
    assert (held.state, held.body, held.html, held.attachments) == ("released", "", "", [])
    assert (await bo_says(db, "k1")).seq == 1


async def test_let_through_it_is_said_with_its_key_and_has_its_place_then(
    db: Database, new: None
) -> None:
    await bo_says(db, "k1")
    other = await as_(db, CY, say, QUAY, "meanwhile", key="c")
    await judge(db, ADA, 1, THROUGH)
    again = await bo_says(db, "k1")
    assert (other.seq, again.seq, again.rev, again.held) == (1, 2, 2, 0)
    assert await bo_says(db, "k1") == again

    def look(tx: Transaction) -> None:
        told = tx.execute(select(Notice.member_id, Notice.kind, Notice.seq)).all()
        assert [tuple(one) for one in told] == [(CY, "mention", 2)]
        assert not room_for(tx, tx.get_one(Member, BO), QUAY).held

    await db.act(look)
    await bo_says(db, "k2")
    await judge(db, ADA, 2, THROUGH)
    assert not (await the(db, Member, BO)).observed
    assert (await bo_says(db, "k3")).seq == 4


async def test_what_was_let_through_stays_as_it_was_while_the_next_is_looked_at(
    db: Database, new: None
) -> None:
    for n in (1, 2):
        await bo_says(db, f"k{n}")
    await judge(db, ADA, 1, THROUGH)
    with pytest.raises(Denied, match="withdraw it"):
        await as_(db, BO, edit, 1, "Buy my rope")
    await as_(db, BO, withdraw, 1)
    await as_(db, BO, bring_back, 1)
    await judge(db, ADA, 2, THROUGH)
    await as_(db, BO, edit, 1, "ahoy")
    assert (await the(db, Message, 1)).body == "ahoy"


async def test_refused_its_author_reads_why_and_a_resend_is_told_so(
    db: Database, new: None
) -> None:
    await bo_says(db, "k1")
    with pytest.raises(Invalid, match="what you found"):
        await judge(db, ADA, 1, BACK._replace(facts=""))
    version = (await the(db, Case, 1)).version
    decision = await decide_at(db, ADA, 1, version, judgement=BACK)
    for _twice in range(2):
        with pytest.raises(Denied, match="did not let it through"):
            await bo_says(db, "k1")

    def look(tx: Transaction) -> None:
        bo, cy = tx.get_one(Member, BO), tx.get_one(Member, CY)
        (held,) = room_for(tx, bo, QUAY).held
        assert held.state == "refused" and refusal_of(tx, bo, HELD, held.id) == decision.id
        for other in (cy, tx.get_one(Member, GUS)):
            with pytest.raises(NotFound):
                refusal_of(tx, other, HELD, held.id)
        assert statement_for(tx, bo, decision.id).decision.facts == "This is advertising."
        told = tx.execute(select(Notice.member_id, Notice.kind, Notice.link)).all()
        assert [tuple(one) for one in told] == [(BO, "decision", f"/decisions/{decision.id}")]
        assert not tx.scalars(select(Message)).all()

    await db.act(look)
    assert (await the(db, Member, BO)).observed


@pytest.mark.parametrize("ended", ["muted", "archived", "mandate"])
async def test_nothing_is_said_in_the_name_of_who_may_not_say_it(
    db: Database, new: None, ended: str
) -> None:
    mandate = BO_FOR_DODOL if ended == "mandate" else None
    await as_(db, BO, say, QUAY, "ahoy", key="k1", mandate_id=mandate)

    def end(tx: Transaction) -> None:
        match ended:
            case "muted":
                set_muted_until(tx, tx.get_one(Member, BO), now(tx))
            case "archived":
                archive(tx, tx.get_one(Member, FAY), QUAY)
            case "mandate":
                tx.execute(text("UPDATE mandates SET ended_at = granted_at WHERE id = 1"))

    await db.act(end)
    with pytest.raises(Denied):
        await judge(db, ADA, 1, THROUGH)
    assert not await rows(db, Message) and not await rows(db, Decision)


async def test_nobody_holds_what_was_said_in_private_or_more_than_somebody_looks_at(
    db: Database, new: None
) -> None:
    assert (await bo_says(db, "p", channel=CABIN)).seq == 1
    for n in range(10):
        assert (await bo_says(db, f"k{n}")).held
    with pytest.raises(TooFast):
        await bo_says(db, "k10")
    await db.act(_hold_nothing)
    assert (await bo_says(db, "k11")).seq == 1
    assert (await bo_says(db, "k1")).held  # it waits still
    await judge(db, ADA, 2, THROUGH)
    assert (await bo_says(db, "k1")).seq == 2


async def test_a_pass_without_new_members_asks_nothing_more(db: Database, new: None) -> None:
    asked: list[str] = []

    def story(tx: Transaction) -> None:
        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        connection = tx.connection()
        event.listen(connection, "before_cursor_execute", note)
        say(tx, tx.get_one(Member, CY), QUAY, "ahoy", key="c1")
        event.remove(connection, "before_cursor_execute", note)

    await db.act(story)
    assert asked and not any("held_messages" in one or "held_first" in one for one in asked)


def _hold_nothing(tx: Transaction) -> None:
    change_joining(tx, tx.get_one(Member, FAY), guardian_consent=False, approval=False)


async def test_files_wait_with_it_and_hang_at_the_message_then(db: Database, new: None) -> None:
    def enclosed(tx: Transaction, bo: Member) -> str:
        prints = [Print(1, 1, b"webp")] * 2
        return enclose(tx, bo, QUAY, "k1", [prints], [])[0]["file"]

    file = await as_(db, BO, enclosed)
    along = Along(files=(Chosen(file, "a rope"),))
    await as_(db, BO, say, QUAY, "", key="k1", along=along)
    assert [one.belongs_to for one in await rows(db, File)] == ["held:1"]
    for who, sees in ((BO, True), (ADA, True), (CY, False)):
        assert await as_(db, who, lambda tx, member: sees_held(tx, member, HELD, 1)) is sees
    await judge(db, ADA, 1, THROUGH)
    (message,) = await rows(db, Message)
    assert [one.belongs_to for one in await rows(db, File)] == [f"message:{message.id}"]
    assert [one.get("words") for one in message.attachments] == ["a rope"]
    assert (await as_(db, BO, say, QUAY, "", key="k1", along=along)).seq == 1


@pytest.mark.parametrize("setup", [pytest.param("scaled out", marks=pytest.mark.scaled_out)])
async def test_who_decides_about_what_waits_beside_a_channel_is_in_nobodys_way(
    db: Database, new: None
) -> None:
    """Both hold the channel before the queue; on SQLite nobody comes between."""
    await as_(db, CY, say, QUAY, "who has rope?", key="c")
    thread = (await as_(db, CY, begin, 1)).id
    held = (await bo_says(db, "k1", "I have", thread)).held
    await db.act(lambda tx: setattr(tx.get_one(Member, GUS), "observed", True))
    version = await take(db, ADA, 1)
    runs: list[int] = []
    locked = asyncio.Event()

    def decides(tx: Transaction) -> None:
        runs.append(ADA)
        case = tx.get_one(Case, 1)
        tx.lock(case.author, *tx.get_one(HeldMessage, held).chain, *case.chain)
        locked.set()
        await_only(somebody_waits(db))
        decide(tx, tx.get_one(Member, ADA), 1, THROUGH, version=version, key="d")

    def speaks(tx: Transaction) -> None:
        runs.append(GUS)
        say(tx, tx.get_one(Member, GUS), QUAY, "ahoy", key="k1")

    async def spoken() -> None:
        await locked.wait()
        await db.act(speaks)

    await asyncio.gather(db.act(decides), spoken())
    assert runs == [ADA, GUS]


async def somebody_waits(db: Database) -> None:
    """For a lock."""
    waiting = text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                   " AND datname = current_database()")  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        while not await db.look(lambda session: session.execute(waiting).first()):
            await asyncio.sleep(0.01)
