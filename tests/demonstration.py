"""The running app on the demonstration community, and a browser for each of its roles."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.models import Channel, Message
from community import accounts, joining
from community.database import Database, Transaction
from community.invitations.actions import invite
from community.invitations.models import Wanted
from community.joining import Application
from community.members.models import Member
from community.migrating import on_connection
from community.opening import open_bus, open_database
from community.places import Lens
from community.settings import Settings
from community.site import site_of
from community.tickets import Purpose, Ticket
from community.verification import Shown, Verification
from forum.holding import HeldPost
from moderation.before.actions import start
from moderation.decisions.applications import ask_for_verification
from moderation.orders.actions import Intake, comply, take_in
from moderation.orders.models import Authority, Target
from moderation.outsiders import Told, ask_to_report, report_by
from moderation.queue import filtering
from moderation.queue.bulk import Way
from moderation.queue.many import propose_many
from moderation.rules.actions import Wording, make_rule
from moderation.rules.models import Action
from tests import servers
from tests.browsing import Browser, close_browsers, sign_in_as
from tests.conftest import served
from tests.hashing import hash_password
from tests.pages import BROKEN
from tests.provider import Provider, knowing, provider
from web.app import create_app
from web.crossings import NewTopic, make_topic
from web.demonstration import ACCOUNTS, seed
from web.demonstration.content import DOMAIN
from web.keeping import ORDINARY, Rhythm
from web.migrations import migrate

PASSWORD = "kuali-tembaga-berbunyi-7"
VISITOR = "visitor"
ROLES = (VISITOR, *ACCOUNTS)


@dataclass
class Demonstration:
    db: Database
    settings: Settings
    app: Starlette
    browsers: dict[str, Browser]  # by role


@asynccontextmanager
async def demonstration(folder: Path, rhythm: Rhythm = ORDINARY) -> AsyncIterator[Demonstration]:
    """In an empty folder, for as long as this lasts."""
    async with provider() as elsewhere:
        given = Settings(port=servers.free_port(), data_dir=str(folder))
        async with _moved_in(knowing(given, elsewhere), rhythm) as there:
            await _come_back(there, elsewhere)
            yield there


@asynccontextmanager
async def _moved_in(settings: Settings, rhythm: Rhythm) -> AsyncIterator[Demonstration]:
    await on_connection(settings.database_url, migrate)
    db = open_database(settings.database_url, open_bus(settings.bus_url))
    await seed(db, hash_password(PASSWORD))
    akar = create_app(db, settings, rhythm)
    akar.router.routes.append(Route(BROKEN, _fail, name="broken"))
    async with served(akar, settings):
        browsers = {VISITOR: Browser(settings.public_url)}
        for role, handle in ACCOUNTS.items():
            member = await db.look(_number_of, f"{handle}@{DOMAIN}")
            browsers[role] = await sign_in_as(db, settings.public_url, member)
        await db.act(_tickets)
        await db.act(_from_outside)
        await db.act(_order)
        await db.act(_many)
        yield Demonstration(db, settings, akar, browsers)
        await close_browsers(settings.public_url)


async def _come_back(there: Demonstration, elsewhere: Provider) -> None:
    """The visitor has an account elsewhere, and with the address of one here."""
    visitor = there.browsers[VISITOR]
    door = (await visitor.get("/sign-in/elsewhere")).headers["location"]
    await visitor.get(elsewhere.signs_in(door, email=f"{ACCOUNTS['member']}@{DOMAIN}"))


def _number_of(session: Session, email: str) -> int:
    return session.scalars(select(Member.id).where(Member.email == email)).one()


def _tickets(tx: Transaction) -> None:
    """One for each kind of page that a letter leads to."""
    member = tx.get_one(Member, _number_of(tx, f"{next(iter(ACCOUNTS.values()))}@{DOMAIN}"))
    gita = Application("gita@tenun.example", "Gita", "32.05", (), "", 1991, "id")
    joining.ask_to_join(tx, gita)
    young = gita._replace(email="adik@tenun.example", born=2012, guardian="ibu@tenun.example")
    site_of(tx).guardian_consent = True
    joining.ask_to_join(tx, young)
    accounts.ask_to_reset(tx, member.email, "id")
    administrator = tx.get_one(Member, _number_of(tx, f"{ACCOUNTS['administrator']}@{DOMAIN}"))
    invite(tx, administrator, Wanted(organisation_id=1, most=20), a_day=0)
    accounts.ask_to_move(tx, member, "baru@tenun.example")
    message = tx.scalars(
        select(Message).join(Message.channel).where(~Channel.private).order_by(Message.id.desc())
    ).first()
    assert message
    into = NewTopic("Dari obrolan", 1)
    make_topic(tx, administrator, message.stream_id, [message.id], into)
    waiting = tx.scalars(select(Verification).order_by(Verification.id)).first()
    assert waiting
    shown = Shown(waiting.words, waiting.nib, "industri@tasikmalayakab.go.id")
    owner = tx.get_one(Member, waiting.asked_by_id)
    make_rule(tx, administrator, Wording("judi online", Action.FLAG, "gambling_porn"))
    make_rule(tx, administrator, Wording("pinjaman kilat", Action.HOLD, "scam_fraud"))
    tx.forget_turns()
    begun = start(tx, member, 1, "Modal usaha", "Ada pinjaman kilat?", Lens(), key="tertahan")
    assert isinstance(begun, HeldPost)
    ask_for_verification(tx, owner, waiting.organisation_id, shown)


def _from_outside(tx: Transaction) -> None:
    """Somebody without an account has reported a topic, and wants to report another."""
    told = Told(("/topics/1",), "hoax", "Angkanya tidak ada di sumbernya.", "hana@warga.example",
                "id", good_faith=True)  # fmt: skip
    ask_to_report(tx, told)
    tx.flush()
    first = tx.scalars(select(Ticket.id).where(Ticket.purpose == Purpose.REPORT)).one()
    report_by(tx, first)
    tx.forget_turns()
    ask_to_report(tx, told._replace(pages=("/topics/2", "/topics/3")))


def _order(tx: Transaction) -> None:
    """That an authority wrote: half of it is answered."""
    administrator = tx.get_one(Member, _number_of(tx, f"{ACCOUNTS['administrator']}@{DOMAIN}"))
    named = Intake(
        "B-112/DJAI.4/2026", "Direktorat Jenderal Pengawasan Ruang Digital",
        "Pasal 40 ayat (2a) UU 11/2008", "Agar akses terhadap alamat berikut diputus.",
        "021 555 0112", False, ("/topics/4", "/posts/8", "/posts/9", "/posts/999999"),
        "Bapak Yusuf, lewat nomor di situs resmi direktorat.", kind=Authority.MINISTRY,
    )  # fmt: skip
    order = take_in(tx, administrator, named, key="perintah-1")
    first = tx.scalars(select(Target.id).where(Target.order_id == order.id)).first()
    assert first
    tx.forget_turns()
    comply(tx, administrator, order.id, first)


def _many(tx: Transaction) -> None:
    """A moderator has named several cases that are to be settled at once."""
    moderator = tx.get_one(Member, _number_of(tx, f"{ACCOUNTS['moderator']}@{DOMAIN}"))
    words = "Ini memang dibahas di sini."
    propose_many(tx, moderator, filtering.Wanted(priority=4), Way.KEEP, words, key="banyak-1")


async def _fail(_request: Request) -> Response:
    raise RuntimeError("as asked")
