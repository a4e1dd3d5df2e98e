"""From one case to the next, under the filters one came by."""

import asyncio

from community.database import Database, Transaction
from community.members.actions import appoint_at_first, join
from community.members.models import Role
from moderation.decisions.claiming import claim_next
from moderation.models import Case, State
from moderation.queue.filtering import Wanted
from tests.cast import ADA, BO, CY, DEE, EVA
from tests.conftest import Town
from tests.moderation.reporting import as_, judge, report, rows, the, write

ALL, MANY = Wanted(), 8


async def onward(db: Database, who: int, past: int = 0, wanted: Wanted = ALL) -> int:
    case = await as_(db, who, claim_next, wanted, past=past)
    return case.id if case else 0


async def waiting(db: Database, *reasons: str) -> list[int]:
    return [
        await report(db, await write(db, body=f"rope {number}"), CY, reason)
        for number, reason in enumerate(reasons)
    ]


async def test_the_most_pressing_is_next_and_theirs(db: Database) -> None:
    spam, urgent, idle = await waiting(db, "spam", "doxxing", "off_topic")
    assert [await onward(db, ADA) for _turn in range(4)] == [urgent, spam, idle, 0]
    held = await the(db, Case, urgent)
    assert (held.state, held.claimed_by_id) == (State.CLAIMED, ADA) and held.first_action_at


async def test_what_is_left_undone_comes_again_last(db: Database) -> None:
    first, second, third = await waiting(db, "spam", "spam", "spam")
    assert await onward(db, EVA, past=second) == third
    assert await onward(db, EVA, past=second) == first
    await judge(db, EVA, first)
    assert await onward(db, EVA, past=first) == second


async def test_never_ones_own_nor_what_one_reported_nor_under_another_filter(db: Database) -> None:
    post = await write(db, author=ADA, body="mine")
    own = await report(db, post, BO)
    reported = await report(db, await write(db, body="rope"), ADA)
    other = await report(db, await write(db, body="twine"), DEE, "off_topic")
    assert await onward(db, ADA, wanted=Wanted(reason="spam")) == 0
    assert await onward(db, ADA) == other
    assert await onward(db, EVA) == own and await onward(db, EVA) == reported


async def test_many_who_ask_at_once_get_as_many_cases(db: Database) -> None:
    await waiting(db, *["spam"] * MANY)
    moderators = [await db.act(_hired, number) for number in range(MANY)]
    got = await asyncio.gather(*(onward(db, one) for one in moderators))
    assert sorted(got) == list(range(1, MANY + 1))
    assert {one.claimed_by_id for one in await rows(db, Case)} == set(moderators)


async def test_by_forms_alone(town: Town) -> None:
    await waiting(town.db, "spam", "spam", "off_topic")
    sent = await town.ada.post("/moderation/next", reason="spam")
    assert sent.headers["location"] == "/cases/1?reason=spam"
    version = str((await the(town.db, Case, 1)).version)
    form = {"ruling": "keep", "reason": "spam", "facts": "Fine.", "key": "k1", "then": "next"}
    page = await town.ada.open("/cases/1?reason=spam")
    assert 'action="/cases/1/decision?reason=spam"' in page
    sent = await town.ada.post("/cases/1/decision?reason=spam", **form, version=version)
    assert sent.headers["location"] == "/cases/2?reason=spam"
    assert "You hold this case" in await town.ada.open("/cases/2?reason=spam")
    sent = await town.ada.post("/moderation/next", reason="spam", past="2")
    assert sent.headers["location"] == "/moderation?reason=spam"
    assert (await town.cy.post("/moderation/next")).status_code == 403


def _hired(tx: Transaction, number: int) -> int:
    member = join(tx, name=f"M {number}", email=f"m{number}@harbour.test", password_hash="-")
    appoint_at_first(tx, member, Role.MODERATOR)
    return member.id
