"""What an authority has ordered (PM Kominfo 5/2020): what it wants to be gone, and until when."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member
from moderation.models import Case, Evidence, Flag

WITHIN = timedelta(hours=24)  # PM Kominfo 5/2020, Art 15
WITHIN_URGENT = timedelta(hours=4)  # terrorism, abuse of children, public order
MOST = 90  # targets: one form answers them all, and nobody decides alone about a hundred things
ALARMS = (50, 75, 90, 100)  # per cent of the time there is; at the last it is over


class Authority(StrEnum):
    """Of what kind it is: the public is told how many orders came from each."""

    MINISTRY = "ministry"  # or an agency of the state
    POLICE = "police"  # and prosecutors
    COURT = "court"
    REGION = "region"  # a province, a regency, a city
    OTHER = "other"


class Order(Base):
    """Its clock begins when it is taken in, by the database's time, and nothing stops it (M10)."""

    __tablename__ = "legal_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # chosen by the browser
    number: Mapped[str]  # as the authority has it
    authority: Mapped[str]
    authority_kind: Mapped[str] = mapped_column(
        default=Authority.OTHER, server_default=Authority.OTHER
    )
    ground: Mapped[str]  # the law it names
    words: Mapped[str]  # what it asks for, in its words
    contact: Mapped[str]  # how the authority is reached
    urgent: Mapped[bool]
    silence: Mapped[str] = mapped_column(default="")  # the law that forbids to tell the author
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    verified: Mapped[str] = mapped_column(default="")  # how it was found to be genuine
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))

    entered_by: Mapped[Member] = relationship(foreign_keys=[entered_by_id], lazy="joined")
    verified_by: Mapped[Member | None] = relationship(foreign_keys=[verified_by_id], lazy="joined")

    @property
    def address(self) -> str:
        return f"order:{self.id}"

    @property
    def priority(self) -> int:
        return 0 if self.urgent else 1

    def due(self, percent: int) -> datetime:
        """When so much of its time has passed."""
        return self.received_at + (self.due_at - self.received_at) * percent / 100


class Target(Base):
    """One address that an order names, and what it led to here."""

    __tablename__ = "order_targets"
    __table_args__ = (UniqueConstraint("order_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("legal_orders.id"))
    address: Mapped[str]  # as it was written
    named_at: Mapped[datetime]
    flag_id: Mapped[int | None] = mapped_column(ForeignKey("flags.id"), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    absent_at: Mapped[datetime | None]  # when somebody answered that there is no such thing

    order: Mapped[Order] = relationship()
    flag: Mapped[Flag | None] = relationship()
    case: Mapped[Case | None] = relationship()

    @property
    def evidence(self) -> Evidence | None:
        """As it was when the order came."""
        return self.flag.evidence if self.flag else None


class Alarm(Base):
    """That so much of the time had passed was told to whoever has to know."""

    __tablename__ = "order_alarms"
    __table_args__ = (UniqueConstraint("order_id", "percent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("legal_orders.id"))
    percent: Mapped[int]
    sounded_at: Mapped[datetime]
