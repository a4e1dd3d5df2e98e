from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from community.clock import now
from community.errors import NotFound
from community.factors.models import Authenticator, FactorReset, Passkey, RecoveryCode
from community.members.models import Member, Role

RESET_LASTS = timedelta(days=7)


class Factors(NamedTuple):
    """With what a member signs in besides the password."""

    app: Authenticator | None
    passkeys: Sequence[Passkey]
    codes: int  # on paper, not used yet

    @property
    def ways(self) -> int:
        """Codes on paper are a way back, not one to sign in with every day."""
        return len(self.passkeys) + bool(self.app)


def factors_of(session: Session, member: Member) -> Factors:
    left = select(func.count()).where(
        RecoveryCode.member_id == member.id, RecoveryCode.used_at.is_(None)
    )
    app = session.get(Authenticator, member.id)
    return Factors(app, passkeys_of(session, member), session.scalars(left).one())


def passkeys_of(session: Session, member: Member) -> Sequence[Passkey]:
    theirs = select(Passkey).where(Passkey.member_id == member.id).order_by(Passkey.id)
    return session.scalars(theirs).all()


def passkey_for(session: Session, member: Member, passkey_id: int) -> Passkey:
    """One's own."""
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.member_id != member.id:
        raise NotFound
    return passkey


def passkey_with(session: Session, credential: str) -> Passkey | None:
    return session.scalar(select(Passkey).where(Passkey.credential == credential))


def reset_asked_for(session: Session, member: Member) -> FactorReset | None:
    """While it is news, and whoever asked for it still may."""
    asked = open_resets_of(member).join(FactorReset.asked_by)
    valid = asked.where(
        FactorReset.asked_at > now(session) - RESET_LASTS, Member.role == Role.ADMINISTRATOR
    )
    return session.scalar(valid.order_by(FactorReset.id.desc()).limit(1))


def open_resets_of(member: Member) -> Select[FactorReset]:
    """Also where the powers of whoever asked rest: they may have them back."""
    return select(FactorReset).where(
        FactorReset.member_id == member.id, FactorReset.ended_at.is_(None)
    )
