"""How much reports count: the score is the sum of those that are active (M7), people who belong
together are one, and nobody's word counts for nothing or for all."""

from datetime import timedelta
from itertools import permutations
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community import clock
from community.database import Database, Transaction
from community.members.models import Member, Trust
from forum.topics.models import Post
from moderation.hiding.voices import circles
from moderation.hiding.weighing import Record, record_of, score_of, weighed, weight_of
from moderation.models import Case, Decision, Flag, Source
from moderation.reasons import reason_for
from moderation.reports import withdraw
from tests.cast import ADA, CY, DEE, EVA, FAY, GUS
from tests.moderation.reporting import HIDE, KEEP, as_, judge, report, rows, the, write

TRUSTS = st.sampled_from([0.5, 1.0, 2.0, 3.0])
COUNTS = st.integers(0, 60)
PEOPLE = st.integers(1, 8)
REASONS = ["harassment", "scam_fraud", "off_topic", "csam"]


@given(trust=TRUSTS, acted=COUNTS, kept=COUNTS, priority=st.integers(0, 4))
def test_a_report_weighs_within_bounds_and_more_for_who_was_right(
    trust: float, acted: int, kept: int, priority: int
) -> None:
    record = Record(acted, kept)
    assert 0.25 <= record.accuracy <= 2
    assert 0.06 <= weighed(trust, record, priority) <= 12
    if acted + kept < 5:
        assert record.accuracy == 1, "nobody can tell yet"
    else:
        better = Record(acted + 1, kept).accuracy, Record(acted, kept + 1).accuracy
        assert better[0] >= record.accuracy >= better[1]


@given(who=st.sets(PEOPLE, max_size=8), ties=st.lists(st.tuples(PEOPLE, st.integers(1, 4))))
def test_circles_are_all_of_them_once_and_keep_together_what_shares_something(
    who: set[int], ties: list[tuple[int, int]]
) -> None:
    found = circles(who, [tie for tie in ties if tie[0] in who])
    assert sorted(one for circle in found for one in circle) == sorted(who)
    for (one, tie), (other, another) in permutations(ties, 2):
        if tie == another and {one, other} <= who:
            assert any({one, other} <= circle for circle in found)


@pytest.mark.slow
@settings(max_examples=8)
@given(
    deeds=st.lists(
        st.tuples(st.sampled_from([CY, DEE, GUS, EVA]), st.sampled_from(REASONS), st.booleans()),
        min_size=1, max_size=8,
    )
)  # fmt: skip
@pytest.mark.parametrize("setup", ["embedded"])
async def test_the_score_is_what_its_active_reports_weigh(
    db: Database, monkeypatch: pytest.MonkeyPatch, deeds: list[tuple[int, str, bool]]
) -> None:
    """Whoever reports what, in whatever order, and takes it back or not."""
    monkeypatch.setattr(clock, "ahead", clock.ahead + timedelta(hours=2))
    post = await write(db, ADA)
    for who, reason, takes_back in deeds:
        if (await the(db, Post, post)).gone:
            break  # hidden by itself: nobody can report it any more
        case = await report(db, post, who, reason)
        if takes_back:
            mine = [one for one in await rows(db, Flag)
                    if one.case_id == case and one.member_id == who]  # fmt: skip
            await as_(db, who, withdraw, mine[-1].id)
        active = [one.weight for one in await rows(db, Flag)
                  if one.case_id == case and one.withdrawn_at is None]  # fmt: skip
        assert (await the(db, Case, case)).score == pytest.approx(fsum(active))


async def test_who_was_right_before_counts_for_more(db: Database) -> None:
    for number, judgement in enumerate([HIDE, HIDE, HIDE, HIDE, KEEP]):
        case = await report(db, await write(db, body=f"Rope {number}"), CY)
        await judge(db, ADA, case, judgement)
    assert await _record(db) == Record(acted=4, kept=1)
    case = await report(db, await write(db, body="More rope"), CY)
    assert (await the(db, Case, case)).score == 2 * 1.65


async def test_what_another_look_overturned_counts_as_it_is_now(db: Database) -> None:
    """Both ways: who was right in the end was right."""
    for number, judgement in enumerate([HIDE, HIDE, KEEP]):
        case = await report(db, await write(db, body=f"Rope {number}"), CY)
        await judge(db, ADA, case, judgement)
    first, _second, third = await rows(db, Decision)
    assert await _record(db) == Record(acted=2, kept=1)
    await db.act(_overturn, first.id)
    assert await _record(db) == Record(acted=1, kept=2)
    await db.act(_overturn, third.id)
    assert await _record(db) == Record(acted=2, kept=1)


@pytest.mark.parametrize(
    ("source", "who", "weight"),
    [
        (Source.MEMBER, FAY, 3.0),  # who moderates
        (Source.MEMBER, DEE, 3.0),  # or speaks for an office
        (Source.MEMBER, CY, 2.0),
        (Source.OUTSIDER, None, 0.5),
        (Source.RULE, None, 0.5),
        (Source.SYSTEM, None, 0.0),
    ],
)
async def test_who_reports_decides_how_much_it_weighs(
    db: Database, source: Source, who: int | None, weight: float
) -> None:
    found = await db.look(
        lambda session: weight_of(
            session, source, session.get_one(Member, who) if who else None,
            reason_for(session, "spam"),
        )
    )  # fmt: skip
    assert found == weight


async def test_the_weight_stays_what_it_was(db: Database) -> None:
    case = await report(db, await write(db), CY)
    await db.act(lambda tx: setattr(tx.get_one(Member, CY), "trust", Trust.NEW))
    assert await db.look(lambda session: score_of(session, session.get_one(Case, case))) == 2


async def _record(db: Database) -> Record:
    return await db.look(lambda session: record_of(session, session.get_one(Member, CY)))


def _overturn(tx: Transaction, decision: int) -> None:
    before = tx.get_one(Decision, decision)
    tx.add(Decision(
        case_id=before.case_id, version=before.version + 1, evidence_id=before.evidence_id,
        key=f"again-{decision}", fingerprint="", moderator_id=EVA, answers_id=before.id, role="",
        ruling="overturn", reason_code="spam", facts="", ground="", decided_at=clock.now(tx),
    ))  # fmt: skip
