from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from community.clock import now
from community.database import batches
from community.errors import Conflict, NotFound
from community.invitations.models import Batch, Invitation, InvitationUse
from community.invitations.policies import may_invite
from community.members.models import Member
from community.members.policies import may_sign_in
from community.organisations.models import Mandate
from community.organisations.policies import may_go_on
from community.organisations.queries import mandates_held
from community.policies import require
from community.tickets import HOUR, MOST_LETTERS
from community.words import _

PAGE = 50
DAY = timedelta(days=1)
OVER = _("This invitation is over: it was used, taken back, or is too old. Ask for a new one.")


def invitations_of(member: Member, organisation_id: int | None) -> Select[Invitation]:
    """Of the organisation, or all that there are; the newest first. Who may look is asked by
    whoever looks."""
    mine = select(Invitation).order_by(Invitation.id.desc())
    if organisation_id is None:
        return mine
    return mine.where(Invitation.organisation_id == organisation_id)


def invitations_listed(
    session: Session, member: Member, organisation_id: int | None, before: int = 0
) -> Sequence[Invitation]:
    require(may_invite(member, organisation_id, mandates_held(session, member)))
    listed = invitations_of(member, organisation_id).limit(PAGE)
    return session.scalars(listed.where(Invitation.id < before) if before else listed).all()


def invitation_for(session: Session, member: Member, invitation_id: int) -> Invitation:
    """One that the member could have made. Raises NotFound for every other."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound
    if not may_invite(member, invitation.organisation_id, mandates_held(session, member)):
        raise NotFound
    return invitation


def good_invitation(session: Session, invitation_id: int | None) -> Invitation:
    """Raises Conflict where it is not good, or not any more; also where whoever made it could not
    make it today."""
    invitation = session.get(Invitation, invitation_id) if invitation_id else None
    if invitation is None or not _is_good(session, invitation):
        raise Conflict(OVER)
    return invitation


def rests(session: Session, invitation_id: int) -> bool:
    """Whether it is good once whoever made it may come in again."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or _is_over(session, invitation):
        return False
    return not may_sign_in(invitation.made_by)


def uses_of(session: Session, invitation: Invitation) -> Sequence[InvitationUse]:
    uses = select(InvitationUse).where(InvitationUse.invitation_id == invitation.id)
    return session.scalars(uses.order_by(InvitationUse.used_at, InvitationUse.member_id)).all()


def _is_good(session: Session, invitation: Invitation) -> bool:
    if _is_over(session, invitation):
        return False
    return _is_still_meant(invitation, mandates_held(session, invitation.made_by))


def _is_still_meant(invitation: Invitation, mandates: Sequence[Mandate]) -> bool:
    """`mandates` are the live ones of whoever made it."""
    organisation = invitation.organisation
    if organisation and not may_go_on(organisation):
        return False
    return bool(may_invite(invitation.made_by, invitation.organisation_id, mandates))


def _is_over(session: Session, invitation: Invitation) -> bool:
    used = invitation.used >= invitation.most
    return bool(invitation.ended_at) or used or invitation.ends_at <= now(session)


def open_by(session: Session, member: Member) -> int:
    """How many invitations of theirs are good."""
    theirs = select(func.count()).where(Invitation.made_by_id == member.id, *_open(session))
    return session.scalars(theirs).one()


def letters_left(session: Session, member: Member, a_day: int) -> int:
    """How many invitations can still be sent for them: those of the last 24 hours count."""
    sent = select(func.count()).where(
        Invitation.made_by_id == member.id,
        Invitation.email != "",
        Invitation.made_at > now(session) - DAY,
    )
    return max(a_day - session.scalars(sent).one(), 0)


def invited_already(session: Session, addresses: Collection[str]) -> set[tuple[str, int | None]]:
    """Those with an invitation they can still take up, and for which organisation."""
    invited = select(Invitation).where(*_open(session))
    found = [
        invitation
        for some in batches(addresses)
        for invitation in session.scalars(invited.where(Invitation.email.in_(some)))
    ]
    mandates = {maker: mandates_held(session, maker) for maker in {one.made_by for one in found}}
    return {
        (one.email, one.organisation_id)
        for one in found
        if _is_still_meant(one, mandates[one.made_by])
    }


def _open(session: Session) -> Sequence[ColumnElement[bool]]:
    return (
        Invitation.ended_at.is_(None),
        Invitation.used < Invitation.most,
        Invitation.ends_at > now(session),
    )


def written_to_often(session: Session, addresses: Collection[str]) -> set[str]:
    """Those that got as many letters within an hour as we send."""
    lately = (
        select(Invitation.email)
        .where(Invitation.made_at > now(session) - HOUR)
        .group_by(Invitation.email)
        .having(func.count() >= MOST_LETTERS)
    )
    found = (
        session.scalars(lately.where(Invitation.email.in_(some))) for some in batches(addresses)
    )
    return {address for some in found for address in some}


def batch_by(session: Session, member: Member, key: str) -> Batch | None:
    return session.scalar(select(Batch).where(Batch.made_by_id == member.id, Batch.key == key))
