"""No right is remembered: each click and each word asks the rows, whatever the bus has said.

What a tab stands on is remembered, and looked at anew (web/keeping.py): S3 says how soon.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import pytest

from channels.joining import remove
from community.clock import now
from community.database import Database, Transaction
from community.members import actions as members
from community.members.models import Member, Role
from community.organisations.models import Mandate
from forum.categories import restrict_category
from tests.browsing import Browser
from tests.cast import ADA, BO, CABIN, CY, DEE_FOR_OFFICE, FAY, LEDGER, MARKET, MOORING, QUAY
from tests.conftest import Town
from tests.doors import everything
from tests.patience import BUSY
from tests.servers import Valkey

WITHOUT_A_BUS = 2.0 + BUSY  # seconds


class Right(NamedTuple):
    of: str
    ends: Callable[[Transaction], object]
    page: str
    page_after: int
    deed: str
    deed_after: int


def a_role(tx: Transaction) -> None:
    tx.get_one(Member, ADA).role = Role.MEMBER  # the row alone: her sign-in stays


def a_mandate(tx: Transaction) -> None:
    tx.get_one(Mandate, DEE_FOR_OFFICE).ended_at = now(tx)


def a_membership(tx: Transaction) -> None:
    remove(tx, tx.get_one(Member, ADA), CABIN, BO)


def a_sign_in(tx: Transaction) -> None:
    members.sign_out_others(tx, tx.get_one(Member, CY), "")


def a_voice(tx: Transaction) -> None:
    members.set_muted_until(tx, tx.get_one(Member, CY), now(tx))


def an_open_category(tx: Transaction) -> None:
    restrict_category(tx, tx.get_one(Member, FAY), MARKET, {"kind:government"})


SAY = "/channels/{}/messages"
REPLY = "/topics/{}/posts"
RIGHTS = [
    Right("ada", a_role, "/moderation", 403, f"/topics/{MOORING}/lock", 403),
    Right("dee", a_mandate, f"/topics/{LEDGER}", 404, REPLY.format(LEDGER), 404),
    Right("bo", a_membership, f"/channels/{CABIN}", 404, SAY.format(CABIN), 404),
    Right("cy", a_sign_in, "/channels", 303, SAY.format(QUAY), 401),
    Right("cy", a_voice, "/channels", 200, SAY.format(QUAY), 403),
    Right("cy", an_open_category, f"/topics/{MOORING}", 404, REPLY.format(MOORING), 404),
    Right("visitor", an_open_category, f"/topics/{MOORING}", 404, REPLY.format(MOORING), 401),
]


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: f"{right.of} {right.ends.__name__}")
async def test_the_next_click_and_the_next_word_know_it(town: Town, right: Right) -> None:
    """Not even this process was told: nothing is published."""
    browser: Browser = getattr(town, right.of)
    for _visit in range(2):  # the second could be out of a cache
        await browser.open(right.page)
    await town.db.act(_in_silence, right.ends)
    before = await everything(town)
    assert (await browser.post(right.deed, **_form(right.deed))).status_code == right.deed_after
    assert (await browser.get(right.page)).status_code == right.page_after
    assert await everything(town) == before


@pytest.mark.fault
@pytest.mark.scaled_out
@pytest.mark.parametrize("setup", ["scaled out"])
async def test_another_process_knows_it_with_redis_stopped(
    town: Town, elsewhere: Database, valkey: Valkey
) -> None:
    """Clicks at once, tabs within two seconds."""
    async with town.bo.tab() as bo, town.dee.tab() as dee:
        await bo.watch(f"channel:{CABIN}")
        await dee.watch(f"topic:{LEDGER}")
        valkey.pause()
        try:
            async with asyncio.timeout(WITHOUT_A_BUS):
                await elsewhere.act(a_membership)
                await elsewhere.act(a_mandate)
                assert (await town.bo.get(f"/channels/{CABIN}")).status_code == 404
                assert (await town.dee.get(f"/topics/{LEDGER}")).status_code == 404
                assert (await bo.until("revoked"))["stream"] == f"channel:{CABIN}"
                assert (await dee.closed())[0] == 4403
        finally:
            valkey.resume()


def _in_silence(tx: Transaction, ends: Callable[[Transaction], object]) -> None:
    ends(tx)
    tx.events.clear()


def _form(deed: str) -> dict[str, str]:
    """What that door needs to be told; the lock takes nothing."""
    said = {"body": "ahoy", "key": "k1"}
    match deed.split("/")[1:]:
        case ["channels", *_]:
            return said
        case ["topics", topic, "posts"]:
            return said | {"place": f"topic:{topic}"}
        case _:
            return {}
