"""What the database counts is what one would count by hand."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from community import clock
from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied
from community.members.actions import appoint_at_first
from community.members.models import Member, Role, Scope
from community.places import Lens
from moderation.models import Case, Decision, Evidence, Queue, Ruling, State, SubjectKind
from moderation.reasons import reason_for
from moderation.records.numbers import Numbers, Spread, numbers
from tests.cast import ADA, BO, CY, EVA, FAY
from tests.conftest import Town
from tests.moderation.reporting import HIDE, KEEP, judge, report, reported, rows, start, write

WIB = ZoneInfo("Asia/Jakarta")
REASONS = ("csam", "doxxing", "hoax", "spam", "off_topic")  # one of each priority
MANY, DAYS = 60, 30
A_DAY = 24 * 3600  # seconds


async def of(db: Database, who: int = FAY, days: int = DAYS) -> Numbers:
    return await db.look(lambda session: numbers(session, session.get_one(Member, who), days))


async def lived(db: Database) -> None:
    """Cases of forty days, three quarters of them decided and one in six of those changed later."""
    post = await write(db)
    await db.act(lambda tx: tx.add_all(_life(tx, Random(7763), post)))


def _life(tx: Transaction, chance: Random, post: int) -> Iterator[object]:
    queue, at = tx.get_one(Queue, 1), now(tx).replace(microsecond=0)
    for n in range(1, MANY + 1):
        reason = reason_for(tx, chance.choice(REASONS))
        opened = at - timedelta(seconds=chance.randrange(40 * A_DAY))
        took = timedelta(seconds=2 * int(2 * A_DAY * chance.random() ** 3))
        closed = min(opened + took, at) if n % 4 else None
        case = Case(
            queue=queue, seq=n, rev=n, reason=reason, author_id=BO,
            subject_kind=SubjectKind.POST, subject_id=post if closed else 1_000 + n,
            state=State.DECIDED if closed else State.OPEN, priority=reason.priority,
            opened_at=opened, due_at=opened + reason.deadline, closed_at=closed, decided_at=closed,
            first_action_at=opened + (closed - opened) / 2 if closed else None,
        )  # fmt: skip
        tx.add(case)
        tx.flush()
        if closed:
            yield from _decided(tx, case, closed, chance)


def _decided(tx: Transaction, case: Case, at: datetime, chance: Random) -> Iterator[object]:
    evidence = Evidence(
        case_id=case.id, taken_at=at, entry_rev=1, hash="", body="", html="", versions=[],
        author="", organisation="", place="", link="", written_at=at,
    )  # fmt: skip
    made = {"case": case, "evidence": evidence, "role": "", "facts": "", "ground": "",
            "reason_code": case.reason.code, "fingerprint": ""}  # fmt: skip
    by = chance.choice((ADA, EVA, FAY))
    first = Decision(**made, version=1, key=f"{case.id}", moderator_id=by, ruling=Ruling.KEEP,
                     decided_at=at)  # fmt: skip
    tx.add(first)
    tx.flush()
    if chance.randrange(6) == 0:
        yield Decision(**made, version=2, key=f"{case.id}-2", moderator_id=EVA, ruling="overturn",
                       decided_at=at, answers_id=first.id)  # fmt: skip


class Past(NamedTuple):
    priority: int
    opened: datetime
    first: datetime
    closed: datetime
    due: datetime


async def past(db: Database) -> list[Past]:
    """What is decided."""
    return [
        Past(one.priority, one.opened_at, one.first_action_at, one.closed_at, one.due_at)
        for one in await rows(db, Case)
        if one.closed_at and one.first_action_at
    ]


async def test_all_is_what_one_counts_by_hand(db: Database) -> None:
    await lived(db)
    found, cases = await of(db), await past(db)
    begins = found.flow[0].day
    opened = Counter(_day(one.opened) for one in cases)
    closed = Counter(_day(one.closed) for one in cases)
    assert len(found.flow) == DAYS and found.flow[-1].day == _day(await db.look(now))
    assert [(one.came, one.went) for one in found.flow] == [
        (opened[one.day], closed[one.day]) for one in found.flow
    ]
    gone = [one for one in cases if _day(one.closed) >= begins]
    assert 20 < len(gone) < len(cases)
    for pace in found.pace:
        mine = [one for one in gone if one.priority == pace.priority]
        taken = [one.first - one.opened for one in mine if _day(one.first) >= begins]
        assert pace.first == _spread(taken)
        assert pace.decided == _spread([one.closed - one.opened for one in mine])
        assert pace.in_time == sum(one.closed <= one.due for one in mine)


async def test_what_was_changed_later_and_by_whom(db: Database) -> None:
    await lived(db)
    found = await of(db)
    decisions = await rows(db, Decision)
    changed = {one.answers_id for one in decisions}
    firsts = [one for one in decisions if not one.answers_id]
    firsts = [one for one in firsts if _day(one.decided_at) >= found.flow[0].day]
    by = Counter(one.reason_code for one in firsts)
    anew = Counter(one.reason_code for one in firsts if one.id in changed)
    assert sum(anew.values()) > 2
    held = {reason.code: tuple(held) for reason, held in found.by_reason}
    assert held == {code: (many, anew[code]) for code, many in by.items()}
    load = Counter(one.moderator_id for one in firsts)
    assert sorted(one.decided for one in found.load) == sorted(load.values())
    assert found.load[0].a_day == found.load[0].decided / DAYS
    assert len(found.by_moderator) == len(load)
    assert not (await of(db, EVA)).by_moderator  # of whom to think less is for administrators


async def test_what_waits_by_age(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for n, days in enumerate((0, 2, 2, 5)):
        monkeypatch.setattr(clock, "ahead", timedelta(days=5 - days))
        await report(db, await write(db, body=f"rope {n}"), CY, "spam")
    monkeypatch.setattr(clock, "ahead", timedelta(days=5))
    waiting = (await of(db, days=7)).open[3]
    assert (list(waiting.ages), waiting.all, waiting.late) == ([1, 2, 1, 0], 4, 3)


async def test_how_long_what_was_hidden_was_read(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself at once, or by whoever decides; the second time does not count."""
    at_once = await report(db, await write(db, body="0812"), CY, "doxxing")
    later, kept = [await report(db, await write(db, body=words), CY) for words in ("rope", "sails")]
    monkeypatch.setattr(clock, "ahead", timedelta(hours=2))
    for case, judgement in ((at_once, HIDE), (later, HIDE), (kept, KEEP)):
        await judge(db, EVA, case, judgement)
    hidden = [one.hidden for one in (await of(db)).pace]
    assert [one.many for one in hidden] == [0, 1, 0, 1, 0]
    assert hidden[1].most is not None and hidden[1].most < timedelta(minutes=1)
    assert hidden[3].most is not None and hidden[3].most >= timedelta(hours=2)
    monkeypatch.setattr(clock, "ahead", timedelta(days=40))
    assert not any(one.hidden.many for one in (await of(db)).pace)


async def test_of_nothing_there_is_nothing(db: Database) -> None:
    found = await of(db)
    assert not any((one.came, one.went) != (0, 0) for one in found.flow)
    assert all(one.decided == Spread() and one.share is None for one in found.pace)
    with pytest.raises(Denied):
        await of(db, CY)


async def test_only_of_what_they_may_see(db: Database) -> None:
    garut = await report(db, await start(db, BO, Lens("32.05")))
    await reported(db)
    await judge(db, EVA, garut)
    await db.act(
        lambda tx: appoint_at_first(
            tx, tx.get_one(Member, ADA), Role.MODERATOR, Scope(region="32.05")
        )
    )
    mine, all_of_them = await of(db, ADA), await of(db, EVA)
    assert sum(one.came for one in mine.flow) == 1 and not sum(one.all for one in mine.open)
    assert sum(one.came for one in all_of_them.flow) == 2
    assert [one.name for one in mine.load] == ["Eva"]


async def test_the_page_and_its_tables(town: Town) -> None:
    _, case = await reported(town.db)
    await judge(town.db, ADA, case)
    page = await town.ada.open("/moderation/numbers?days=30")
    assert 'role="img"' in page and "Decided in time" in page and "by moderator" in page
    assert (await town.cy.get("/moderation/numbers")).status_code == 403
    assert (await town.ada.get("/moderation/numbers?days=8")).status_code == 422
    sheet = await town.ada.get("/moderation/numbers.csv?days=30&sheet=load")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert sheet.text.splitlines() == ["moderator,decided,a_day", "Ada,1,0.03"]
    assert (await town.cy.get("/moderation/numbers.csv?sheet=load")).status_code == 403
    assert (await town.ada.get("/moderation/numbers.csv?sheet=all")).status_code == 422
    mine = await town.ada.get("/moderation/numbers.csv?sheet=moderators")
    assert mine.text.splitlines() == ["moderator,decided,changed"]


async def test_a_name_is_no_formula(town: Town) -> None:
    _, case = await reported(town.db)
    await judge(town.db, ADA, case)

    def rename(tx: Transaction) -> None:
        tx.scalars(select(Member).where(Member.id == ADA)).one().name = "=1+1"

    await town.db.act(rename)
    sheet = await town.eva.get("/moderation/numbers.csv?sheet=load")
    assert sheet.text.splitlines()[1] == "'=1+1,1,0.14"


def _spread(times: Sequence[timedelta]) -> Spread:
    """By nearest rank."""
    if not times:
        return Spread()
    ranked = sorted(times)
    half, most = (ranked[ceil(len(ranked) * part) - 1] for part in (0.5, 0.9))
    return Spread(len(ranked), half, most)


def _day(moment: datetime) -> date:
    return moment.astimezone(WIB).date()
