"""What members have not said yet, kept on every device of theirs.

Where that may be, each floor says: it finds the place through the member, and keeps it here.

Sections in house order: models, queries, actions.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import JSON, ForeignKey, bindparam, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.text import LONGEST
from community.words import _

MOST = 50  # drafts of one member; one more, and the oldest is forgotten
BEGINNING, TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
LATEST = (datetime(9999, 1, 1, tzinfo=UTC) - BEGINNING) // TICK  # a version a moment can have

# Models


class Text(NamedTuple):
    """What is being written. `about` is whatever else was chosen for it, by the names of the form:
    the category of a new topic, the reason of an edit."""

    title: str
    body: str
    about: Mapping[str, Any] = {}


class Draft(Base):
    """`place` says of what: "new", "topic:5" (a reply to it), "reply:9", "post:9" (an edit),
    "channel:7". Files may wait with it (attachments.py)."""

    __tablename__ = "drafts"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    kept_at: Mapped[datetime]  # each time later than before, so that it tells versions apart

    @property
    def version(self) -> int:
        return version_of(self.kept_at)


class Kept(NamedTuple):
    """A draft as it is read."""

    title: str
    body: str
    about: Mapping[str, Any]
    kept_at: datetime

    @property
    def version(self) -> int:
        return version_of(self.kept_at)


class Used(NamedTuple):
    """What was sent from where a draft may be kept."""

    member_id: int
    place: str
    body: str
    version: int  # of the draft it was


def version_of(kept_at: datetime) -> int:
    return (kept_at - BEGINNING) // TICK


class ChangedElsewhere(Conflict):
    """The title, body and version of what is kept come with it: both texts are shown."""


# Queries

DRAFT = select(Draft).where(  # asked with every topic page, so built only once
    Draft.member_id == bindparam("asker"), Draft.place == bindparam("place")
)

DRAFTS = Base.metadata.tables[Draft.__tablename__]
USED = delete(DRAFTS).where(
    DRAFTS.c.member_id == bindparam("whose"),
    DRAFTS.c.place == bindparam("where"),
    or_(DRAFTS.c.kept_at <= bindparam("until"), DRAFTS.c.body == bindparam("said")),
)


def draft_of(session: Session, member: Member, place: str) -> Draft | None:
    return session.scalar(DRAFT, {"asker": member.id, "place": place})


def drafts_of(session: Session, member: Member) -> Sequence[Draft]:
    """All of theirs, the latest first."""
    theirs = select(Draft).where(Draft.member_id == member.id)
    return session.scalars(theirs.order_by(Draft.kept_at.desc(), Draft.place)).all()


# Actions


def keep_at(tx: Transaction, member: Member, place: str, text: Text, known: int = 0) -> int:
    """An empty one is forgotten. `known` is the version this one goes on from, 0 where there was
    none; answers its own. Raises ChangedElsewhere where another has been kept meanwhile."""
    draft = _held(tx, member, place)
    if draft and draft.version != known and (draft.title, draft.body) != text[:2]:
        sentence = _("This draft was changed in another window or device. Below are both texts.")
        raise ChangedElsewhere(sentence, title=draft.title, body=draft.body, version=draft.version)
    return _keep(tx, member, place, draft, text)


def throw_away(tx: Transaction, member: Member, place: str, known: int) -> Draft | None:
    """What was kept, whatever has become of its place. What was kept there since stays."""
    draft = _held(tx, member, place)
    if draft and draft.version == known:
        tx.delete(draft)
        return draft
    return None


def join_at(tx: Transaction, member: Member, place: str, text: Text) -> int:
    """What is kept already, and below it this. Raises Invalid where that is too long."""
    draft = _held(tx, member, place)
    if draft and draft.body != text.body:
        body = f"{draft.body.rstrip()}\n\n{text.body}".strip()
        if len(body) > LONGEST:
            raise Invalid(_("This is too long: at most %(most)s characters."), most=LONGEST)
        text = Text(text.title or draft.title, body, {**draft.about, **text.about})
    return _keep(tx, member, place, draft, text)


def use_draft(tx: Transaction, member: Member, place: str, body: str, version: int) -> None:
    """It was sent, as that version or with that text. What another device has kept there since
    stays."""
    use_drafts(tx, [Used(member.id, place, body, version)])


def use_drafts(tx: Transaction, used: Collection[Used]) -> None:
    """The same of many, in one statement."""
    rows = [
        {"whose": one.member_id, "where": one.place, "said": one.body,
         "until": BEGINNING + TICK * min(one.version, LATEST)}
        for one in sorted(used)
    ]  # fmt: skip
    if rows:
        tx.execute(USED, rows)


def drafts_move(tx: Transaction, place: str, to: str) -> None:
    """Of everybody: what they began to write here stands there, below what they began there."""
    held = select(Draft).where(Draft.place.in_([place, to])).with_for_update()
    drafts = {(draft.member_id, draft.place): draft for draft in tx.scalars(held)}
    for draft in [one for one in drafts.values() if one.place == place]:
        if there := drafts.get((draft.member_id, to)):
            there.body = f"{there.body.rstrip()}\n\n{draft.body}".strip()
            there.kept_at = max(now(tx), there.kept_at + TICK)
            tx.delete(draft)
        else:
            draft.place = to
    tx.flush()


def _held(tx: Transaction, member: Member, place: str) -> Draft | None:
    if draft := draft_of(tx, member, place):
        tx.lock(draft)
    return draft


def _keep(tx: Transaction, member: Member, place: str, draft: Draft | None, text: Text) -> int:
    if not text.body.strip() and not text.title.strip() and not text.about:
        if draft:
            tx.delete(draft)
        return 0
    title, body, about = text.title, text.body, dict(text.about)
    if draft is None:
        _forget_oldest(tx, member)
        draft = Draft(member_id=member.id, place=place, title=title, body=body, about=about,
                      kept_at=now(tx))  # fmt: skip
        tx.add(draft)
    elif (draft.title, draft.body, draft.about) != (title, body, about):
        draft.title, draft.body, draft.about = title, body, about
        draft.kept_at = max(now(tx), draft.kept_at + TICK)
    return draft.version


def _forget_oldest(tx: Transaction, member: Member) -> None:
    kept = select(Draft).where(Draft.member_id == member.id).order_by(Draft.kept_at.desc())
    for draft in tx.scalars(kept.offset(MOST - 1)):
        tx.delete(draft)
