"""What moderation promises, looked at in everything that is stored: M1 to M15 of the reference,
where they can be seen there. M8 is held in tests/security/test_reporters.py; who may do what, which
is the other half of M4 and M9, where each action is told of."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from community.audit import AuditEntry
from community.database import Base
from community.members.models import Member, SignIn
from community.notices.models import Notice
from community.outbox import Mail
from community.restrictions import FOREVER, HIDING, KEEPING_OUT, Restriction, RestrictionKind
from forum.topics.models import Post, Topic
from moderation.appeals import Appeal
from moderation.hiding.meanwhile import KINDS
from moderation.measures import Measure
from moderation.models import (
    ANEW,
    CLOSED,
    PROPOSED,
    UNDECIDED,
    Case,
    Decision,
    Evidence,
    Flag,
    Ruling,
    State,
)
from moderation.orders.models import Order
from moderation.proposals import Answer, Proposal
from moderation.viewing import VIEWED

URGENT = 1  # priority, and what is more pressing
AN_HOUR = timedelta(hours=1)
MODELS: tuple[type[Base], ...] = (
    Appeal, AuditEntry, Case, Decision, Evidence, Flag, Mail, Measure, Member, Notice, Order, Post,
    Proposal, Restriction, SignIn, Topic,
)  # fmt: skip

Rows = dict[type[Base], Any]


class Promises:
    """With what was seen of it before."""

    def __init__(self) -> None:
        self.hashes: dict[int, str] = {}
        self.sealed: dict[int, tuple[str, ...]] = {}
        self.final: dict[int, int] = {}
        self.made: dict[int, tuple[Any, ...]] = {}
        self.due: dict[int, Any] = {}
        self.looked: list[tuple[int, int, Any]] = []  # moderator, case about what is private, when
        self.audited = 0

    def begin(self, session: Session) -> None:
        self.audited = session.scalars(select(func.count(AuditEntry.id))).one()

    def hold(self, session: Session) -> None:
        rows = {one: session.scalars(select(one).order_by(*_key(one))).all() for one in MODELS}
        for promise in PROMISES:
            promise(self, rows)


def one_case_of_each(_seen: Promises, rows: Rows) -> None:
    """M1."""
    undecided = Counter(case.subject for case in rows[Case] if case.decided_at is None)
    assert not undecided or max(undecided.values()) == 1


def cases_are_what_their_state_says(_seen: Promises, rows: Rows) -> None:
    proposed = {one.case_id for one in rows[Proposal] if one.answer == Answer.NONE}
    asked = {one.case_id for one in rows[Appeal] if one.answer_id is None}
    decided = {one.case_id for one in rows[Decision]}
    for case in rows[Case]:
        state = State(case.state)
        assert (case.decided_at is None) == (state in UNDECIDED), case.state
        assert (case.closed_at is None) == (state not in CLOSED), case.state
        assert case.held == bool(case.claimed_by_id and case.lease_ends_at), case.state
        assert (case.id in proposed) == (state in PROPOSED)
        assert (case.id in asked) == (state in ANEW)
        assert (case.id in decided) or state in {*UNDECIDED, State.VOID}


def what_is_hidden_follows_from_something(_seen: Promises, rows: Rows) -> None:
    """M2, M15: a decision, or for a while enough reports of a case, one of each kind at most."""
    made = {decision.id: decision for decision in rows[Decision]}
    cases = {case.id: case for case in rows[Case]}
    kinds = Counter((one.case_id, one.kind) for one in rows[Restriction] if one.interim)
    assert not kinds or max(kinds.values()) == 1
    for one in rows[Restriction]:
        if one.interim:
            urgent = cases[one.case_id].priority <= URGENT
            assert one.ends_at or one.lifted_at or urgent
            assert one.lifted_at or cases[one.case_id].decided_at is None
            assert one.kind in KINDS and not one.decision_id
        elif one.kind != RestrictionKind.MUTED_IN:
            assert made[one.decision_id].case_id == one.case_id
            assert one.imposed_at == made[one.decision_id].decided_at


def what_is_restricted_is_what_is_active(_seen: Promises, rows: Rows) -> None:
    """M5: no restriction lifts another's."""
    active = defaultdict[str, list[Restriction]](list)
    for one in rows[Restriction]:
        if one.lifted_at is None:
            active[one.subject].append(one)
    for post in rows[Post]:
        hidden = any(one.kind in HIDING for one in active[f"post:{post.id}"])
        assert (post.hidden_at is not None) == hidden, post.id
        labels = [one for one in active[f"post:{post.id}"] if one.kind == "labelled"]
        assert bool(post.label) == bool(labels)
        assert not hidden or post.gone in {"hidden", "asked", "checked"}
    for topic in rows[Topic]:  # nobody locks one there but for a case
        locking = [one for one in active[topic.address] if one.kind == RestrictionKind.LOCKED]
        assert (topic.locked_at is not None) == bool(locking), topic.id
    for member in rows[Member]:
        theirs = active[f"member:{member.id}"]
        assert member.profile_kept == any(one.kind == RestrictionKind.KEPT for one in theirs)
        assert member.muted_until == _end(theirs, RestrictionKind.MUTED)
        assert member.slowed_until == _end(theirs, RestrictionKind.SLOWED)
        assert member.suspended_until == _end(theirs, *KEEPING_OUT)


def decisions_have_reasons_and_are_told(_seen: Promises, rows: Rows) -> None:
    """M3."""
    cases = {case.id: case for case in rows[Case]}
    told = {notice.about.get("link") or notice.link for notice in rows[Notice]}
    written = {mail.about.get("decision") for mail in rows[Mail]}
    taken = {measure.decision_id for measure in rows[Measure]}
    for one in rows[Decision]:
        assert one.facts and one.reason_code and one.evidence_id
        erased = cases[one.case_id].author.erased_at
        assert erased or f"/decisions/{one.id}" in told or one.id in written
        assert (one.id in taken) or one.ruling not in (Ruling.ACT, Ruling.MODIFY)


def nobody_decides_what_is_theirs(_seen: Promises, rows: Rows) -> None:
    """M4."""
    cases = {case.id: case for case in rows[Case]}
    made = {decision.id: decision for decision in rows[Decision]}
    reported = defaultdict[int, dict[int, Any]](dict)
    for flag in rows[Flag]:
        reported[flag.case_id].setdefault(flag.member_id or 0, flag.flagged_at)
    for one in made.values():
        deciders = {one.moderator_id, one.second_id} - {None}
        assert len(deciders) == 1 + (one.second_id is not None)
        assert cases[one.case_id].author_id not in deciders
        at = {who: when for who, when in reported[one.case_id].items() if who in deciders}
        assert not any(when <= one.decided_at for when in at.values())
        if one.answers_id and one.ruling != Ruling.OVERTURN:
            assert one.moderator_id != made[one.answers_id].moderator_id


def evidence_is_as_it_was(seen: Promises, rows: Rows) -> None:
    """M6, M14: blank where its author was erased, and then of the same hash."""
    cases = {case.id: case for case in rows[Case]}
    for evidence in rows[Evidence]:
        now = (evidence.body, evidence.html, str(evidence.versions), evidence.author)
        assert seen.hashes.setdefault(evidence.id, evidence.hash) == evidence.hash
        before = seen.sealed.setdefault(evidence.id, now)
        assert now == before or (cases[evidence.case_id].author.erased_at and not any(now[:2]))


def scores_are_the_reports(_seen: Promises, rows: Rows) -> None:
    """M7."""
    scores = defaultdict[int, float](float)
    for one in rows[Flag]:
        scores[one.case_id] += one.weight if one.withdrawn_at is None else 0
    assert all(case.score == pytest.approx(scores[case.id]) for case in rows[Case])


def looks_into_what_is_private_are_written_down(seen: Promises, rows: Rows) -> None:
    """M9: by those who may, each within the hour before."""
    looks = defaultdict[tuple[int | None, str], list[Any]](list)
    for one in rows[AuditEntry]:
        if one.verb == VIEWED:
            looks[one.actor_id, one.subject].append(one.done_at)
    for who, case, at in seen.looked:
        done = looks[who, f"case:{case}"]
        assert any(at - AN_HOUR <= one <= at for one in done)
    for times in looks.values():  # once in an hour
        assert all(later - one >= AN_HOUR for one, later in zip(times, times[1:], strict=False))


def clocks_of_orders_go_on(seen: Promises, rows: Rows) -> None:
    """M10: whatever happens to what they name."""
    for one in rows[Order]:
        assert one.due_at - one.received_at == timedelta(hours=4 if one.urgent else 24)
        assert seen.due.setdefault(one.id, one.due_at) == one.due_at


def decided_is_decided_once(seen: Promises, rows: Rows) -> None:
    """M11, and M14: what was decided stays, whoever is erased."""
    keys = [one.key for one in rows[Decision]]
    assert len({*keys}) == len(keys)
    now = {one.id: (one.ruling, one.facts, one.moderator_id) for one in rows[Decision]}
    assert seen.made.items() <= now.items()
    seen.made = now


def who_is_kept_out_is_signed_in_nowhere(_seen: Promises, rows: Rows) -> None:
    """M12: what the delivery of messages calls D11 begins with that."""
    out = {one.id for one in rows[Member] if one.suspended_until or one.erased_at}
    assert not [one for one in rows[SignIn] if one.ended_at is None and one.member_id in out]


def what_is_final_stays(seen: Promises, rows: Rows) -> None:
    """M13."""
    for case in rows[Case]:
        if case.id in seen.final:
            assert case.state == State.FINAL and case.version >= seen.final[case.id]
        if case.state == State.FINAL:
            seen.final.setdefault(case.id, case.version)


def of_who_was_erased_nothing_is_left(_seen: Promises, rows: Rows) -> None:
    """M14: as soon as the worker is through, and nobody has to decide anything about it."""
    wiped = {one.id for one in rows[Member] if one.wiped_at}
    assert not [one for one in rows[Post] if one.author_id in wiped and (one.body or one.html)]
    over = {case.id for case in rows[Case] if case.author_id in wiped}
    assert not [one for one in rows[Evidence] if one.case_id in over and (one.body or one.author)]
    assert not [one for one in rows[Flag] if one.member_id in wiped and one.note]


def the_audit_only_grows(seen: Promises, rows: Rows) -> None:
    assert len(rows[AuditEntry]) >= seen.audited
    seen.audited = len(rows[AuditEntry])


PROMISES: Sequence[Callable[[Promises, Rows], None]] = (
    one_case_of_each,
    cases_are_what_their_state_says,
    what_is_hidden_follows_from_something,
    what_is_restricted_is_what_is_active,
    decisions_have_reasons_and_are_told,
    nobody_decides_what_is_theirs,
    evidence_is_as_it_was,
    scores_are_the_reports,
    looks_into_what_is_private_are_written_down,
    clocks_of_orders_go_on,
    decided_is_decided_once,
    who_is_kept_out_is_signed_in_nowhere,
    what_is_final_stays,
    of_who_was_erased_nothing_is_left,
    the_audit_only_grows,
)


def _key(model: type[Base]) -> Any:
    return inspect(model).primary_key


def _end(restrictions: Sequence[Restriction], *kinds: RestrictionKind) -> Any:
    return max((one.ends_at or FOREVER for one in restrictions if one.kind in kinds), default=None)
