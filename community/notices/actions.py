from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    bindparam,
    case,
    delete,
    insert,
    literal,
    or_,
    select,
    update,
)

from community.clock import now
from community.database import Moment, Transaction
from community.errors import Invalid
from community.letters import MailKind
from community.members.models import Member
from community.notices.events import AudienceTold, NoticesChanged
from community.notices.models import ALWAYS, TOLD_MEANWHILE, Choice, Notice, NoticeKind, Way
from community.notices.queries import (
    is_heard,
    notice_for,
    notices_of,
    unread_by_member,
    unread_of,
    way_for,
    ways_for,
)
from community.outbox import letters_waiting, post_to
from community.words import _

GATHERED = timedelta(minutes=2)  # what comes meanwhile goes in the same letter
MOST_IN_ONE = 20  # notices of a letter; older ones stay on the page of notices
MOST_LETTERS = 500  # written out and not carried yet


def notify(
    tx: Transaction, member_ids: Iterable[int], kind: NoticeKind, *,
    link: str, title: str = "", actor: Member | None = None, stream: str = "", seq: int = 0,
    reason: str = "",
) -> None:  # fmt: skip
    """For a handful of members; notify_many reaches an audience."""
    wanted = set(member_ids)
    ways = ways_for(tx, kind, wanted) if wanted else []
    told = {member_id: way for member_id, way in ways if way != Way.NOT}
    if not told:
        return
    about = {"actor": actor.name if actor else "", "title": title, "reason": reason}
    actor_id = actor.id if actor and not actor.moderates else None  # moderators reach everybody
    tx.add_all(
        Notice(member_id=member_id, kind=kind, actor_id=actor_id, about=about, link=link,
               stream=stream, seq=seq, sent_at=now(tx),
               mail_at=now(tx) + GATHERED if way == Way.MAIL else None)
        for member_id, way in told.items()
    )  # fmt: skip
    tx.flush()
    for member_id, unread in unread_by_member(tx, list(told)).items():
        tx.publish(NoticesChanged(member_id=member_id, unread=unread))


def notify_many(
    tx: Transaction, members: Select[int], kind: NoticeKind, *,
    actor: str, title: str, link: str, stream: str, audience: str,
) -> None:  # fmt: skip
    """For a select of member ids, however many: one statement. `audience` is the stream on which
    their tabs hear of it."""
    about = {"actor": actor, "title": title}
    way = way_for(kind)
    values = {
        Notice.kind: literal(str(kind)),
        Notice.about: literal(about, JSON),
        Notice.link: literal(link),
        Notice.stream: literal(stream),
        Notice.seq: literal(1),
        Notice.sent_at: literal(now(tx), Moment),
        Notice.mail_at: case((way == Way.MAIL, literal(now(tx) + GATHERED, Moment))),
    }
    told = members.where(way != Way.NOT).add_columns(*values.values())
    tx.execute(insert(Notice).from_select([Notice.member_id, *values], told))
    tx.publish(AudienceTold(audience=audience))


def read_notice(tx: Transaction, member: Member, notice_id: int) -> Notice:
    notice = notice_for(tx, member, notice_id)
    if notice.read_at is None:
        notice.read_at = now(tx)
        _tell(tx, member)
    return notice


def read_all_notices(tx: Transaction, member: Member) -> None:
    unread = notices_of(member).where(Notice.read_at.is_(None)).with_only_columns(Notice.id)
    _read(tx, member, tx.scalars(unread).all())


def read_along(tx: Transaction, member: Member, stream: str, seq: int) -> None:
    """Who has read a stream that far has seen what these notices are about."""
    asked = {"member": member.id, "stream": stream, "seq": seq}
    _read(tx, member, tx.scalars(UNREAD_ALONG, asked).all())


def notices_move(tx: Transaction, stream: str, to: str, seqs: Mapping[int, int]) -> None:
    """What these are about stands in another stream now: by the seq it had, the one it has."""
    about = select(Notice.id, Notice.seq).where(Notice.read_at.is_(None), Notice.stream == stream)
    moved = [
        {"id": id, "stream": to, "seq": seqs[seq]} for id, seq in tx.execute(about) if seq in seqs
    ]
    if moved:
        tx.execute(update(Notice), moved)


def want(tx: Transaction, member: Member, ways: Mapping[NoticeKind, Way]) -> None:
    """From now on the member is told of these kinds in this way. Raises Invalid for a kind that
    nobody may refuse."""
    if ways.keys() & ALWAYS:
        raise Invalid(_("Of this every member is told, also by mail."))
    theirs = Choice.member_id == member.id
    tx.execute(delete(Choice).where(theirs, Choice.kind.in_(list(ways))))
    tx.add_all(Choice(member_id=member.id, kind=kind, way=way) for kind, way in ways.items())


def write_letters(tx: Transaction) -> None:
    """The worker's: all that waits for a member goes in one letter. Only as many letters as are
    soon carried: an announcement for a hundred thousand is written out bit by bit. Whoever is
    suspended gets decisions about themself; the rest waits until they can come in."""
    room = MOST_LETTERS - letters_waiting(tx, MailKind.NOTICES)
    theirs = select(Notice).join(Member, Member.id == Notice.member_id)
    waiting = theirs.where(Notice.mail_at.is_not(None), _goes_out())
    due = waiting.where(Notice.mail_at <= now(tx)).with_only_columns(Notice.member_id)
    due = due.distinct().limit(room)
    members = tx.scalars(select(Member).where(Member.id.in_(due))).all()
    of_these = waiting.where(Notice.member_id.in_([member.id for member in members]))
    told: dict[int, list[int]] = {}
    for notice, heard in tx.execute(of_these.add_columns(is_heard()).order_by(Notice.id)):
        notice.mail_at = None
        if heard:
            told.setdefault(notice.member_id, []).append(notice.id)
    for member in members:
        if news := told.get(member.id):
            post_to(tx, member, MailKind.NOTICES, notices=news[-MOST_IN_ONE:])


def put_off(tx: Transaction, member: Member, notices: Iterable[Notice]) -> list[Notice]:
    """Of those that a letter was to tell, what it tells whoever is suspended; the others wait for a
    letter after that."""
    told = [one for one in notices if one.kind in TOLD_MEANWHILE or not member.suspended_until]
    for notice in set(notices) - set(told):
        notice.mail_at = now(tx)
    return told


def _goes_out() -> ColumnElement[bool]:
    return or_(Member.suspended_until.is_(None), Notice.kind.in_(TOLD_MEANWHILE))


UNREAD_ALONG = select(Notice.id).where(  # asked with every page that is read, so built only once
    Notice.read_at.is_(None),
    Notice.member_id == bindparam("member"),
    Notice.stream == bindparam("stream"),
    Notice.seq.between(1, bindparam("seq")),
)


def _read(tx: Transaction, member: Member, ids: Sequence[int]) -> None:
    if ids:
        tx.execute(update(Notice).where(Notice.id.in_(ids)).values(read_at=now(tx)))
        _tell(tx, member)


def _tell(tx: Transaction, member: Member) -> None:
    tx.flush()
    tx.publish(NoticesChanged(member_id=member.id, unread=unread_of(tx, member.id)))
