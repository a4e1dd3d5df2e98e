"""What can hold by itself until somebody has looked, and where: words are hidden, or read with a
line that says they are being checked; nobody answers in the topic or thread they stand in; the name
and the profile of their author stay as they are.

Each is a row of its own in community/restrictions.py: what ends one ends no other.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.models import Message
from community import audit
from community.clock import now
from community.database import Base, Transaction
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.queries import is_official
from community.restrictions import HIDING, Restriction, RestrictionKind, active_on
from forum.topics.models import Post
from moderation.models import Case
from moderation.subjects import Entry, place_of, restricted_at, settle_at

UNDECIDED_FOR = timedelta(hours=72)
NOBODY: frozenset[str] = frozenset()


class Meanwhile(NamedTuple):
    """For which reasons it holds, what the audit calls that, and how its author is told."""

    begins: str
    ends: str
    notice: NoticeKind
    at_once: frozenset[str] = NOBODY  # at one credible report
    by_many: frozenset[str] = NOBODY
    of_new_authors: frozenset[str] = NOBODY  # by many, too


KINDS: Mapping[RestrictionKind, Meanwhile] = {
    RestrictionKind.HIDDEN: Meanwhile(
        "case.hidden", "case.shown", NoticeKind.HIDDEN,
        at_once=frozenset({"csam", "terror", "doxxing", "impersonation_official"}),
        by_many=frozenset({"scam_fraud", "gambling_porn", "sara_hate", "harassment"}),
        of_new_authors=frozenset({"spam"}),
    ),
    RestrictionKind.KEPT: Meanwhile(
        "case.kept", "case.let_go", NoticeKind.KEPT, at_once=frozenset({"impersonation_official"})
    ),
    RestrictionKind.LABELLED: Meanwhile(
        "case.doubted", "case.undoubted", NoticeKind.LABELLED, by_many=frozenset({"hoax"})
    ),
    RestrictionKind.LOCKED: Meanwhile(
        "case.locked", "case.unlocked", NoticeKind.LOCKED, by_many=frozenset({"price_collusion"})
    ),
}  # fmt: skip

# Queries


def meanwhile_on(session: Session, case: Case) -> Sequence[Restriction]:
    """What holds until somebody decides it, in the order it was imposed in."""
    return [one for one in _ever_on(session, case) if one.lifted_at is None]


def held_with(session: Session, case: Case) -> list[Base]:
    """What is restricted until it is decided, to be held by whoever ends that."""
    places = (one.subject for one in meanwhile_on(session, case))
    rows = (row for place in places for row in restricted_at(session, place).chain)
    return [case.author, *rows]


def still_open(session: Session, case: Case, entry: Entry) -> dict[RestrictionKind, str]:
    """What could still hold, by where. Once for a case: what was ended, people decide."""
    had = {one.kind for one in _ever_on(session, case)}
    if any(one.kind in HIDING for one in active_on(session, case.subject)):
        had.add(RestrictionKind.HIDDEN)
    places = {kind: _place(session, case, entry, kind) for kind in KINDS if kind not in had}
    return {kind: place for kind, place in places.items() if place}


def _ever_on(session: Session, case: Case) -> Sequence[Restriction]:
    ours = select(Restriction).where(Restriction.interim.is_(True), Restriction.case_id == case.id)
    return session.scalars(ours.order_by(Restriction.id)).all()


def _place(session: Session, case: Case, entry: Entry, kind: RestrictionKind) -> str:
    """The address of what it restricts; empty where there is nothing of the kind. A whole channel
    is not locked for what one says in it, nor is a topic that an office began."""
    match kind, entry:
        case RestrictionKind.HIDDEN, _:
            return case.subject
        case RestrictionKind.KEPT, _:
            return f"member:{case.author_id}"
        case RestrictionKind.LABELLED, Post() | Message():
            return case.subject
        case RestrictionKind.LOCKED, Post(topic=topic):
            return "" if is_official(session, topic.starter_id) else topic.address
        case RestrictionKind.LOCKED, Message(channel=channel):
            return channel.address if channel.parent_id else ""
    return ""


# Actions


def impose(tx: Transaction, case: Case, entry: Entry, kind: RestrictionKind, place: str) -> None:
    """The entry, its author and the queue are held. The author is told why, and what comes next."""
    restriction = Restriction(
        kind=kind, subject=place, case_id=case.id, interim=True,
        imposed_at=now(tx), ends_at=now(tx) + UNDECIDED_FOR,
    )  # fmt: skip
    tx.add(restriction)
    settle_at(tx, place)
    how = KINDS[kind]
    audit.record(tx, None, how.begins, case.address, about=place, reason=case.reason.code)
    notify(tx, [case.author_id], how.notice, title=place_of(entry),
           link=f"/hidden/{restriction.id}")  # fmt: skip


def lift(tx: Transaction, one: Restriction, by: Member | None, verb: str = "") -> None:
    """It alone. What it restricts and its case are held."""
    one.lifted_at, one.lifted_by_id = now(tx), by.id if by else None
    how = KINDS[RestrictionKind(one.kind)]
    audit.record(tx, by, verb or how.ends, f"case:{one.case_id}", about=one.subject)
    settle_at(tx, one.subject)
