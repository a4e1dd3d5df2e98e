"""Restrictions are a set: visible when none is active, muted until the latest end (M1, M2, M5)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community import clock
from community.database import Database
from community.errors import Denied
from community.members.models import Member
from community.restrictions import Restriction
from forum.topics.models import Post
from moderation.measures import lift_ended
from moderation.models import Case, Decision
from tests.cast import ADA, BO, CY, DEE, EVA
from tests.moderation.reporting import (
    HIDE,
    KEEP,
    Ahead,
    judge,
    mute,
    report,
    reported,
    rows,
    the,
    write,
)


async def test_each_mute_ends_alone_and_the_last_one_frees(db: Database, ahead: Ahead) -> None:
    cases = [(await reported(db))[1], (await reported(db))[1]]
    for days, case in zip((3, 10), cases, strict=True):
        await judge(db, ADA, case, mute(days))
    until = (await the(db, Member, BO)).muted_until
    assert until == max(row.ends_at for row in await rows(db, Restriction) if row.ends_at)

    ahead(days=4)
    await db.act(lift_ended)
    assert (await the(db, Member, BO)).muted_until == until
    with pytest.raises(Denied, match="muted until"):
        await write(db)
    ahead(days=11)
    await db.act(lift_ended)
    assert (await the(db, Member, BO)).muted_until is None
    await write(db)


async def test_keeping_does_not_lift_what_another_case_hid(db: Database) -> None:
    post, first = await reported(db, by=CY)
    await judge(db, ADA, first, HIDE)
    with pytest.raises(Denied, match="not there any more"):
        await report(db, post, by=DEE)
    assert (await the(db, Post, post)).gone == "hidden"


@pytest.mark.slow
@pytest.mark.parametrize("setup", ["embedded"])
@settings(max_examples=8)
@given(deeds=st.lists(st.sampled_from(["hide", "keep", "mute", "lapse"]), min_size=1, max_size=4))
async def test_what_is_shown_is_what_no_restriction_hides(
    db: Database, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
) -> None:
    """Whatever was decided and ended, in whatever order."""
    later = clock.ahead + timedelta(days=10)  # no mute of the example before reaches into this one
    monkeypatch.setattr(clock, "ahead", later)
    await db.act(lift_ended)
    posts = [await write(db, CY) for _ in deeds]
    for deed, post in zip(deeds, posts, strict=True):
        await _do(db, deed, post)
        await _holds(db)


async def _do(db: Database, deed: str, post: int) -> None:
    clock.ahead += timedelta(days=2 if deed == "lapse" else 0.1)  # ten reports an hour are enough
    await db.act(lift_ended)
    if deed != "lapse":
        case = await report(db, post, by=DEE)
        await judge(db, EVA, case, {"hide": HIDE, "keep": KEEP, "mute": mute(3)}[deed])


async def _holds(db: Database) -> None:
    active = {row.subject for row in await rows(db, Restriction) if row.lifted_at is None}
    for post in await rows(db, Post):
        assert (post.hidden_at is not None) == (f"post:{post.id}" in active)
    for member in await rows(db, Member):
        assert (member.muted_until is not None) == (f"member:{member.id}" in active)
    cases, decisions = await rows(db, Case), await rows(db, Decision)
    waiting = [case.subject for case in cases if case.closed_at is None]
    assert len(waiting) == len(set(waiting))
    assert {case.id for case in cases if case.closed_at} == {d.case_id for d in decisions}
    imposed = {restriction.case_id for restriction in await rows(db, Restriction)}
    assert imposed <= {decision.case_id for decision in decisions}
