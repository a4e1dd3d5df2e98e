"""Whoever loses a right loses it now, on every tab.

Mattermost CVE-2026-9162, Zulip CVE-2022-24751, NodeBB CVE-2016-4427.
"""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from websockets.exceptions import ConnectionClosed

from community.database import Transaction
from community.members import actions as members
from community.members.models import Member, Role, SignIn
from community.members.queries import hash_of
from tests.browsing import PATIENCE, Browser, Tab
from tests.cast import BO, CY, email
from tests.conftest import Posted, Town
from tests.doors import FORM
from tests.patience import BUSY
from tests.raw import Answer, Raw, raw
from tests.servers import Valkey

WITHOUT_A_BUS = 2.0 + BUSY  # seconds
RACES = 200
TOGETHER = 20


async def test_revoke_drops_every_socket(town: Town) -> None:
    """Signing out, and another role: all tabs of that sign-in, of that member."""
    async with town.bo.tab() as one, town.bo.tab() as two, town.cy.tab() as cy:
        await town.bo.post("/sign-out")
        assert await _closed(one) == await _closed(two) == 4401
        await town.db.act(_appoint, CY, Role.MODERATOR)
        assert await _closed(cy) == 4401


async def test_ending_all_others_closes_their_sockets(town: Town) -> None:
    other = Browser(town.origin, await town.db.act(members.sign_in, BO))
    async with other.tab() as elsewhere, town.bo.tab() as here:
        await town.bo.post("/settings/sign-ins/others/ending")
        assert await _closed(elsewhere) == 4401
        assert (await here.say("still here", "k1"))["verb"] == "ack"
    await other.close()


async def test_an_administrator_ends_all_of_a_member(posted: Posted) -> None:
    """Who has lost a phone calls, and is told that it was done."""
    town, box = posted
    door = f"/administration/members/{BO}/sign-out"
    assert (await town.ada.post(door)).status_code == 403
    assert door in await town.fay.open(f"/administration/members/{BO}")
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        assert (await town.fay.post(door)).status_code == 303
        assert await _closed(bo) == 4401
        assert (await cy.say("still here", "k1"))["verb"] == "ack"
    assert (await box.next())["to"] == email(BO)
    assert door not in await town.fay.open(f"/administration/members/{BO}")


@pytest.mark.fault
@pytest.mark.scaled_out
@pytest.mark.parametrize("setup", ["scaled out"])
async def test_revoke_drops_every_socket_even_without_redis(town: Town, valkey: Valkey) -> None:
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        valkey.pause()
        try:
            await town.bo.post("/sign-out")
            await town.db.act(_appoint, CY, Role.MODERATOR)
            ended = asyncio.get_running_loop().time() + WITHOUT_A_BUS
            assert await _closed(bo, WITHOUT_A_BUS) == 4401
            assert await _closed(cy, ended - asyncio.get_running_loop().time()) == 4401
        finally:
            valkey.resume()


async def test_no_sign_in_survives_its_end(generous: Town) -> None:
    """Two hundred races between signing out and a message by the same browser."""
    town = generous
    tokens = await asyncio.gather(*(town.db.act(members.sign_in, CY) for _ in range(RACES)))
    await asyncio.gather(*(_races(town, tokens[n::TOGETHER]) for n in range(TOGETHER)))
    assert not await town.db.look(_open_ones, tokens)


async def test_two_browsers_that_end_each_other_take_turns(town: Town) -> None:
    """Only one of them was still signed in when it ended the other."""
    for _race in range(TOGETHER):
        tokens = [await town.db.act(members.sign_in, CY) for _ in range(2)]
        async with raw(town.origin) as one, raw(town.origin) as other:
            answers = await asyncio.gather(
                *(
                    _end_all_others(line, token)
                    for line, token in zip((one, other), tokens, strict=True)
                )
            )
        assert sorted(answer.status for answer in answers) == [303, 401]
        assert len(await town.db.look(_open_ones, tokens)) == 1


async def _races(town: Town, tokens: Sequence[str]) -> None:
    async with raw(town.origin) as one, raw(town.origin) as other:
        for token in tokens:
            headers = [("origin", town.origin), ("cookie", f"sid={token}"), FORM]
            body = f"body=ahoy&key={token}".encode()
            said, out = await asyncio.gather(
                one.ask("POST", "/channels/7/messages", headers, body),
                other.ask("POST", "/sign-out", headers),
            )
            assert said.status in {303, 401}
            assert out.status == 303
        late = await one.ask("POST", "/channels/7/messages", headers, b"body=late&key=late")
        assert late.status == 401


async def _end_all_others(line: Raw, token: str) -> Answer:
    headers = [("origin", line.origin), ("cookie", f"sid={token}"), FORM]
    return await line.ask("POST", "/settings/sign-ins/others/ending", headers)


def _open_ones(session: Session, tokens: Sequence[str]) -> Sequence[SignIn]:
    asked = select(SignIn).where(SignIn.token_hash.in_(map(hash_of, tokens)))
    return session.scalars(asked.where(SignIn.ended_at.is_(None))).all()


async def _closed(tab: Tab, within: float = PATIENCE) -> int:
    """At once: nobody looks by and by whether a tab was told (tests/patience.py)."""
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(within):
            await tab.until("never")
    assert closed.value.rcvd
    return closed.value.rcvd.code


def _appoint(tx: Transaction, member_id: int, role: Role) -> None:
    members.appoint_at_first(tx, tx.get_one(Member, member_id), role)
