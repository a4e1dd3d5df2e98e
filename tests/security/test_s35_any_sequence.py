"""Whatever Cy was given and lost, in whatever order: what they may do is what they still have.

A mandate offered, accepted, withdrawn or run out; its organisation closed and opened again; muted
and unmuted; suspended and not any more; in the private channel and out of it; signed in and out.
After each step words are tried by Cy, and one is said that only members of the private channel may
hear.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from channels import joining as channels
from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied, Suspended
from community.members import actions as members
from community.members.models import Member
from community.organisations.closing import reopen
from community.organisations.granting import (
    accept_mandate,
    end_mandates,
    offer_mandate,
    withdraw_mandate,
)
from community.organisations.models import Mandate, MandateRole
from community.organisations.queries import offered_to
from community.restrictions import Restriction, RestrictionKind
from moderation.decisions.closing import close_by_order
from moderation.measures import lift_ended
from moderation.subjects import settle_member
from tests.browsing import PATIENCE, Browser, Tab
from tests.cast import ADA, BO, CABIN, CY, DODOL, FAY, QUAY
from tests.conftest import Town
from tests.patience import BUSY
from tests.servers import Valkey

WITHOUT_A_BUS = 2.0 + BUSY  # seconds
STEPS = ("offer", "accept", "withdraw", "run out", "close", "open", "mute", "unmute", "suspend",
         "lift", "admit", "remove", "sign out", "sign in")  # fmt: skip
FOR_WHO_MAY_COME_IN = {"accept", "sign in"}
SEQUENCES = st.lists(st.sampled_from(STEPS), min_size=3, max_size=8)
ALMOST = [
    "offer", "accept", "admit", "withdraw", "remove", "offer", "admit", "accept", "run out",
    "mute", "suspend", "sign in", "unmute", "accept", "lift", "sign in", "suspend", "mute", "lift",
    "sign in", "open", "offer", "accept", "close", "accept", "open", "offer", "close", "open",
    "accept", "sign out",
]  # fmt: skip

_numbers = count(1)


@dataclass
class Cy:
    """What they have, as the steps say it."""

    browser: Browser
    offer: int = 0  # the number of what was offered last
    offered: bool = False
    mandate: bool = False
    closed: bool = False  # the organisation
    muted: bool = False
    suspended: bool = False
    inside: bool = False
    signed_in: bool = True

    @property
    def speaks(self) -> bool:
        return self.signed_in and not self.muted

    @property
    def standing(self) -> tuple[bool, bool, bool]:
        """What a tab stands on."""
        return self.signed_in, self.mandate, self.muted

    def took(self, step: str) -> None:
        match step:
            case "offer" if not (self.mandate or self.closed):
                self.offered = True
            case "accept" if self.offered and not self.suspended:
                self.offered, self.mandate = False, True
            case "withdraw" | "run out" | "close":
                self.offered = self.mandate = False
                self.closed = self.closed or step == "close"
            case "open":
                self.closed = False
            case "mute" | "unmute":
                self.muted = step == "mute"
            case "suspend" | "lift":
                self.suspended = step == "suspend"
                self.signed_in = self.signed_in and not self.suspended
            case "admit" | "remove":
                self.inside = step == "admit"
            case "sign out" | "sign in":
                self.signed_in = step == "sign in" and not self.suspended


@pytest.mark.slow
@settings(max_examples=8)
@example(steps=ALMOST)
@given(steps=SEQUENCES)
async def test_no_sequence_leaves_a_right_behind(generous: Town, steps: list[str]) -> None:
    async with _arrived(generous) as cy:
        for step in steps:
            await _step(generous, generous.db, cy, step, PATIENCE)


@pytest.mark.fault
@pytest.mark.scaled_out
@pytest.mark.parametrize("setup", ["scaled out"])
async def test_no_right_is_left_with_redis_stopped(
    generous: Town, elsewhere: Database, valkey: Valkey
) -> None:
    """By another process, of which this one hears nothing."""
    async with _arrived(generous) as cy:
        valkey.pause()
        try:
            for step in ALMOST:
                await _step(generous, elsewhere, cy, step, WITHOUT_A_BUS)
        finally:
            valkey.resume()


async def _step(town: Town, db: Database, cy: Cy, step: str, within: float) -> None:
    """With a tab that was open before it, where they could have one."""
    async with _listening(cy) as tab:
        before = replace(cy)
        await _take(town, db, cy, step)
        cy.took(step)
        await _try_words(cy)
        if tab and await _still_open(tab, before, cy, within):
            await _listen_to_both(town, tab, inside=cy.inside and before.inside)


@asynccontextmanager
async def _listening(cy: Cy) -> AsyncIterator[Tab | None]:
    if not cy.signed_in:
        yield None
        return
    async with cy.browser.tab() as tab:
        await tab.watch(f"channel:{QUAY}")
        if cy.inside:
            await tab.watch(f"channel:{CABIN}")
        yield tab


async def _take(town: Town, db: Database, cy: Cy, step: str) -> None:
    changes, deed = _deeds(cy)[step]
    if not changes:
        return
    if step in FOR_WHO_MAY_COME_IN and cy.suspended:
        with pytest.raises((Denied, Suspended)):
            await db.act(deed)
        return
    done = await db.act(deed)
    if step == "offer":
        cy.offer = done
    if step == "sign in":
        await cy.browser.close()
        cy.browser = Browser(town.origin, done)


def _deeds(cy: Cy) -> dict[str, tuple[bool, Callable[[Transaction], Any]]]:
    """Whether a step changes something, and how it is taken."""
    return {
        "offer": (not (cy.offered or cy.mandate or cy.closed), _offer),
        "accept": (cy.offered, _as(CY, accept_mandate, cy.offer)),
        "withdraw": (cy.offered or cy.mandate, _as(BO, withdraw_mandate, cy.offer)),
        "run out": (True, _run_out),
        "close": (not cy.closed, _as(FAY, close_by_order, DODOL, "It ended.")),
        "open": (cy.closed, _open),
        "mute": (not cy.muted, partial(_restrict, kind=RestrictionKind.MUTED)),
        "unmute": (cy.muted, partial(_lift, kind=RestrictionKind.MUTED)),
        "suspend": (not cy.suspended, partial(_restrict, kind=RestrictionKind.SUSPENDED)),
        "lift": (cy.suspended, partial(_lift, kind=RestrictionKind.SUSPENDED)),
        "admit": (not cy.inside, _as(FAY, channels.invite, CABIN, CY)),
        "remove": (cy.inside, _as(ADA, channels.remove, CABIN, CY)),
        "sign out": (cy.signed_in, _sign_out),
        "sign in": (not cy.signed_in, lambda tx: members.sign_in(tx, CY)),
    }


async def _try_words(cy: Cy) -> None:
    """For themselves at the quay, for Dodol, and in the private channel."""
    assert await _says(cy, QUAY) == cy.speaks
    assert await _says(cy, QUAY, mandate=cy.offer or 1) == (cy.speaks and cy.mandate)
    assert await _says(cy, CABIN) == (cy.speaks and cy.inside)


async def _says(cy: Cy, channel: int, **more: Any) -> bool:
    words = {"body": "ahoy", "key": f"w{next(_numbers)}"} | more
    answer = await cy.browser.post(f"/channels/{channel}/messages", **words)
    return answer.status_code == 303


async def _still_open(tab: Tab, before: Cy, cy: Cy, within: float) -> bool:
    """A tab whose standing changed is closed, one that may not hear a stream is told, in time."""
    async with asyncio.timeout(within):
        if before.standing != cy.standing:
            assert (await tab.closed())[0] == (4403 if cy.signed_in else 4401)
            return False
        if before.inside and not cy.inside:
            assert (await tab.until("revoked"))["stream"] == f"channel:{CABIN}"
    return True


async def _listen_to_both(town: Town, tab: Tab, *, inside: bool) -> None:
    """What is said in the cabin first, and for everybody afterwards; each channel at its pace."""
    secret, public = f"secret {next(_numbers)}", f"public {next(_numbers)}"
    for channel, body in ((CABIN, secret), (QUAY, public)):
        words = {"body": body, "key": body.replace(" ", "-")}
        assert (await town.bo.post(f"/channels/{channel}/messages", **words)).status_code == 303
    for body in (secret, public) if inside else (public,):
        while body not in str(tab.heard):
            await tab.until("put")
    assert (secret in str(tab.heard)) == inside


@asynccontextmanager
async def _arrived(town: Town) -> AsyncIterator[Cy]:
    """With nothing; and gone afterwards with nothing, for the next sequence."""
    cy = Cy(Browser(town.origin, await town.db.act(members.sign_in, CY)))
    yield cy
    for step in ("withdraw", "open", "unmute", "lift", "remove", "sign out"):
        await _take(town, town.db, cy, step)
    await cy.browser.close()


def _as(who: int, action: Callable[..., Any], *args: int | str) -> Callable[[Transaction], Any]:
    return lambda tx: action(tx, tx.get_one(Member, who), *args)


def _offer(tx: Transaction) -> int:
    """Long after the one before: nobody is pressed by offers."""
    over = Mandate.ended_at.is_not(None)
    tx.execute(update(Mandate).where(over).values(ended_at=now(tx) - timedelta(days=99)))
    owner = tx.get_one(Member, BO)
    ends_at = now(tx) + timedelta(days=1)
    return offer_mandate(tx, owner, DODOL, CY, MandateRole.SPEAKER, ends_at=ends_at).id


def _run_out(tx: Transaction) -> None:
    tx.info["now"] = now(tx) + timedelta(days=2)
    end_mandates(tx)


def _open(tx: Transaction) -> None:
    """By an administrator, with the owner it had."""
    owner = tx.get_one(Member, BO)
    reopen(tx, tx.get_one(Member, FAY), DODOL, owner.id)
    tx.forget_turns()  # they accept in a moment of their own
    accept_mandate(tx, owner, offered_to(tx, owner)[0].id)


def _restrict(tx: Transaction, kind: RestrictionKind) -> None:
    at = {"imposed_at": now(tx), "ends_at": now(tx) + timedelta(days=9)}
    tx.add(Restriction(kind=kind, subject=f"member:{CY}", case_id=0, **at))
    settle_member(tx, tx.get_one(Member, CY))


def _lift(tx: Transaction, kind: RestrictionKind) -> None:
    """That kind alone, as the worker does when its time is over."""
    over = update(Restriction).where(Restriction.kind == kind, Restriction.lifted_at.is_(None))
    tx.execute(over.values(ends_at=now(tx)))
    lift_ended(tx)


def _sign_out(tx: Transaction) -> None:
    members.sign_out_others(tx, tx.get_one(Member, CY), "")
