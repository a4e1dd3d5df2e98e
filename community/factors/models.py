from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member


class Authenticator(Base):
    """An app that makes codes. Only whoever has AKAR_SECRET_KEY, too, can read the seed."""

    __tablename__ = "authenticators"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    sealed: Mapped[str]
    last_step: Mapped[int]  # the code of this one and of those before it were used
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten on paper, for when everything else is lost. Each opens once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key pair of a telephone, a computer or a stick; we have the public half (WebAuthn)."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    credential: Mapped[str] = mapped_column(unique=True)  # its id, base64url
    public_key: Mapped[str]  # base64url
    sign_count: Mapped[int]  # how often it says it was used; some always say 0
    name: Mapped[str]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Challenge(Base):
    """What a passkey has to sign. Deleted before what comes back is looked at, so good once."""

    __tablename__ = "challenges"

    id: Mapped[str] = mapped_column(primary_key=True)  # 256 random bits, base64url
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)


class FactorReset(Base):
    """Asked for by one administrator; a second one confirms, or either withdraws it."""

    __tablename__ = "factor_resets"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    because: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    asked_by: Mapped[Member] = relationship(foreign_keys=[asked_by_id], lazy="joined")

    @property
    def chain(self) -> tuple[Base, ...]:
        return self.member, self
