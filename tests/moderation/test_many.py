"""All that fit a filter, at once: named first, agreed to by a second person where they are many,
and settled one by one."""

import re
from collections.abc import Iterator

import pytest

from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.actions import appoint_at_first
from community.members.models import Member, Role
from community.notices.models import Notice, NoticeKind
from forum.topics.models import Post
from moderation.models import Case, Decision, State
from moderation.proposals import Proposal, ProposedCase
from moderation.queue import bulk, many
from moderation.queue.bulk import Way
from moderation.queue.filtering import Wanted
from moderation.queue.many import agree_to_many, object_to_many, propose_many, settle_agreed
from tests.cast import ADA, CY, EVA, FAY, GUS
from tests.conftest import Town
from tests.moderation.reporting import as_, judge, report, rows, take, the, write

WORDS = "The same offer again and again."
SPAM = Wanted(reason="spam")
DONE = re.compile(r'data-done="(\w+)"')


@pytest.fixture(autouse=True)
def two_are_many(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So that a test need not write a hundred."""
    for module in (bulk, many):
        monkeypatch.setattr(module, "MOST", 2)
    yield


async def waiting(db: Database, number: int, reason: str = "spam") -> list[int]:
    return [
        await report(db, await write(db, body=f"{reason} {n}"), CY, reason) for n in range(number)
    ]


async def proposed(db: Database, way: Way = Way.SPAM, who: int = ADA, key: str = "k1") -> Proposal:
    return await as_(db, who, propose_many, SPAM, way, WORDS, key=key)


async def settled(db: Database) -> dict[int, str]:
    """Why each was not done, after as many rounds as it takes."""
    while any(one.settled_at is None for one in await rows(db, ProposedCase)):
        await db.act(settle_agreed)
    return {one.case_id: one.sentence for one in await rows(db, ProposedCase)}


async def test_two_hide_what_fits_and_each_case_has_both_in_its_decision(db: Database) -> None:
    cases = await waiting(db, 3)
    (other,) = await waiting(db, 1, "hoax")
    proposal = await proposed(db)
    await db.act(settle_agreed)
    assert not await rows(db, Decision)
    await as_(db, EVA, agree_to_many, proposal.id)
    assert await settled(db) == dict.fromkeys(cases, "")
    decisions = await rows(db, Decision)
    assert [(one.moderator_id, one.second_id) for one in decisions] == [(ADA, EVA)] * 3
    assert {one.gone for one in await rows(db, Post) if "spam" in one.body} == {"hidden"}
    assert (await the(db, Case, other)).state == State.OPEN
    assert all(one.first_action_at for one in await rows(db, Case) if one.id in cases)


async def test_more_than_a_hundred_nobody_settles_alone(db: Database) -> None:
    await waiting(db, 3)
    proposal = await proposed(db)
    with pytest.raises(Denied, match="take two people"):
        await as_(db, ADA, agree_to_many, proposal.id)
    with pytest.raises(NotFound):
        await as_(db, GUS, agree_to_many, proposal.id)
    told = [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.MANY]
    assert sorted(told) == sorted([EVA, FAY])


async def test_a_hundred_and_fewer_whoever_chose_them_settles(db: Database) -> None:
    cases = await waiting(db, 2)
    proposal = await proposed(db, Way.KEEP)
    with pytest.raises(Denied, match="Whoever chose"):
        await as_(db, EVA, agree_to_many, proposal.id)
    await as_(db, ADA, agree_to_many, proposal.id)
    assert await settled(db) == dict.fromkeys(cases, "")
    assert {(one.moderator_id, one.second_id) for one in await rows(db, Decision)} == {(ADA, None)}
    assert not [one for one in await rows(db, Notice) if one.kind == NoticeKind.MANY]


async def test_each_has_its_own_result(db: Database) -> None:
    """Decided meanwhile; held by somebody; too close to the second; the rest is done."""
    decided, held, close, done = await waiting(db, 4)
    proposal = await proposed(db)
    await judge(db, FAY, decided)
    await take(db, FAY, held)
    await db.act(_written_by, close, EVA)
    await as_(db, EVA, agree_to_many, proposal.id)
    why = await settled(db)
    assert why[decided] == why[held] == many.MEANWHILE and why[done] == ""
    assert "your own words" in why[close]
    assert (await the(db, Case, held)).claimed_by_id == FAY
    assert len([one for one in await rows(db, Decision) if one.second_id == EVA]) == 1


async def test_who_lost_the_right_before_they_are_settled_settles_none(db: Database) -> None:
    await waiting(db, 3)
    proposal = await proposed(db)
    await as_(db, EVA, agree_to_many, proposal.id)
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, ADA), Role.MEMBER))
    assert set((await settled(db)).values()) == {many.UNSEEN}
    assert not await rows(db, Decision)


async def test_what_is_objected_to_or_taken_back_settles_nothing(db: Database) -> None:
    await waiting(db, 3)
    first, second = await proposed(db), await proposed(db, key="k2")
    with pytest.raises(Invalid, match="Say why"):
        await as_(db, EVA, object_to_many, first.id, " ")
    await as_(db, EVA, object_to_many, first.id, "Two of them are no spam.")
    await as_(db, ADA, object_to_many, second.id, "")
    assert [one.answer for one in await rows(db, Proposal)] == ["objected", "taken_back"]
    assert set((await settled(db)).values()) == {many.NOT_AGREED}
    with pytest.raises(Denied, match="Nothing is proposed"):
        await as_(db, FAY, agree_to_many, first.id)


async def test_sent_twice_it_is_proposed_once_and_done_once(db: Database) -> None:
    await waiting(db, 3)
    first = await proposed(db, Way.VOID)
    await as_(db, EVA, agree_to_many, first.id)
    await settled(db)
    assert (await proposed(db, Way.VOID)).id == first.id
    await as_(db, EVA, agree_to_many, first.id)
    await settled(db)
    assert {one.state for one in await rows(db, Case)} == {State.VOID}
    with pytest.raises(Conflict, match="used for something else"):
        await proposed(db, Way.SPAM)
    with pytest.raises(Conflict, match="used for something else"):
        await proposed(db, Way.VOID, EVA)


async def test_it_has_bounds(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="No case fits"):
        await proposed(db)
    await waiting(db, 3)
    for number in range(many.WAITING):
        await proposed(db, key=f"n{number}")
    with pytest.raises(Invalid, match="wait for an answer"):
        await proposed(db)
    monkeypatch.setattr(many, "AT_ONCE", 2)
    with pytest.raises(Invalid, match="filter further"):
        await proposed(db, who=FAY)
    with pytest.raises(Denied):
        await proposed(db, who=GUS)


async def test_one_proposes_by_the_form_and_another_agrees(town: Town) -> None:
    cases = await waiting(town.db, 3)
    assert 'name="every"' in await town.ada.open("/moderation?reason=spam")
    sent = await town.ada.post(
        "/moderation/bulk?reason=spam", every="yes", way="spam", words=WORDS, key="k1"
    )
    assert sent.status_code == 303
    page = sent.headers["location"]
    assert "takes two" not in (own := await town.ada.open(page)) and "/agreement" not in own
    assert "2 cases take two people" in own and "Take the proposal back" in own
    assert page in await town.eva.open("/moderation")
    shown = await town.eva.open(page)
    assert all(f"/cases/{case}" in shown for case in cases) and WORDS in shown
    assert (await town.eva.post(f"{page}/agreement")).status_code == 303
    await settled(town.db)
    after = await town.ada.open(page)
    assert DONE.findall(after) == ["yes"] * 3 and "3 of 3 done." in after
    assert (await town.cy.get(page)).status_code == 404
    assert (await town.eva.post(f"{page}/objection", words="Late.")).status_code == 403


def _written_by(tx: Transaction, case_id: int, author: int) -> None:
    tx.get_one(Case, case_id).author_id = author
