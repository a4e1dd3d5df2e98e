"""Invitations: who has the link may join by it, or take up what it offers; so often, until a day.

A link holds the invitation's number and a proof that we made it; no row holds what opens. One that
was sent to an address is another link than the one its maker sees: who has it has the address, too.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member
from community.organisations.models import MandateRole, Organisation
from community.proofs import prove, proven
from community.tickets import id_in

MOST_USES = 500  # of one invitation
MOST_OPEN = 200  # invitations that one member may have out, but for administrators


class Batch(Base):
    """Many invitations that were sent at once; by its key, so that a retry sends none twice."""

    __tablename__ = "invitation_batches"
    __table_args__ = (UniqueConstraint("made_by_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    key: Mapped[str]
    digest: Mapped[str]  # of what was sent with it
    letters: Mapped[int]
    made_at: Mapped[datetime]


class Invitation(Base):
    """Good until `ends_at`, `ended_at`, or so many uses; and while who made it may still invite."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[str] = mapped_column(default="")  # of the mandate it offers
    email: Mapped[str] = mapped_column(default="", index=True)  # whose it is alone
    name: Mapped[str] = mapped_column(default="")  # of whom it is for, as far as it is known
    region: Mapped[str] = mapped_column(default="")
    most: Mapped[int] = mapped_column(default=1)
    used: Mapped[int] = mapped_column(default=0)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("invitation_batches.id"))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # taken back

    made_by: Mapped[Member] = relationship(lazy="joined")
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")


class InvitationUse(Base):
    """Who came by it."""

    __tablename__ = "invitation_uses"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    used_at: Mapped[datetime]

    member: Mapped[Member] = relationship(lazy="joined")


class Lasts(StrEnum):
    """In days."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"


class Wanted(NamedTuple):
    """What an invitation is to be."""

    organisation_id: int | None = None
    role: MandateRole = MandateRole.SPEAKER
    email: str = ""
    name: str = ""
    region: str = ""
    most: int = 1
    lasts: Lasts = Lasts.WEEK


class Held(NamedTuple):
    """An invitation in somebody's hands."""

    id: int
    by_letter: bool  # its link came in the letter, so its address is theirs


def link_for(key: bytes, invitation: Invitation) -> str:
    """What its maker hands out. The one in a letter is a ticket's (community/outbox.py)."""
    return prove(key, "invitation", str(invitation.id))


def held_in(key: bytes, link: str) -> Held | None:
    """The invitation, where this is a link we made."""
    mailed, handed = id_in(key, link), proven(key, "invitation", link)
    number = mailed or handed or ""
    return Held(int(number), bool(mailed)) if number.isdecimal() else None
