"""Looking for lines of the log, of a million as of a hundred.

Names are looked up first. Each that fits is a way into the log by an index, on which a page is the
first lines, and of these pages the latest lines are the page; so what is read grows with neither
the log nor what was done about one thing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVarTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from community import audit
from community.audit import ADDRESS, AuditEntry
from community.database import Transaction
from community.members.models import Member
from community.members.policies import may_administer
from community.organisations.queries import close_to
from community.policies import require
from forum.announcements.models import Announcement
from moderation.models import Case, SubjectKind
from moderation.policies import may_see_queue
from moderation.queries import cases_of
from moderation.records.log import NAMES, NUMBER, Told, told

Ts = TypeVarTuple("Ts")

PAGE = 50
SOME = 1_000  # lines of a file that are read at a time
MANY = 20  # names that are looked at; of more that fit the others are left out, and it is said
FEW = 1_000  # cases that are looked up one by one; who sees more finds one of them soon
WITHIN = ("message", "post")  # called as what they stand in, so found from what was done about them


class Sought(NamedTuple):
    """What is empty lets everything pass."""

    actor: str = ""  # part of a name
    verb: str = ""
    subject: str = ""  # part of a name, the number of a case, or an address: post:9
    since: date | None = None  # first and last day, where whoever looks is
    until: date | None = None


class LogPage(NamedTuple):
    told: Told
    more: int | None  # what the next page comes after
    cut: bool  # more names fit than are looked at


def log_page(session: Session, moderator: Member, sought: Sought, before: int = 0) -> LogPage:
    """The latest first. Administrators see everything, moderators their cases and own deeds."""
    require(may_see_queue(moderator))
    lines, cut = _found(session, moderator, sought, before, PAGE + 1)
    more = lines[PAGE - 1].id if len(lines) > PAGE else None
    return LogPage(told(session, lines[:PAGE]), more, cut)


def lines_of(
    session: Session, administrator_id: int, sought: Sought, before: int
) -> Sequence[AuditEntry]:
    """To be taken elsewhere: some at a time, the latest first."""
    administrator = session.get_one(Member, administrator_id)
    require(may_administer(administrator))
    lines, _cut = _found(session, administrator, sought, before, SOME)
    return lines


def begin_export(tx: Transaction, administrator: Member) -> Member:
    """Who takes the log elsewhere stands in it."""
    require(may_administer(administrator))
    audit.record(tx, administrator, "log.exported", "site:1")
    return administrator


def _found(
    session: Session, moderator: Member, sought: Sought, before: int, most: int
) -> tuple[Sequence[AuditEntry], bool]:
    mine, theirs = AuditEntry.actor_id == moderator.id, _reported_to_be(session, moderator)
    narrow = [
        or_(mine, AuditEntry.subject.not_in(theirs)),
        *_narrow(session, moderator, sought, before),
    ]
    ways: Sequence[ColumnElement[bool]] = [true()]
    if not moderator.administers:
        cases = cases_of(session, moderator)
        number = case((_about("case"), cast(func.substr(AuditEntry.subject, 6), BigInteger)))
        narrow += [or_(mine, cases.where(Case.id == number).exists())]
        ways = [mine, _of_cases(session, cases)]
    actors, subjects = _actors(session, sought.actor), _subjects(session, sought.subject)
    if sought.actor:
        ways = [AuditEntry.actor_id == actor for actor in actors[:MANY]]
    if sought.subject:
        narrow += [or_(false(), *ways)] if sought.actor else []
        ways = [AuditEntry.subject == subject for subject in subjects[:MANY]]
    cut = max(len(actors), len(subjects)) > MANY
    return _lines(session, ways, narrow, most), cut


def _reported_to_be(session: Session, member: Member) -> Select[str]:
    """Who wrote what a case is about does not learn who reported it, nor who speaks for the
    organisation that it is about (M8)."""
    ours = close_to(session, member)
    said = select(Announcement.id).where(Announcement.organisation_id.in_(ours))
    theirs = or_(
        Case.author_id == member.id,
        and_(Case.subject_kind == SubjectKind.ORGANISATION, Case.subject_id.in_(ours)),
        and_(Case.subject_kind == SubjectKind.ANNOUNCEMENT, Case.subject_id.in_(said)),
    )
    return select("case:" + cast(Case.id, String)).where(theirs)


def _of_cases(session: Session, cases: Select[Case]) -> ColumnElement[bool]:
    seen = session.scalars(cases.with_only_columns(Case.id).limit(FEW + 1)).all()
    return AuditEntry.subject.in_([f"case:{id}" for id in seen]) if len(seen) <= FEW else true()


def _narrow(
    session: Session, moderator: Member, sought: Sought, before: int
) -> Iterator[ColumnElement[bool]]:
    if sought.verb:
        yield AuditEntry.verb == sought.verb
    if sought.since:
        yield AuditEntry.done_at >= _midnight(sought.since, moderator)
    if sought.until:
        yield AuditEntry.done_at < _midnight(sought.until, moderator) + timedelta(days=1)
    done_at = select(AuditEntry.done_at).where(AuditEntry.id == before)
    if before and (at := session.scalar(done_at)):
        yield tuple_(AuditEntry.done_at, AuditEntry.id) < tuple_(literal(at), literal(before))


def _lines(
    session: Session,
    ways: Sequence[ColumnElement[bool]],
    narrow: Iterable[ColumnElement[bool]],
    most: int,
) -> Sequence[AuditEntry]:
    if not ways:
        return []
    line = select(AuditEntry.id, AuditEntry.done_at).where(*narrow)
    pages = (_latest(line.where(way), AuditEntry).limit(most).subquery() for way in ways)
    together = union(*(select(page) for page in pages)).subquery()
    page = _latest(select(together.c.id), together.c).limit(most)
    whole = select(AuditEntry).options(joinedload(AuditEntry.seal))
    return session.scalars(_latest(whole.where(AuditEntry.id.in_(page)), AuditEntry)).all()


def _latest(lines: Select[*Ts], of: Any) -> Select[*Ts]:
    return lines.order_by(of.done_at.desc(), of.id.desc())


def _midnight(day: date, moderator: Member) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(moderator.zone))


def _actors(session: Session, words: str) -> Sequence[int]:
    """Whose name fits and who did something, the closest first."""
    if not words:
        return []
    did = select(AuditEntry.id).where(AuditEntry.actor_id == Member.id).exists()
    named = select(Member.id).where(Member.name.icontains(words, autoescape=True), did)
    return session.scalars(
        named.order_by(func.length(Member.name), Member.id).limit(MANY + 1)
    ).all()


def _subjects(session: Session, words: str) -> Sequence[str]:
    """A case is known by the number at their end, everything else by its name or address. A number
    alone, or an address, is no part of a name."""
    if not words:
        return []
    number = NUMBER.search(words)
    known = [f"case:{int(number[0])}"] if number else []
    known += [words] if ADDRESS.fullmatch(words) else []
    if words.lstrip("#").isdecimal() or ADDRESS.fullmatch(words):
        return known  # it says which one; names need not be looked through
    named = (_called(kind, words).limit(MANY + 1).subquery() for kind in NAMES)
    found = session.scalars(union_all(*(select(kind) for kind in named)).limit(MANY + 1))
    return [*dict.fromkeys([*known, *found])]


def _called(kind: str, words: str) -> Select[str]:
    number, name = NAMES[kind].selected_columns
    address = literal(f"{kind}:") + cast(number, String)
    matching = NAMES[kind].where(name.icontains(words, autoescape=True))
    if kind not in WITHIN:
        done = select(AuditEntry.id).where(AuditEntry.subject == address).exists()
        return matching.with_only_columns(address).where(done)
    told_of = case((_about(kind), cast(func.substr(AuditEntry.subject, len(kind) + 2), BigInteger)))
    about = matching.join(AuditEntry, number == told_of).where(_about(kind))
    return about.with_only_columns(AuditEntry.subject).distinct()


def _about(kind: str) -> ColumnElement[bool]:
    """By the index, whatever the order of letters in this database: digits come before them."""
    subject = AuditEntry.subject
    return and_(subject >= f"{kind}:0", subject < f"{kind}:a", subject.startswith(f"{kind}:"))
