"""What is ordered on the command line, and how it reaches a database that somebody serves.

A SQLite file belongs to one process. While `serve` has it, an order goes to it through a socket in
AKAR_DATA_DIR that only its owner may open.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

from msgspec import DecodeError, Struct, json

from community import audit
from community.database import Database, Transaction
from community.errors import NotFound, Refusal
from community.factors.resetting import reset_factors
from community.members.actions import appoint_at_first, join, tell_of_role
from community.members.models import Member, Role
from community.members.policies import may_resign
from community.members.queries import administrators, member_with_email
from community.migrating import on_connection
from community.opening import open_bus, open_database
from community.policies import require
from community.settings import Settings, make_private
from community.site import begin_epoch, found
from community.sqlite import AlreadyOpen
from moderation.erasing import erase_at_once
from web import demonstration
from web.migrations import NOT_MIGRATED, up_to_date

log = logging.getLogger(__name__)

SOCKET = "orders"  # its name in AKAR_DATA_DIR
LONGEST = 64 * 1024  # bytes of an order
PATIENCE = 60  # seconds until an order has been carried out, or something is wrong


class AddMember(Struct, frozen=True, kw_only=True, tag_field="order"):
    name: str
    email: str
    password_hash: str
    role: Role = Role.MEMBER


class GiveRole(Struct, frozen=True, kw_only=True, tag_field="order"):
    email: str
    role: Role


class ResetSecondStep(Struct, frozen=True, kw_only=True, tag_field="order"):
    email: str


class Seed(Struct, frozen=True, kw_only=True, tag_field="order"):
    password_hash: str


class BeginEpoch(Struct, frozen=True, kw_only=True, tag_field="order"):
    pass


class EraseMember(Struct, frozen=True, kw_only=True, tag_field="order"):
    number: int
    because: str


Order = AddMember | GiveRole | ResetSecondStep | EraseMember | Seed | BeginEpoch


class Answer(Struct, frozen=True, kw_only=True):
    """What happened, or why it did not."""

    sentence: str
    done: bool = True


async def give(settings: Settings, order: Order) -> Answer:
    """To the database itself, or to whoever serves it. Raises AlreadyOpen where nobody listens."""
    try:
        if not await on_connection(settings.database_url, up_to_date):
            return Answer(sentence=NOT_MIGRATED, done=False)
        db = open_database(settings.database_url, open_bus(settings.bus_url))
    except AlreadyOpen as taken:
        return await _handed_over(settings.folder / SOCKET, order, taken)
    try:
        db.bus.tune(await db.act(found))
        return await carried_out(db, order)
    finally:
        await db.close()
        await db.bus.close()


@asynccontextmanager
async def taken(db: Database, settings: Settings) -> AsyncIterator[None]:
    """While this lasts, orders of other processes are carried out here."""
    path = settings.folder / SOCKET
    door = _door(path) if settings.embedded else None
    if door is None:
        yield
        return

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            order = json.decode(await reader.readline(), type=Order)
            answer = Answer(sentence=_STOP_FIRST, done=False)
            if not isinstance(order, BeginEpoch):
                answer = await carried_out(db, order)
            writer.write(json.encode(answer) + b"\n")
        except (DecodeError, ValueError, OSError) as error:
            log.warning("an order was not understood: %s", error)
        finally:
            writer.close()

    server = await asyncio.start_unix_server(take, sock=door, limit=LONGEST)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def carried_out(db: Database, order: Order) -> Answer:
    try:
        match order:
            case AddMember():
                return Answer(sentence=await db.act(_add_member, order))
            case GiveRole():
                return Answer(sentence=await db.act(_give_role, order))
            case ResetSecondStep():
                return Answer(sentence=await db.act(_reset_second_step, order))
            case EraseMember():
                return Answer(sentence=await db.act(_erase_member, order))
            case Seed():
                return Answer(sentence=await demonstration.seed(db, order.password_hash))
            case BeginEpoch():
                await db.act(begin_epoch)
                return Answer(sentence="A new epoch has begun; every open page starts over.")
    except Refusal as refusal:
        return Answer(sentence=refusal.sentence % refusal.values, done=False)


_STOP_FIRST = "The community is being served. Stop that first, then begin the new epoch."


def _add_member(tx: Transaction, order: AddMember) -> str:
    member = join(tx, name=order.name, email=order.email, password_hash=order.password_hash)
    if order.role != Role.MEMBER:
        appoint_at_first(tx, member, order.role)
    audit.record(tx, None, "member.added", f"member:{member.id}", role=order.role)
    return f"{member.name} <{member.email}> is number {member.id}: {order.role}."


def _give_role(tx: Transaction, order: GiveRole) -> str:
    member = member_with_email(tx, order.email)
    if member is None:
        raise NotFound("There is no member with this address.")
    if member.granted == Role.ADMINISTRATOR and order.role != Role.ADMINISTRATOR:
        require(may_resign(administrators(tx, but=member)))
    appoint_at_first(tx, member, order.role)
    audit.record(tx, None, "member.appointed", f"member:{member.id}", role=order.role)
    tell_of_role(tx, member)
    return f"{member.name} <{member.email}> is {order.role} now."


def _reset_second_step(tx: Transaction, order: ResetSecondStep) -> str:
    """Where there is no second administrator; they are told by mail as ever."""
    member = member_with_email(tx, order.email)
    if member is None:
        raise NotFound("There is no member with this address.")
    if not member.protected:
        raise NotFound("They sign in with a password alone; there is nothing to reset.")
    reset_factors(tx, member, "AKAR")
    audit.record(tx, None, "member.factors_reset", f"member:{member.id}")
    return f"{member.name} <{member.email}> signs in with the password alone now, everywhere anew."


def _erase_member(tx: Transaction, order: EraseMember) -> str:
    member = tx.get(Member, order.number)
    if member is None:
        raise NotFound("There is no member with this number.")
    tx.lock(member)
    erase_at_once(tx, member, order.because)
    return f"Member {member.id} is erased. What they wrote goes within minutes, by the worker."


async def _handed_over(path: Path, order: Order, taken: AlreadyOpen) -> Answer:
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(json.encode(order) + b"\n")
            line = await reader.readline()
            writer.close()
            return json.decode(line, type=Answer)
    except (OSError, DecodeError, TimeoutError):
        _nobody_listens(taken)


def _nobody_listens(taken: AlreadyOpen) -> NoReturn:
    raise taken from None


def _door(path: Path) -> socket.socket | None:
    """Nobody can knock before it listens, and by then only the owner may."""
    make_private(path.parent)
    path.unlink(missing_ok=True)  # of a process that was killed: the database is ours, so is this
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        door.bind(str(path))
    except OSError as error:  # its name may have a hundred letters
        log.warning("no orders are taken on %s: %s", path, error)
        return None
    path.chmod(0o600)
    return door
