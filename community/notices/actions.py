from collections.abc import Collection, Iterable

from sqlalchemy import JSON, ColumnElement, Select, delete, insert, literal, select, update

from community.clock import now
from community.database import Moment, Transaction
from community.members.models import Member
from community.notices.events import AudienceTold, NoticesChanged
from community.notices.models import Notice, NoticeKind, SwitchedOff
from community.notices.queries import notice_for, notices_of, unread_by_member, unread_of, unwilling


def notify(
    tx: Transaction, member_ids: Iterable[int], kind: NoticeKind, *,
    actor: str, title: str, link: str, stream: str = "", seq: int = 0,
) -> None:  # fmt: skip
    """For a handful of members; notify_many reaches an audience."""
    wanted = set(member_ids)
    told = sorted(wanted - unwilling(tx, kind, wanted)) if wanted else []
    if not told:
        return
    about = {"actor": actor, "title": title}
    tx.add_all(
        Notice(member_id=member_id, kind=kind, about=about, link=link, stream=stream, seq=seq,
               sent_at=now(tx))
        for member_id in told
    )  # fmt: skip
    tx.flush()
    for member_id, unread in unread_by_member(tx, told).items():
        tx.publish(NoticesChanged(member_id=member_id, unread=unread))


def notify_many(
    tx: Transaction, members: Select[int], kind: NoticeKind, *,
    actor: str, title: str, link: str, stream: str, audience: str,
) -> None:  # fmt: skip
    """For a select of member ids, however many: one statement. `audience` is the stream on which
    their tabs hear of it."""
    about = {"actor": actor, "title": title}
    unwilling = select(SwitchedOff.member_id).where(SwitchedOff.kind == kind)
    values = {
        Notice.kind: literal(str(kind)),
        Notice.about: literal(about, JSON),
        Notice.link: literal(link),
        Notice.stream: literal(stream),
        Notice.seq: literal(1),
        Notice.sent_at: literal(now(tx), Moment),
    }
    told = members.where(Member.id.not_in(unwilling)).add_columns(*values.values())
    tx.execute(insert(Notice).from_select([Notice.member_id, *values], told))
    tx.publish(AudienceTold(audience=audience))


def read_notice(tx: Transaction, member: Member, notice_id: int) -> Notice:
    notice = notice_for(tx, member, notice_id)
    if notice.read_at is None:
        notice.read_at = now(tx)
        _tell(tx, member)
    return notice


def read_all_notices(tx: Transaction, member: Member) -> None:
    _read(tx, member, Notice.member_id == member.id)


def read_along(tx: Transaction, member: Member, stream: str, seq: int) -> None:
    """Who has read a stream that far has seen what these notices are about."""
    about = (Notice.stream == stream) & (Notice.seq <= seq) & (Notice.seq > 0)
    _read(tx, member, about)


def want(tx: Transaction, member: Member, kinds: Collection[NoticeKind]) -> None:
    """Of these the member is told; every other kind is switched off."""
    tx.execute(delete(SwitchedOff).where(SwitchedOff.member_id == member.id))
    tx.add_all(
        SwitchedOff(member_id=member.id, kind=kind) for kind in NoticeKind if kind not in kinds
    )


def _read(tx: Transaction, member: Member, which: ColumnElement[bool]) -> None:
    unread = notices_of(member).where(Notice.read_at.is_(None), which)
    ids = tx.scalars(unread.with_only_columns(Notice.id)).all()
    if ids:
        tx.execute(update(Notice).where(Notice.id.in_(ids)).values(read_at=now(tx)))
        _tell(tx, member)


def _tell(tx: Transaction, member: Member) -> None:
    tx.flush()
    tx.publish(NoticesChanged(member_id=member.id, unread=unread_of(tx, member.id)))
