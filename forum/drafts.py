"""What members have not posted yet, kept on every device of theirs.

Sections in house order: models, queries, actions.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.clock import now
from community.database import Base, Transaction
from community.errors import NotFound
from community.members.models import Member
from forum.topics.queries import post_for, topic_for

MOST = 50  # drafts of one member; one more, and the oldest is forgotten

# Models


class Draft(Base):
    """`place` says of what: "new", "topic:5" (a reply to it), "reply:9", "post:9" (an edit)."""

    __tablename__ = "drafts"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    kept_at: Mapped[datetime]


# Queries

DRAFT = select(Draft).where(  # asked with every topic page, so built only once
    Draft.member_id == bindparam("asker"), Draft.place == bindparam("place")
)


def draft_of(session: Session, member: Member, place: str) -> Draft | None:
    return session.scalar(DRAFT, {"asker": member.id, "place": place})


# Actions


def keep_draft(tx: Transaction, member: Member, place: str, title: str, body: str) -> None:
    """An empty one is forgotten."""
    _find(tx, member, place)
    if not body.strip() and not title.strip():
        return forget_draft(tx, member, place)
    if draft := draft_of(tx, member, place):
        draft.title, draft.body, draft.kept_at = title, body, now(tx)
    else:
        _forget_oldest(tx, member)
        tx.add(Draft(member_id=member.id, place=place, title=title, body=body, kept_at=now(tx)))


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
