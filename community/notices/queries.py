from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from community.blocks import Block
from community.errors import NotFound
from community.keyed import found, keyed
from community.members.models import Member
from community.members.queries import asked_by, built
from community.notices.models import (
    ALWAYS,
    PERSONAL,
    Choice,
    Notice,
    NoticeKind,
    Way,
    usual_way,
)

PAGE = 50


def notices_of(member: Member) -> Select[Notice]:
    """Without those left out at present."""
    return select(Notice).where(Notice.member_id == member.id, is_heard())


def is_heard() -> ColumnElement[bool]:
    """Of whom the member keeps away from now they hear nothing; it comes back with them."""
    away = exists().where(Block.member_id == Notice.member_id, Block.other_id == Notice.actor_id)
    return or_(Notice.kind.not_in(PERSONAL), ~away)


def notices_page(session: Session, member: Member, before: int = 0) -> Sequence[Notice]:
    """The newest first; `before` is the id of the last one seen."""
    page = notices_of(member).order_by(Notice.id.desc()).limit(PAGE)
    return session.scalars(page.where(Notice.id < before) if before else page).all()


def notice_for(session: Session, member: Member, notice_id: int) -> Notice:
    """Also one that is left out since the page was drawn."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.member_id != member.id:
        raise NotFound
    return notice


def unread_notices_of(session: Session, member: Member, most: int) -> Sequence[Notice]:
    """The newest first."""
    return session.scalars(_unread(member), asked_by(member) | {"most": most}).all()


@built
def _unread(member: Member) -> Select[Notice]:
    unread = notices_of(member).where(Notice.read_at.is_(None)).order_by(Notice.id.desc())
    return unread.limit(bindparam("most", type_=Integer))


# Asked with every pass of replies, so built only once.
_unread_about = select(Notice.member_id, Notice.stream).distinct()
_unread_about = _unread_about.where(Notice.read_at.is_(None), Notice.kind == bindparam("kind"))
WAITING = keyed(_unread_about.where(is_heard()), Notice.member_id, Notice.stream)


def unread_of(session: Session, member_id: int) -> int:
    return unread_by_member(session, [member_id]).get(member_id, 0)


def unread_by_member(session: Session, member_ids: Sequence[int]) -> dict[int, int]:
    """Of those who have any; for a handful."""
    counted = session.execute(_unread_by_member(), {"members": list(member_ids)})
    return {member: count for member, count in counted}


@cache
def _unread_by_member() -> Select[int, int]:
    """Asked for every tab that comes, so built only once."""
    theirs = Notice.member_id.in_(bindparam("members", expanding=True))
    unread = select(Notice.member_id, func.count()).where(theirs, Notice.read_at.is_(None))
    return unread.where(is_heard()).group_by(Notice.member_id)


def ways_of(session: Session, member: Member) -> dict[NoticeKind, Way]:
    """How they want to be told of each kind they may choose about."""
    chosen = select(Choice.kind, Choice.way).where(Choice.member_id == member.id)
    ways = {NoticeKind(kind): Way(way) for kind, way in session.execute(chosen)}
    return {kind: ways.get(kind, usual_way(kind)) for kind in NoticeKind if kind not in ALWAYS}


def way_for(kind: NoticeKind) -> ColumnElement[str]:
    """How each member of a select about members is told of that kind."""
    chosen = select(Choice.way).where(Choice.member_id == Member.id, Choice.kind == kind)
    return func.coalesce(chosen.scalar_subquery(), usual_way(kind))


def ways_for(
    session: Session, kind: NoticeKind, member_ids: Iterable[int]
) -> Sequence[tuple[int, Way]]:
    """How each of these is told of that kind, by id."""
    asked = select(Member.id, way_for(kind)).where(Member.id.in_(list(member_ids)))
    return [(id, Way(way)) for id, way in session.execute(asked.order_by(Member.id))]


def notices_in(session: Session, member: Member, ids: Iterable[int]) -> Sequence[Notice]:
    """Of these, what is still news to the member and still to be told by mail."""
    unread = notices_of(member).where(Notice.id.in_(list(ids)), Notice.read_at.is_(None))
    ways = ways_of(session, member)
    found = session.scalars(unread.order_by(Notice.id)).all()
    return [one for one in found if ways.get(NoticeKind(one.kind), Way.MAIL) == Way.MAIL]


def told_by(session: Session, link: str, kinds: Iterable[NoticeKind]) -> set[int]:
    """Who had a notice of these kinds that leads there."""
    told = select(Notice.member_id).where(Notice.link == link, Notice.kind.in_(list(kinds)))
    return set(session.scalars(told))


def waits_for(session: Session, member_id: int, kind: str, stream: str) -> bool:
    """Whether the member has not yet read a notice of that kind about that stream."""
    return bool(waiting_for(session, kind, {(member_id, stream)}))


def waiting_for(
    session: Session, kind: str, pairs: Collection[tuple[int, str]]
) -> set[tuple[int, str]]:
    """The same of many members and streams: who has not read one about which."""
    return {(who, what) for who, what in found(session, WAITING, pairs, kind=kind)}
