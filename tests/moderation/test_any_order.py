"""Whatever is reported, claimed, decided, appealed and left to time, in whatever order: what
moderation promises holds after each step (the invariants M1 to M15 of the reference).

Each step picks whoever and whatever there is; what is refused changes nothing, and that it may be
refused is told by other tests. After it everything stored is looked at.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, func, select

from community import clock
from community.audit import AuditEntry
from community.database import Base, Database
from community.errors import Refusal
from community.members.models import Member
from community.notices.models import Notice
from community.outbox import Mail
from community.restrictions import FOREVER, HIDING, KEEPING_OUT, Restriction, RestrictionKind
from forum.topics import actions as topics
from forum.topics.models import Post
from moderation import before
from moderation.actions import flag
from moderation.appeals import Appeal, appeal, appeal_as_reporter, end_appeals
from moderation.claiming import claim, escalate, give_back, release, release_claims, take_over, void
from moderation.deciding import Judgement, decide
from moderation.measures import Act, Measure, MeasureKind, lift_ended
from moderation.models import CLOSED, HELD, UNDECIDED, Case, Decision, Evidence, Flag, Ruling, State
from moderation.proposals import Answer, Proposal
from moderation.reviewing import reverse, rule
from moderation.seconding import agree, object_to, take_back
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS
from tests.moderation.reporting import POST, write

K = MeasureKind
AUTHORS, REPORTERS, MODERATORS = (BO, CY, DEE), (BO, CY, GUS, ADA, EVA), (ADA, EVA, FAY)
REASONS = ("spam", "harassment", "scam_fraud", "terror")
CHOICES: Sequence[tuple[Act, ...]] = (
    (Act(K.HIDE),),
    (Act(K.REMOVE), Act(K.WARN)),
    (Act(K.ASK_EDIT), Act(K.LABEL, words="Not confirmed")),
    (Act(K.HIDE), Act(K.MUTE, 3)),
    (Act(K.SLOW, 2), Act(K.LOCK)),
    (Act(K.HIDE), Act(K.SUSPEND, 9)),
    (Act(K.MUTE, 60),),
    (Act(K.BAN), Act(K.HIDE)),
)
SPANS = (timedelta(minutes=1), timedelta(minutes=16), timedelta(days=4), timedelta(days=181))

_keys = count(1)


@pytest.mark.slow
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32), length=st.integers(40, 80))
async def test_what_moderation_promises_holds_after_every_step(
    db: Database, monkeypatch: pytest.MonkeyPatch, seed: int, length: int
) -> None:
    monkeypatch.setattr(clock, "ahead", clock.ahead)
    there = There(db, Random(seed))
    await there.begin()
    for _ in range(length):
        step = there.random.choice(STEPS)
        with suppress(Refusal):  # whoever was chosen may not, or somebody was faster
            await step(there)
        await there.holds()


class There:
    """All there is, and what was seen of it before."""

    def __init__(self, db: Database, random: Random) -> None:
        self.db, self.random = db, random
        self.sealed: dict[int, tuple[str, ...]] = {}
        self.final: dict[int, int] = {}
        self.audited = 0

    async def begin(self) -> None:
        """What examples before this one left behind is over."""
        clock.ahead += timedelta(days=400)
        await self.time_passes(timedelta())
        self.audited = await self.db.look(_audited)

    async def act(self, who: int, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        return await self.db.act(lambda tx: action(tx, tx.get_one(Member, who), *args, **more))

    async def any_of(self, model: type[Base], *which: ColumnElement[bool]) -> Any:
        found = await self.db.look(lambda s: s.scalars(select(model).where(*which)).all())
        return self.random.choice(found) if found else None

    async def time_passes(self, span: timedelta) -> None:
        clock.ahead += span
        for chore in (release_claims, lift_ended, end_appeals):
            await self.db.act(chore)

    async def by_a_moderator(self, action: Callable[..., Any], *args: Any, **more: Any) -> None:
        """By the first who may."""
        for who in self.random.sample(MODERATORS, len(MODERATORS)):
            with suppress(Refusal):
                await self.act(who, action, *args, **more)
                return

    def judgement(self, ruling: Ruling) -> Judgement:
        takes = ruling in (Ruling.ACT, Ruling.MODIFY)
        acts = self.random.choice(CHOICES) if takes else ()
        return Judgement(ruling, self.random.choice(REASONS), "What was found.", acts=acts)

    async def holds(self) -> None:
        await self.db.look(self._look)

    def _look(self, session: Any) -> None:
        rows: dict[type[Base], Any] = {one: session.scalars(select(one)).all() for one in MODELS}
        self._cases(rows[Case], rows[Flag], rows[Decision], rows[Proposal], rows[Appeal])
        self._restrictions(session, rows[Restriction], rows[Decision])
        self._decisions(rows)
        for evidence in rows[Evidence]:  # M6
            now = (evidence.body, evidence.html, evidence.hash, str(evidence.versions))
            assert self.sealed.setdefault(evidence.id, now) == now
        audited = _audited(session)
        assert audited >= self.audited
        self.audited = audited

    def _cases(
        self, cases: Sequence[Case], flags: Sequence[Flag], decisions: Sequence[Decision],
        proposals: Sequence[Proposal], appeals: Sequence[Appeal],
    ) -> None:  # fmt: skip
        undecided = Counter(case.subject for case in cases if case.decided_at is None)
        assert not undecided or max(undecided.values()) == 1  # M1
        proposed = {one.case_id for one in proposals if one.answer == Answer.NONE}
        asked = {one.case_id for one in appeals if one.answer_id is None}
        decided = {one.case_id for one in decisions}
        for case in cases:
            state = State(case.state)
            assert (case.decided_at is None) == (state in UNDECIDED), case.state
            assert (case.closed_at is None) == (state not in CLOSED), case.state
            assert case.held == bool(case.claimed_by_id and case.lease_ends_at), case.state
            assert (case.id in proposed) == (state == State.PROPOSED)
            assert (case.id in asked) == (state in (State.APPEALED, State.APPEAL_CLAIMED))
            assert (case.id in decided) or state in {*UNDECIDED, State.VOID}
            if case.id in self.final:  # M13
                assert case.state == State.FINAL and case.version >= self.final[case.id]
            if state == State.FINAL:
                self.final.setdefault(case.id, case.version)
        scores = defaultdict[int, float](float)
        for one in flags:
            scores[one.case_id] += one.weight if one.withdrawn_at is None else 0
        assert all(case.score == pytest.approx(scores[case.id]) for case in cases)  # M7

    def _restrictions(
        self, session: Any, restrictions: Sequence[Restriction], decisions: Sequence[Decision]
    ) -> None:
        made = {decision.id: decision for decision in decisions}
        urgent = {one.id: one.priority <= 1 for one in session.scalars(select(Case))}
        active = defaultdict[str, list[Restriction]](list)
        for one in restrictions:
            if one.interim:  # M15
                assert one.ends_at or one.lifted_at or urgent[one.case_id]
            elif one.kind != RestrictionKind.MUTED_IN:  # M2
                assert made[one.decision_id].case_id == one.case_id
                assert one.imposed_at == made[one.decision_id].decided_at
            if one.lifted_at is None:
                active[one.subject].append(one)
        for post in session.scalars(select(Post)):  # M5
            hidden = any(one.kind in HIDING for one in active[f"post:{post.id}"])
            assert (post.hidden_at is not None) == hidden, post.id
            labels = [one for one in active[f"post:{post.id}"] if one.kind == "labelled"]
            assert bool(post.label) == bool(labels)
            assert not hidden or post.gone in {"hidden", "asked", "checked"}
        for member in session.scalars(select(Member)):
            theirs = active[f"member:{member.id}"]
            assert member.muted_until == _end(theirs, RestrictionKind.MUTED)
            assert member.slowed_until == _end(theirs, RestrictionKind.SLOWED)
            assert member.suspended_until == _end(theirs, *KEEPING_OUT)

    def _decisions(self, rows: dict[type[Base], Any]) -> None:
        cases = {case.id: case for case in rows[Case]}
        reported = defaultdict[int, dict[int, Any]](dict)
        for one in rows[Flag]:
            reported[one.case_id].setdefault(one.member_id or 0, one.flagged_at)
        made = {decision.id: decision for decision in rows[Decision]}
        told = {notice.about.get("link") or notice.link for notice in rows[Notice]}
        written = {mail.about.get("decision") for mail in rows[Mail]}
        taken = {measure.decision_id for measure in rows[Measure]}
        for one in made.values():
            deciders = {one.moderator_id, one.second_id} - {None}
            assert len(deciders) == 1 + (one.second_id is not None)
            assert cases[one.case_id].author_id not in deciders  # M4
            at = {who: when for who, when in reported[one.case_id].items() if who in deciders}
            assert not any(when <= one.decided_at for when in at.values())
            if one.answers_id and one.ruling != Ruling.OVERTURN:
                assert one.moderator_id != made[one.answers_id].moderator_id
            assert one.facts and one.reason_code and one.evidence_id  # M3
            assert f"/decisions/{one.id}" in told or one.id in written
            assert (one.id in taken) or one.ruling not in (Ruling.ACT, Ruling.MODIFY)
        assert len({one.key for one in made.values()}) == len(made)  # M11


MODELS: tuple[type[Base], ...] = (
    Case,
    Flag,
    Decision,
    Proposal,
    Appeal,
    Restriction,
    Evidence,
    Notice,
    Mail,
    Measure,
)


def _end(restrictions: Sequence[Restriction], *kinds: RestrictionKind) -> Any:
    return max((one.ends_at or FOREVER for one in restrictions if one.kind in kinds), default=None)


def _audited(session: Any) -> int:
    found: int = session.scalar(select(func.count(AuditEntry.id)))
    return found


# The steps


async def _write(there: There) -> None:
    await write(there.db, there.random.choice(AUTHORS), f"Rope {next(_keys)}")


async def _report(there: There) -> None:
    if post := await there.any_of(Post, Post.withdrawn_at.is_(None), Post.hidden_at.is_(None)):
        reason = there.random.choice(REASONS)
        await there.act(there.random.choice(REPORTERS), flag, POST, post.id, reason, "Again.")


async def _claim(there: There) -> None:
    if case := await there.any_of(Case, Case.closed_at.is_(None), Case.state.not_in(HELD)):
        await there.by_a_moderator(claim, case.id, version=case.version)


async def _move(there: There) -> None:
    if case := await there.any_of(Case, Case.closed_at.is_(None)):
        step = there.random.choice((release, take_over, take_back))
        await there.by_a_moderator(step, case.id, version=case.version)


async def _move_with_words(there: There) -> None:
    if case := await there.any_of(Case, Case.closed_at.is_(None)):
        step = there.random.choice((escalate, give_back, void, object_to))
        await there.by_a_moderator(step, case.id, "Why.", version=case.version)


async def _decide(there: There) -> None:
    await _claim(there)
    if case := await there.any_of(Case, Case.state == State.CLAIMED):
        ruling, key = there.random.choice((Ruling.KEEP, Ruling.ACT, Ruling.ACT)), _key()
        judgement = there.judgement(ruling)
        for _ in range(2):  # sent twice is decided once
            await there.act(case.claimed_by_id, decide, case.id, judgement,
                            version=case.version, key=key)  # fmt: skip


async def _agree(there: There) -> None:
    if case := await there.any_of(Case, Case.state == State.PROPOSED):
        await there.by_a_moderator(agree, case.id, version=case.version)


async def _appeal(there: There) -> None:
    if case := await there.any_of(Case, Case.state == State.DECIDED):
        decision = await there.any_of(Decision, Decision.case_id == case.id)
        await there.act(case.author_id, appeal, decision.id, "I see it differently.")


async def _appeal_as_reporter(there: There) -> None:
    if case := await there.any_of(Case, Case.state == State.DECIDED):
        report = await there.any_of(Flag, Flag.case_id == case.id)
        await there.act(report.member_id, appeal_as_reporter, report.id, "It is not right.")


async def _rule(there: There) -> None:
    await _claim(there)
    if case := await there.any_of(Case, Case.state == State.APPEAL_CLAIMED):
        ruling = there.random.choice((Ruling.UPHOLD, Ruling.MODIFY, Ruling.OVERTURN))
        judgement = there.judgement(ruling)
        kept = Decision.ruling == Ruling.KEEP
        if ruling == Ruling.OVERTURN and await there.any_of(
            Decision, Decision.case_id == case.id, kept
        ):
            judgement = judgement._replace(acts=(Act(K.HIDE),))
        await there.act(case.claimed_by_id, rule, case.id, judgement,
                        version=case.version, key=_key())  # fmt: skip


async def _reverse(there: There) -> None:
    if case := await there.any_of(Case, Case.state == State.DECIDED):
        await there.act(EVA, reverse, case.id, "An error.", version=case.version, key=_key())


async def _edit(there: There) -> None:
    if post := await there.any_of(Post, Post.hidden_as != "hidden"):
        await there.act(post.author_id, before.edit_post, post.id, f"Better rope {next(_keys)}")


async def _withdraw(there: There) -> None:
    if post := await there.any_of(Post, Post.withdrawn_at.is_(None)):
        await there.act(post.author_id, topics.withdraw, post.id)


async def _wait(there: There) -> None:
    await there.time_passes(there.random.choice(SPANS))


def _key() -> str:
    return f"any-{next(_keys)}"


STEPS = (
    _write, _write, _report, _report, _report, _report, _claim, _move, _move_with_words,
    _decide, _decide, _decide, _decide, _agree, _appeal, _appeal_as_reporter, _rule, _rule,
    _reverse, _edit, _withdraw, _wait,
)  # fmt: skip
