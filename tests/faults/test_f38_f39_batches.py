"""F38, F39: one pass carries what many say; it is poison for one of them, or one is banned within.

F38 is told in full by tests/delivery/test_d15_poison.py; here it is looked at from the lines.
"""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, text

from channels.models import Message
from community.clock import now
from community.database import Transaction
from community.members.actions import set_muted_until, set_suspended_until
from community.members.models import Member
from community.postgres import PostgresDatabase
from tests.cast import BO, CY, QUAY
from tests.conftest import Town
from tests.delivery.test_d15_poison import POSTGRES, SQLITE
from web import passes
from web.commands import Say

MANY = 120
AT_ONCE = 8  # messages of one pass, so that the ban falls between two of many


async def test_f38_the_poisoned_line_is_refused_for_good_and_all_others_are_acked(
    generous: Town,
) -> None:
    def taste(tx: Transaction) -> None:
        postgres = isinstance(generous.db, PostgresDatabase)
        tx.execute(text(POSTGRES if postgres else SQLITE))

    await generous.db.act(taste)
    async with generous.bo.tab() as bo, generous.cy.tab() as cy:
        for n in range(40):
            await cy.send("say", channel=QUAY, body="ahoy", key=f"c{n}")
        await bo.send("say", channel=QUAY, body="poison", key="p")
        for n in range(40, 80):
            await cy.send("say", channel=QUAY, body="ahoy", key=f"c{n}")
        answers = [await cy.answer(f"c{n}") for n in range(80)]
        assert [answer["seq"] for answer in answers] == list(range(1, 81))
        refused = await bo.answer("p")
        assert refused["verb"] == "refused" and refused["final"]
        assert (await bo.say("ahoy", "after"))["seq"] == 81


def muted(tx: Transaction) -> int:
    set_muted_until(tx, tx.get_one(Member, BO), now(tx))
    return _said_by_bo(tx)


def suspended(tx: Transaction) -> int:
    set_suspended_until(tx, tx.get_one(Member, BO), now(tx).replace(year=2999))
    return _said_by_bo(tx)


def _said_by_bo(tx: Transaction) -> int:
    """Who bans holds the member; what is not committed by then is not committed any more."""
    return tx.scalar(select(func.count()).where(Message.author_id == BO)) or 0


@pytest.mark.parametrize("ban", [muted, suspended])
async def test_f39_nothing_by_a_banned_member_commits_after_the_ban(
    generous: Town, ban: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bo and Cy speak in turns, in many passes; the ban comes when some of them are done."""
    monkeypatch.setattr(passes, "TOGETHER", AT_ONCE)
    sayings, answers = generous.akar.state.sayings, []
    for n in range(MANY):
        browser = generous.bo if n % 2 else generous.cy
        command = Say(channel=QUAY, body="ahoy", key=f"k{n}")
        answers.append(await sayings.hear(browser.token, command))
    while not answers[AT_ONCE * 3].done():
        await asyncio.sleep(0)
    before = await generous.db.act(ban)
    told = await asyncio.gather(*answers, return_exceptions=True)
    by_bo = [answer for answer in told[1::2] if not isinstance(answer, Exception)]
    assert AT_ONCE <= before == len(by_bo) < MANY // 2
    assert not any(isinstance(answer, Exception) for answer in told[0::2])

    def by(session: Any) -> list[tuple[int, int]]:
        rows = session.execute(select(Message.author_id, Message.seq).order_by(Message.seq))
        return [tuple(row) for row in rows]

    stored = await generous.db.look(by)
    assert [seq for _, seq in stored] == list(range(1, len(stored) + 1))
    assert sum(author == BO for author, _ in stored) == before
    assert sum(author == CY for author, _ in stored) == MANY // 2
