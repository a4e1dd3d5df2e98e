"""The community itself: one row with its name, banner and state.

Sections in house order: models, events, policies, queries, actions.
"""

from enum import StrEnum
from secrets import token_hex

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.bus import Event
from community.database import Base, Transaction
from community.errors import Invalid, Paused
from community.members.models import Member
from community.members.policies import may_administer
from community.policies import require
from community.words import _

MOST_HELD = 20  # of what a new member writes first

# Models


class Seconding(StrEnum):
    """Which announcements a second person of the office approves first."""

    NATIONAL = "national"  # those for the whole country
    ALWAYS = "always"
    NEVER = "never"


class Site(Base):
    """`epoch` names this run of numbers: a restored backup gets a new one, and tabs start over."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str]
    name: Mapped[str] = mapped_column(default="AKAR")
    banner: Mapped[str] = mapped_column(default="")
    read_only: Mapped[bool] = mapped_column(default=False)
    guardian_consent: Mapped[bool] = mapped_column(default=False)  # else nobody under 16 joins
    approval: Mapped[bool] = mapped_column(default=False)  # moderators let new members in
    held_first: Mapped[int] = mapped_column(default=0)  # so much of who joins from now on
    seconding: Mapped[str] = mapped_column(default=Seconding.NATIONAL)
    facilitators_publish: Mapped[bool] = mapped_column(default=False)
    demonstration: Mapped[bool] = mapped_column(default=False)
    rev: Mapped[int] = mapped_column(default=1)


# Events


class SiteChanged(Event, frozen=True, kw_only=True):
    """Every open page shows the banner and the state from now on."""

    banner: str
    read_only: bool

    @property
    def stream(self) -> str:
        return "site"


# Queries

SITE = select(Site)  # asked with every page, so built only once
READ_ONLY = select(Site.__table__.c.read_only)  # and with every write


def site_of(session: Session) -> Site:
    return session.scalars(SITE).one()


def is_read_only(session: Session) -> bool:
    read_only: bool = session.scalars(READ_ONLY).one()
    return read_only


def held_first(session: Session) -> int:
    """How much of what a new member first writes moderators see before others do."""
    return session.scalars(select(Site.held_first)).one()


def require_writable(session: Session, member: Member) -> None:
    """Raises Paused while the community is read-only; administrators go on, to end that."""
    if is_read_only(session) and not may_administer(member):
        raise paused()


def paused() -> Paused:
    return Paused(_("The community is being maintained; nothing can be written just now."))


# Actions


def found(tx: Transaction) -> str:
    """What an empty database starts with. Answers the epoch."""
    site = tx.scalar(select(Site))
    if site is None:
        site = Site(id=1, epoch=token_hex(8))
        tx.add(site)
        tx.flush()
    return site.epoch


def touch(tx: Transaction) -> None:
    """Changes nothing: to learn whether anything can be written."""
    tx.execute(update(Site).values(id=Site.id))


def begin_epoch(tx: Transaction) -> str:
    """After a backup was restored: what tabs remember of the numbers is no longer true."""
    site = site_of(tx)
    site.epoch = token_hex(8)
    return site.epoch


def change_site(
    tx: Transaction, administrator: Member, *, name: str, banner: str, read_only: bool
) -> Site:
    require(may_administer(administrator))
    site = site_of(tx)
    tx.lock(site)
    site.name, site.banner, site.read_only = name, banner, read_only
    site.rev += 1
    audit.record(tx, administrator, "site.changed", "site:1", read_only=read_only,
                 banner=audit.fingerprint(banner) if banner else "")  # fmt: skip
    tx.publish(SiteChanged(banner=banner, read_only=read_only))
    return site


def change_joining(
    tx: Transaction, administrator: Member, *, guardian_consent: bool, approval: bool,
    held_first: int = 0,
) -> None:  # fmt: skip
    """Holds for who joins from now on; where nothing is to be held any more, for everybody. Raises
    Invalid for more messages than anybody would look at."""
    require(may_administer(administrator))
    if not 0 <= held_first <= MOST_HELD:
        raise Invalid(
            _("At most %(most)s messages and posts of each new member are held."), most=MOST_HELD
        )
    site = site_of(tx)
    tx.lock(site)
    site.guardian_consent, site.approval = guardian_consent, approval
    site.held_first = held_first
    site.rev += 1
    audit.record(tx, administrator, "site.joining", "site:1", approval=approval,
                 guardian_consent=guardian_consent, held_first=held_first)  # fmt: skip


def change_publishing(
    tx: Transaction, administrator: Member, *, seconding: Seconding, facilitators: bool
) -> None:
    """Holds for what is handed in from now on."""
    require(may_administer(administrator))
    site = site_of(tx)
    tx.lock(site)
    site.seconding, site.facilitators_publish = seconding, facilitators
    site.rev += 1
    audit.record(tx, administrator, "site.publishing", "site:1", seconding=seconding,
                 facilitators=facilitators)  # fmt: skip
