from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

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
    way_for,
    ways_for,
)
from community.outbox import letters_waiting, post_to
from community.words import _

GATHERED = timedelta(minutes=2)  # what comes meanwhile goes in the same letter
MOST_IN_ONE = 20  # notices of a letter; older ones stay on the page of notices
MOST_LETTERS = 500  # written out and not carried yet


class News(NamedTuple):
    """What a notice says, and where it leads."""

    title: str
    link: str
    actor: Member | None = None
    stream: str = ""
    seq: int = 0
    reason: str = ""


def notify(
    tx: Transaction, member_ids: Iterable[int], kind: NoticeKind, *,
    link: str, title: str = "", actor: Member | None = None, stream: str = "", seq: int = 0,
    reason: str = "",
) -> None:  # fmt: skip
    """For a handful of members; notify_many reaches an audience."""
    news = News(title, link, actor, stream, seq, reason)
    notify_each(tx, kind, [(member_id, news) for member_id in sorted({*member_ids})])


def notify_each(tx: Transaction, kind: NoticeKind, told: Collection[tuple[int, News]]) -> None:
    """The same of much at once: members, each with what they are told."""
    ways = dict(ways_for(tx, kind, {id for id, _news in told})) if told else {}
    heard = [(id, news) for id, news in told if ways.get(id, Way.NOT) != Way.NOT]
    if not heard:
        return
    tx.execute(insert(Notice), [_notice(tx, id, kind, ways[id], news) for id, news in heard])
    for id, unread in unread_by_member(tx, list(dict(heard))).items():
        tx.publish(NoticesChanged(member_id=id, unread=unread))


def _notice(
    tx: Transaction, member_id: int, kind: NoticeKind, way: Way, news: News
) -> dict[str, Any]:
    actor = news.actor
    return {
        "member_id": member_id,
        "kind": kind,
        "actor_id": actor.id if actor and not actor.moderates else None,  # they reach everybody
        "about": {"actor": actor.name if actor else "", "title": news.title, "reason": news.reason},
        "link": news.link,
        "stream": news.stream,
        "seq": news.seq,
        "sent_at": now(tx),
        "mail_at": now(tx) + GATHERED if way == Way.MAIL else None,
    }


def notify_many(
    tx: Transaction, members: Select[int], kind: NoticeKind, *,
    actor: str, title: str, link: str, stream: str,
) -> None:  # fmt: skip
    """For a select of ids of members, however many: one statement. Their tabs hear nothing of it
    until heard_by() is called."""
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


def heard_by(tx: Transaction, audience: str) -> None:
    """The tabs that listen to this stream ask for their own numbers, over a while."""
    tx.publish(AudienceTold(audience=audience))


def read_notice(tx: Transaction, member: Member, notice_id: int) -> Notice:
    notice = notice_for(tx, member, notice_id)
    if notice.read_at is None:
        notice.read_at = now(tx)
        _tell(tx, {member.id})
    return notice


def read_all_notices(tx: Transaction, member: Member) -> None:
    unread = notices_of(member).where(Notice.read_at.is_(None)).with_only_columns(Notice.id)
    _read(tx, {member.id}, tx.scalars(unread).all())


def read_along(tx: Transaction, member: Member, stream: str, seq: int) -> None:
    """Who has read a stream that far has seen what these notices are about."""
    read_all_along(tx, {(member.id, stream): seq})


def read_all_along(tx: Transaction, read: Mapping[tuple[int, str], int]) -> None:
    """The same of many: members and streams, and how far."""
    members, streams = ([*{*one}] for one in zip(*read, strict=True))
    unread = tx.execute(UNREAD_ALONG, {"members": members, "streams": streams})
    ids = {id: who for id, who, stream, seq in unread if seq <= read.get((who, stream), 0)}
    _read(tx, {*ids.values()}, list(ids))


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


UNREAD_ALONG = select(  # asked with every page that is read, so built only once
    Notice.id, Notice.member_id, Notice.stream, Notice.seq
).where(
    Notice.read_at.is_(None),
    Notice.member_id.in_(bindparam("members", expanding=True)),
    Notice.stream.in_(bindparam("streams", expanding=True)),
    Notice.seq > 0,
)


def _read(tx: Transaction, members: Collection[int], ids: Sequence[int]) -> None:
    if ids:
        tx.execute(update(Notice).where(Notice.id.in_(ids)).values(read_at=now(tx)))
        _tell(tx, members)


def _tell(tx: Transaction, members: Collection[int]) -> None:
    tx.flush()
    unread = unread_by_member(tx, list(members))
    for id in members:
        tx.publish(NoticesChanged(member_id=id, unread=unread.get(id, 0)))
