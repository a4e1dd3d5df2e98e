"""What an entry said before, and why that was changed."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community.errors import NotFound
from community.streams import Entry, Version

PAGE = 10  # each is compared with the one before it


class Edit(NamedTuple):
    number: int  # 1 is the first there was
    before: Version
    after: str  # what it became


class Edits(NamedTuple):
    page: Sequence[Edit]  # the last first
    older: int | None  # the next page begins before this version


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
