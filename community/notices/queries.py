from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from community.errors import NotFound
from community.members.models import Member
from community.notices.models import Notice, SwitchedOff

PAGE = 50


def notices_of(member: Member) -> Select[Notice]:
    return select(Notice).where(Notice.member_id == member.id)


def notices_page(session: Session, member: Member, before: int = 0) -> Sequence[Notice]:
    """The newest first; `before` is the id of the last one seen."""
    page = notices_of(member).order_by(Notice.id.desc()).limit(PAGE)
    return session.scalars(page.where(Notice.id < before) if before else page).all()


def notice_for(session: Session, member: Member, notice_id: int) -> Notice:
    notice = session.scalar(notices_of(member).where(Notice.id == notice_id))
    if notice is None:
        raise NotFound
    return notice


def unread_of(session: Session, member_id: int) -> int:
    return unread_by_member(session, [member_id]).get(member_id, 0)


def unread_by_member(session: Session, member_ids: Sequence[int]) -> dict[int, int]:
    """Of those who have any; for a handful."""
    unread = select(Notice.member_id, func.count()).where(
        Notice.member_id.in_(member_ids), Notice.read_at.is_(None)
    )
    return {member: count for member, count in session.execute(unread.group_by(Notice.member_id))}


def switched_off_by(session: Session, member: Member) -> set[str]:
    off = select(SwitchedOff.kind).where(SwitchedOff.member_id == member.id)
    return set(session.scalars(off))


def unwilling(session: Session, kind: str, member_ids: Iterable[int]) -> set[int]:
    """Who of these has switched that kind off."""
    off = select(SwitchedOff.member_id).where(
        SwitchedOff.kind == kind, SwitchedOff.member_id.in_(list(member_ids))
    )
    return set(session.scalars(off))


def waits_for(session: Session, member_id: int, kind: str, stream: str) -> bool:
    """Whether the member has not yet read a notice of that kind about that stream."""
    unread = select(Notice.id).where(
        Notice.member_id == member_id,
        Notice.read_at.is_(None),
        Notice.kind == kind,
        Notice.stream == stream,
    )
    return session.scalar(unread.limit(1)) is not None
