"""What an entry said before, and why that was changed; whether an edit knows what it says; and how
all of it goes."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from community.database import Transaction
from community.errors import Conflict, NotFound
from community.streams import Entry, Version
from community.words import _

PAGE = 10  # each is compared with the one before it


class Edit(NamedTuple):
    number: int  # 1 is the first there was
    before: Version
    after: str  # what it became


class Edits(NamedTuple):
    page: Sequence[Edit]  # the last first
    older: int | None  # the next page begins before this version


class EditedElsewhere(Conflict):
    """What it says now, its `body`, and as of which `rev` come with it: both texts are shown."""


def words_after(session: Session, kind: str, entry: Entry, body: str, began: int | None) -> str:
    """What it says after an edit that began when it had that rev; None where nobody knows. It stays
    as it is where its author has said since what the edit says: that was sent twice. The caller
    holds it. Raises EditedElsewhere."""
    if began is None or entry.edited_at is None or body == entry.body:
        return body
    since = select(Version.body).where(Version.kind == kind, Version.entry_id == entry.id)
    said = set(session.scalars(since.where(Version.rev > began)))
    if said <= {entry.body}:  # at most what hangs at it was changed
        return body
    if body not in said:
        sentence = _("This was changed in another window or device.")
        raise EditedElsewhere(sentence, body=entry.body, rev=entry.rev)
    return entry.body


def edits_of(session: Session, kind: str, entry: Entry, before: int | None = None) -> Edits:
    """A page of them. What is gone has no history either. Raises NotFound.
    `kind` is that of the stream: "topic"."""
    if entry.gone:
        raise NotFound
    of_entry = (Version.kind == kind, Version.entry_id == entry.id)
    newer = session.scalar(select(Version).where(*of_entry, Version.id == before))
    if before and newer is None:
        raise NotFound
    asked = (*of_entry, Version.id < newer.id) if newer else of_entry
    number = session.scalars(select(func.count()).where(*asked)).one()
    page = select(Version).where(*asked).order_by(Version.id.desc()).limit(PAGE)
    edits, after = list[Edit](), newer.body if newer else entry.body
    for version in session.scalars(page):
        edits.append(Edit(number - len(edits), version, after))
        after = version.body
    return Edits(edits, edits[-1].before.id if number > PAGE else None)


def blank(tx: Transaction, kind: str, entry: Entry) -> None:
    """It says nothing, and never did. Its place and its number stay, and so does what is told of
    it; the caller holds it and revises it."""
    said = (Version.kind == kind, Version.entry_id == entry.id)
    tx.execute(update(Version).where(*said).values(body="", html="", reason=""))
    entry.body = entry.html = ""
