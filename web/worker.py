"""What happens because time passes: one at a time in the whole community.

Embedded, it runs inside `akar serve`; scaled out, `akar worker` runs it, and of several workers one
holds the lease.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from community.database import Database, Transaction
from community.errors import Busy
from community.members.actions import end_appointments, end_forgotten_sign_ins
from community.organisations.actions import end_mandates, lapse_verifications
from moderation.actions import lift_ended, release_claims

log = logging.getLogger(__name__)

ROUND = 2  # seconds between two rounds: what ends by time ends this late at the latest


class Worker:
    def __init__(self, db: Database, session_unused: timedelta) -> None:
        self._db = db
        self._chores: list[Callable[[Transaction], None]] = [
            partial(end_forgotten_sign_ins, unused_for=session_unused),
            end_appointments,
            end_mandates,
            lapse_verifications,
            release_claims,
            lift_ended,
        ]

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            for chore in self._chores:
                await self._do(chore)
            await asyncio.sleep(ROUND)

    async def _do(self, chore: Callable[[Transaction], None]) -> None:
        try:
            await self._db.act(chore)
        except Busy as busy:
            log.warning("later: %s", busy)  # the next round tries again
