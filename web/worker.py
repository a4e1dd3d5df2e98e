"""What happens because time passes: one at a time in the whole community.

Embedded, it runs inside `akar serve`. Scaled out, `akar worker` runs it, and of several workers one
does a chore: whoever holds the lock of the database that ends with the chore's transaction.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from sqlalchemy import func, select

from channels.keeping import blank_old, blank_refused
from community import failpoints
from community.chain import Keys, seal_entries
from community.database import Database, Transaction
from community.errors import Busy
from community.factors.actions import forget_challenges
from community.factors.resetting import end_resets
from community.files import forget_unused_files
from community.guardians import end_guardianships
from community.members.actions import end_appointments, end_forgotten_sign_ins
from community.notices.actions import write_letters
from community.opening import open_bus, open_database
from community.organisations.actions import lapse_verifications, remind_of_renewals
from community.organisations.deputies import change_deputies
from community.organisations.granting import end_mandates
from community.outbox import forget_old_mail
from community.powers import look_after_powers
from community.searches import tell_of_new_finds
from community.settings import Settings
from community.site import found
from community.tickets import forget_old_tickets
from forum.announcements.correcting import end_expired
from forum.announcements.joining_late import add_late_ones
from forum.announcements.reminding import remind_due
from forum.announcements.telling import tell_on
from forum.lasting import close_topics, end_pins
from forum.manuscripts.actions import publish_due
from forum.polls.actions import end_polls
from forum.responses.actions import count_anew, end_pauses, reopen, tell_of_deadlines
from moderation.appeals import end_appeals
from moderation.before.trust import weigh
from moderation.decisions.claiming import escalate_late, release_claims
from moderation.decisions.closing import close_due
from moderation.decisions.waiting import end_unanswered, remind_applicants
from moderation.erasing import wipe
from moderation.hiding.interim import end_interim, end_rushes
from moderation.measures import lift_ended
from moderation.muting import lift_channel_mutes
from moderation.on_call import call_out
from moderation.orders.alarms import sound_alarms
from moderation.outsiders import forget_notifiers
from moderation.queue.many import settle_agreed
from moderation.retention import blank_evidence
from web import logs
from web.anchors import Anchors, mail_anchor
from web.keeping import ORDINARY
from web.post import Postman, carrier_for
from web.searching import is_new

log = logging.getLogger(__name__)

ELECTION = 7_286  # the number of the lock; any, as long as nothing else uses it

MOST = 100  # times in a row that a chore with more to do is done; then the others have their turn

Chore = Callable[[Transaction], bool | None]  # True: there is more than it did at once


def chores(settings: Settings) -> list[Chore]:
    unused_for = timedelta(days=settings.session_days)
    grace = timedelta(days=settings.factor_grace_days)
    return [
        partial(end_forgotten_sign_ins, unused_for=unused_for),
        partial(look_after_powers, grace=grace, patient=settings.on_loopback),
        forget_challenges,
        end_resets,
        end_appointments,
        end_mandates,
        change_deputies,
        end_polls,
        publish_due,
        tell_on,
        add_late_ones,
        remind_due,
        end_expired,
        end_pauses,
        reopen,
        count_anew,
        tell_of_deadlines,
        end_guardianships,
        lapse_verifications,
        write_letters,
        remind_of_renewals,
        forget_old_mail,
        forget_old_tickets,
        forget_unused_files,
        release_claims,
        escalate_late,
        end_appeals,
        call_out,
        sound_alarms,
        close_due,
        settle_agreed,
        partial(blank_evidence, kept_for=timedelta(days=settings.evidence_days)),
        partial(forget_notifiers, kept_for=timedelta(days=settings.evidence_days)),
        remind_applicants,
        end_unanswered,
        lift_ended,
        end_interim,
        end_rushes,
        lift_channel_mutes,
        weigh,
        wipe,
        blank_old,
        blank_refused,
        end_pins,
        close_topics,
        partial(tell_of_new_finds, is_new=is_new),
        partial(seal_entries, keys=Keys.of(settings.audit_secrets())),
        partial(mail_anchor, address=settings.audit_mail),
    ]


class Worker:
    def __init__(self, db: Database, chores: list[Chore], every: float = ORDINARY.chores) -> None:
        self._db = db
        self._chores = chores
        self._every = every

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(self._every)

    async def round(self) -> None:
        for chore in self._chores:
            await self._do_all(chore)

    async def _do_all(self, chore: Chore) -> None:
        """Bit by bit: between two of them others write."""
        for _turn in range(MOST):
            if not await self._do(chore):
                return

    async def _do(self, chore: Chore) -> bool:
        try:
            return await self._db.act(elected, chore)
        except Busy as busy:
            log.warning("later: %s", busy)  # the next round tries again
        except Exception:
            log.exception("the chore %s failed", name_of(chore))  # the others still have theirs
        return False


def elected(tx: Transaction, chore: Chore) -> bool:
    """Does it unless another worker is at one: whether there is more. On SQLite there is no
    other."""
    if tx.alone or tx.scalar(select(func.pg_try_advisory_xact_lock(ELECTION))):
        return bool(chore(tx))
    return False


async def work_alone(settings: Settings) -> None:
    """`akar worker`: until asked to stop; the chore it is at is finished or undone."""
    logs.begin(settings.log_level)
    failpoints.armed = settings.failpoint
    db = open_database(settings.database_url, open_bus(settings.bus_url))
    db.bus.tune(await db.act(found))
    worker = Worker(db, chores(settings))
    postman = Postman(db, settings, carrier_for(settings), ORDINARY.mail)
    working = asyncio.gather(worker.work(), postman.work(), Anchors(db, settings).work())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    log.info("working")
    with suppress(asyncio.CancelledError):
        await working
    await db.close()
    await db.bus.close()


def name_of(chore: Chore) -> str:
    return getattr(getattr(chore, "func", chore), "__name__", repr(chore))
