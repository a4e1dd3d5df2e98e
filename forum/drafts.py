"""What members have not posted yet, kept on every device of theirs.

Sections in house order: models, queries, actions.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, NotFound
from community.members.models import Member
from community.text import LONGEST
from community.words import _
from forum.topics.queries import post_for, topic_for

MOST = 50  # drafts of one member; one more, and the oldest is forgotten
BEGINNING, TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

# Models


class Draft(Base):
    """`place` says of what: "new", "topic:5" (a reply to it), "reply:9", "post:9" (an edit)."""

    __tablename__ = "drafts"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    kept_at: Mapped[datetime]  # each time later than before, so that it tells versions apart

    @property
    def version(self) -> int:
        return (self.kept_at - BEGINNING) // TICK


class ChangedElsewhere(Conflict):
    """The title, body and version of what is kept come with it: both texts are shown."""


# Queries

DRAFT = select(Draft).where(  # asked with every topic page, so built only once
    Draft.member_id == bindparam("asker"), Draft.place == bindparam("place")
)


def draft_of(session: Session, member: Member, place: str) -> Draft | None:
    return session.scalar(DRAFT, {"asker": member.id, "place": place})


# Actions


def keep_draft(
    tx: Transaction, member: Member, place: str, title: str, body: str, known: int = 0
) -> int:
    """An empty one is forgotten. `known` is the version this one goes on from, 0 where there was
    none; answers its own. Raises ChangedElsewhere where another has been kept meanwhile."""
    draft = _held(tx, member, place)
    if draft and draft.version != known and (draft.title, draft.body) != (title, body):
        sentence = _("This draft was changed on another device. Below are both texts.")
        raise ChangedElsewhere(sentence, title=draft.title, body=draft.body, version=draft.version)
    return _keep(tx, member, place, draft, title, body)


def join_draft(tx: Transaction, member: Member, place: str, title: str, body: str) -> int:
    """What is kept already, and below it this."""
    draft = _held(tx, member, place)
    if draft and draft.body != body:
        title, body = title or draft.title, f"{draft.body.rstrip()}\n\n{body}".strip()
    return _keep(tx, member, place, draft, title, body[:LONGEST])


def _held(tx: Transaction, member: Member, place: str) -> Draft | None:
    _find(tx, member, place)
    if draft := draft_of(tx, member, place):
        tx.lock(draft)
    return draft


def _keep(
    tx: Transaction, member: Member, place: str, draft: Draft | None, title: str, body: str
) -> int:
    if not body.strip() and not title.strip():
        forget_draft(tx, member, place)
        return 0
    if draft is None:
        _forget_oldest(tx, member)
        draft = Draft(member_id=member.id, place=place, title=title, body=body, kept_at=now(tx))
        tx.add(draft)
    elif (draft.title, draft.body) != (title, body):
        draft.title, draft.body = title, body
        draft.kept_at = max(now(tx), draft.kept_at + TICK)
    return draft.version


def forget_draft(tx: Transaction, member: Member, place: str) -> None:
    if draft := draft_of(tx, member, place):
        tx.delete(draft)


def _find(session: Session, member: Member, place: str) -> None:
    """Nobody keeps drafts of what they cannot see. Raises NotFound."""
    match place.split(":"):
        case ["new"]:
            return
        case ["topic", number]:
            topic_for(session, member, int(number))
        case ["reply" | "post", number]:
            post_for(session, member, int(number))
        case _:
            raise NotFound


def _forget_oldest(tx: Transaction, member: Member) -> None:
    kept = select(Draft).where(Draft.member_id == member.id).order_by(Draft.kept_at.desc())
    for draft in tx.scalars(kept.offset(MOST - 1)):
        tx.delete(draft)
