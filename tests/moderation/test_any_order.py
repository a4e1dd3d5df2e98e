"""Whatever is reported, claimed, decided, appealed and left to time, in whatever order: what
moderation promises holds after each step (the invariants M1 to M15 of the reference).

Each step picks whoever and whatever there is; what is refused changes nothing, and that it may be
refused is told by other tests. After it everything stored is looked at.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, select

from community import clock
from community.clock import now
from community.database import Base, Database, Transaction
from community.errors import Refusal
from community.members.actions import join, sign_in
from community.members.models import Member
from forum.topics import actions as topics
from forum.topics.models import Post
from moderation.actions import flag
from moderation.appeals import appeal, appeal_as_reporter, end_appeals
from moderation.before import actions as before
from moderation.decisions.claiming import (
    claim,
    escalate,
    escalate_late,
    give_back,
    release,
    release_claims,
    take_over,
    void,
)
from moderation.decisions.deciding import Judgement, decide
from moderation.decisions.reviewing import reverse, rule
from moderation.decisions.seconding import agree, object_to, take_back
from moderation.erasing import erase, wipe
from moderation.hiding.interim import end_interim, end_rushes
from moderation.measures import Act, MeasureKind, lift_ended
from moderation.models import HELD, PROPOSED, Case, Decision, Flag, Ruling, State
from moderation.orders.actions import take_in
from moderation.queue.reading import file_for
from moderation.viewing import is_private, view
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS, LEDGER, MOORING
from tests.moderation.ordering import INTAKE
from tests.moderation.promises import Promises
from tests.moderation.reporting import POST

K = MeasureKind
AUTHORS, REPORTERS, MODERATORS = (BO, CY, DEE), (BO, CY, GUS, ADA, EVA), (ADA, EVA, FAY)
REASONS = ("spam", "harassment", "scam_fraud", "terror")
HURTING = (  # what hides by itself, or does something else
    "harassment", "harassment", "doxxing", "price_collusion", "hoax", "impersonation_official",
)  # fmt: skip
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
CHORES = (release_claims, escalate_late, lift_ended, end_rushes, end_interim, end_appeals, wipe)
SPANS = (timedelta(minutes=1), timedelta(minutes=16), timedelta(days=4), timedelta(days=181))

_keys = count(1)


@pytest.mark.slow
@pytest.mark.timeout(480)
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
    """All there is to be done something with."""

    def __init__(self, db: Database, random: Random) -> None:
        self.db, self.random = db, random
        self.seen = Promises()
        self.newcomers: list[int] = []

    async def begin(self) -> None:
        """What examples before this one left behind is over."""
        clock.ahead += timedelta(days=400)
        await self.time_passes(timedelta())
        await self.db.look(self.seen.begin)
        for _ in range(3):
            self.newcomers.append(await self.db.act(_moved_in))

    @property
    def authors(self) -> Sequence[int]:
        return (*AUTHORS, *self.newcomers)

    @property
    def reporters(self) -> Sequence[int]:
        return (*REPORTERS, *self.newcomers)

    async def act(self, who: int, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Whoever was erased has no browser to do anything with."""

        def acted(tx: Transaction) -> Any:
            member = tx.get_one(Member, who)
            return None if member.erased_at else action(tx, member, *args, **more)

        return await self.db.act(acted)

    async def any_of(self, model: type[Base], *which: ColumnElement[bool]) -> Any:
        found = await self.db.look(lambda s: s.scalars(select(model).where(*which)).all())
        return self.random.choice(found) if found else None

    async def time_passes(self, span: timedelta) -> None:
        clock.ahead += span
        for chore in CHORES:
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
        await self.db.look(self.seen.hold)


def _moved_in(tx: Transaction) -> int:
    """Somebody known well, who speaks for nobody."""
    number = next(_keys)
    joined = join(tx, name=f"Hani {number}", email=f"hani{number}@harbour.test", password_hash="x")
    return joined.id


# The steps


async def _write(there: There) -> None:
    place = LEDGER if there.random.random() < 0.1 else MOORING
    author = DEE if place == LEDGER else there.random.choice(there.authors)
    await there.act(author, topics.reply, place, f"Rope {next(_keys)}", key=_key())


async def _sign_in(there: There) -> None:
    await there.db.act(sign_in, there.random.choice(there.authors))


async def _report(there: There) -> None:
    if post := await there.any_of(Post, Post.withdrawn_at.is_(None), Post.hidden_at.is_(None)):
        reason = there.random.choice(REASONS)
        await there.act(there.random.choice(there.reporters), flag, POST, post.id, reason, "Again.")


async def _report_together(there: There) -> None:
    """Many, for what hides by itself."""
    if post := await there.any_of(Post, Post.withdrawn_at.is_(None), Post.hidden_at.is_(None)):
        reason = there.random.choice(HURTING)
        for who in there.reporters:
            with suppress(Refusal):
                await there.act(who, flag, POST, post.id, reason, "Again.")


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
    if case := await there.any_of(Case, Case.state.in_(PROPOSED)):
        await there.by_a_moderator(agree, case.id, version=case.version)


async def _appeal(there: There) -> None:
    if case := await there.any_of(Case, Case.state == State.DECIDED):
        decision = await there.any_of(Decision, Decision.case_id == case.id)
        await there.act(case.author_id, appeal, decision.id, "I see it differently.")


async def _appeal_as_reporter(there: There) -> None:
    if case := await there.any_of(Case, Case.state == State.DECIDED):
        of_members = (Flag.case_id == case.id, Flag.member_id.is_not(None))
        if report := await there.any_of(Flag, *of_members):
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


async def _look(there: There) -> None:
    """As the door of a case does it."""
    private = await there.any_of(Case, Case.ordered.is_(True))
    if (case := private or await there.any_of(Case)) is None:
        return
    who = there.random.choice(MODERATORS)
    found = await there.act(who, file_for, case.id)
    for _ in range(2 if found.to_be_noted else 0):  # twice within the hour is once
        await there.act(who, view, case.id)
    if await there.db.look(lambda session: is_private(session, session.get_one(Case, case.id))):
        there.seen.looked.append((who, case.id, await there.db.look(now)))


async def _order(there: There) -> None:
    if post := await there.any_of(Post, Post.withdrawn_at.is_(None), Post.hidden_at.is_(None)):
        urgent = there.random.random() < 0.5
        intake = INTAKE._replace(addresses=(f"/posts/{post.id}",), urgent=urgent)
        await there.act(FAY, take_in, intake, key=_key())


async def _erase(there: There) -> None:
    await there.act(FAY, erase, there.random.choice(there.newcomers), "By letter.")


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
    _reverse, _edit, _withdraw, _wait, _report_together, _report_together, _sign_in, _look, _look,
    _order, _erase, _erase,
)  # fmt: skip
