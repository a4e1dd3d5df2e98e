"""Searches that members keep, to be told when there is something new.

Sections in house order: models, queries, actions.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.errors import Invalid, NotFound
from community.members.models import Member
from community.notices.actions import notify, read_along
from community.notices.models import NoticeKind
from community.notices.queries import waits_for
from community.wanted import read
from community.words import _

log = logging.getLogger(__name__)

MOST = 20  # searches one member keeps
EVERY = timedelta(minutes=5)
AT_ONCE = 20  # are looked for in one round
SETTLED = timedelta(seconds=30)  # what was written by then is committed, or never will be

# Whether there is something for the member that was written after the one moment, up to the other.
IsNew = Callable[[Session, Member, str, tuple[datetime, datetime]], bool]

# Models


class KeptSearch(Base):
    """Nobody else learns of it."""

    __tablename__ = "kept_searches"
    __table_args__ = (UniqueConstraint("member_id", "words"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    words: Mapped[str]
    looked_until: Mapped[datetime] = mapped_column(index=True)  # what is older is no news

    member: Mapped[Member] = relationship()

    @property
    def address(self) -> str:
        return f"search:{self.id}"

    @property
    def link(self) -> str:
        return f"/search?{urlencode({'q': self.words})}"


# Queries


def searches_of(session: Session, member: Member) -> Sequence[KeptSearch]:
    mine = select(KeptSearch).where(KeptSearch.member_id == member.id)
    return session.scalars(mine.order_by(KeptSearch.words)).all()


def told_of(session: Session, member: Member, kept: Sequence[KeptSearch], words: str) -> int:
    """The number of the one with these words, where a notice about it waits; else 0."""
    mine = next((one for one in kept if one.words == " ".join(words.split())), None)
    waits = mine and waits_for(session, member.id, NoticeKind.SEARCH, mine.address)
    return mine.id if mine and waits else 0


def search_for(session: Session, member: Member, id: int) -> KeptSearch:
    kept = session.get(KeptSearch, id)
    if kept is None or kept.member_id != member.id:
        raise NotFound
    return kept


# Actions


def keep_search(tx: Transaction, member: Member, words: str) -> KeptSearch:
    """Doing it twice is doing it once. Raises Invalid for what cannot be looked for."""
    words = " ".join(words.split())
    if read(words).nothing:
        raise Invalid(_("There is nothing in it to look for."))
    kept = searches_of(tx, member)
    if already := next((one for one in kept if one.words == words), None):
        return already
    if len(kept) >= MOST:
        raise Invalid(_("You can keep %(most)s searches; end another one first."), most=MOST)
    search = KeptSearch(member_id=member.id, words=words, looked_until=now(tx))
    tx.add(search)
    tx.flush()
    return search


def open_search(tx: Transaction, member: Member, id: int) -> None:
    """What the notice was about has been seen, whatever way they came."""
    read_along(tx, member, search_for(tx, member, id).address, 1)


def end_search(tx: Transaction, member: Member, id: int) -> None:
    tx.delete(search_for(tx, member, id))


def tell_of_new_finds(tx: Transaction, is_new: IsNew) -> None:
    """The worker's. Whoever has not looked since they were told is not told again."""
    until = now(tx) - SETTLED
    waiting = select(KeptSearch).join(Member, Member.id == KeptSearch.member_id)
    due = waiting.where(
        KeptSearch.looked_until <= until - EVERY, Member.suspended_until.is_(None)
    ).order_by(KeptSearch.looked_until)
    for kept in each_due(tx, due, most=AT_ONCE):
        news = _is_news(tx, is_new, kept, until)
        kept.looked_until = until
        if news and not waits_for(tx, kept.member_id, NoticeKind.SEARCH, kept.address):
            notify(tx, {kept.member_id}, NoticeKind.SEARCH, title=kept.words, link=kept.link,
                   stream=kept.address, seq=1)  # fmt: skip


def _is_news(tx: Transaction, is_new: IsNew, kept: KeptSearch, until: datetime) -> bool:
    """One that cannot be looked for any more, or takes too long, finds nothing: the others wait
    behind it."""
    try:
        with tx.begin_nested():
            return is_new(tx, kept.member, kept.words, (kept.looked_until, until))
    except (Invalid, DBAPIError) as error:
        log.warning("the kept search %s finds nothing: %s", kept.id, error)
        return False
