"""What can be reported and is no entry of a stream: an announcement, what a member shows of
themself, what an organisation says of itself. A sheet reads as an entry does.

Sections in house order: models, queries, actions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from community.attachments import Attached, hanging
from community.database import Base, Transaction
from community.errors import NotFound
from community.files import FileKind, files_of
from community.members.models import Member
from community.organisations.actions import hide_words, restore_words
from community.organisations.models import Mandate, MandateRole, Organisation
from community.organisations.queries import mandates_of
from community.profiles import hide_profile, restore_profile
from community.streams import EntryChanged, signed
from community.text import facts, paragraphs
from forum.announcements.actions import hide_announcement, restore_announcement
from forum.announcements.models import Announcement
from forum.announcements.queries import announcement_for
from forum.writings import is_met_in_public
from moderation.models import SubjectKind

# Models

R = TypeVar("R", Announcement, Member, Organisation)
PAGES = {
    SubjectKind.ANNOUNCEMENT: "announcements",
    SubjectKind.PROFILE: "members",
    SubjectKind.ORGANISATION: "organisations",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    kind: SubjectKind
    row: Announcement | Member | Organisation
    author: Member
    title: str
    body: str  # with the title
    html: str
    written_at: datetime
    hidden_at: datetime | None
    rev: int = 1
    organisation_id: int = 0  # whose people are no strangers to it
    attachments: Sequence[Attached] = ()
    mandate: Mandate | None = None
    stream_id: int = 0
    edited_at: datetime | None = None  # nobody asks for a change of it

    @property
    def id(self) -> int:
        return self.row.id

    @property
    def author_id(self) -> int:
        return self.author.id

    @property
    def address(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def link(self) -> str:
        return f"/{PAGES[self.kind]}/{self.id}"

    @property
    def gone(self) -> str:
        return "hidden" if self.hidden_at else ""

    @property
    def chain(self) -> tuple[Base, ...]:
        return (self.row,)

    @property
    def shown(self) -> EntryChanged:
        """With the picture that belongs to it."""
        pictures = ((f"📎 /files/{one['file']}", one["sha256"][:12]) for one in self.attachments)
        return EntryChanged(
            **signed(self.author, None),
            address=self.address,
            id=self.id,
            seq=1,
            rev=self.rev,
            key="",
            written_at=self.written_at,
            edited=False,
            gone=self.gone,
            html="" if self.gone else self.html + facts(pictures),
        )


# Queries


def sheet_for(session: Session, reader: Member | None, kind: SubjectKind, id: int) -> Sheet:
    """As the reader may see it; None is a visitor. Raises NotFound."""
    if kind == SubjectKind.ANNOUNCEMENT:
        return _announcement(announcement_for(session, reader, id).announcement)
    sheet = sheet_at(session, kind, id)  # members see who is here
    if reader is None and not _is_public(session, sheet):
        raise NotFound
    return sheet


def _is_public(session: Session, sheet: Sheet) -> bool:
    if not isinstance(sheet.row, Member):
        return True
    return is_met_in_public(session, sheet.row, session.scalars(mandates_of(sheet.row)))


def sheet_at(session: Session, kind: SubjectKind, id: int) -> Sheet:
    """For those who have found the case."""
    match kind:
        case SubjectKind.ANNOUNCEMENT:
            return _announcement(_found(session, Announcement, id))
        case SubjectKind.PROFILE:
            return _profile(session, id)
        case SubjectKind.ORGANISATION:
            return _organisation(session, id)
        case _:
            raise NotFound


def _announcement(one: Announcement) -> Sheet:
    body, html = f"{one.title}\n\n{one.body}", paragraphs(one.title) + one.html
    return Sheet(SubjectKind.ANNOUNCEMENT, one, one.author, one.title, body, html,
                 one.published_at, one.hidden_at, one.version, one.organisation_id)  # fmt: skip


def _profile(session: Session, id: int) -> Sheet:
    one = _found(session, Member, id)
    about = one.hidden_about if one.profile_hidden_at else one.about
    files = [file for file in files_of(session, f"member:{id}") if file.kind == FileKind.PICTURE]
    body = f"{one.name}\n\n{about}".strip()
    return Sheet(SubjectKind.PROFILE, one, one, one.name, body, paragraphs(body), one.joined_at,
                 one.profile_hidden_at, one.rev,
                 attachments=[hanging(file, "") for file in files])  # fmt: skip


def _organisation(session: Session, id: int) -> Sheet:
    one = _found(session, Organisation, id)
    about = one.hidden_about if one.words_hidden_at else one.about
    body = f"{one.name}\n\n{about}".strip()
    return Sheet(SubjectKind.ORGANISATION, one, _owner(session, id), one.name, body,
                 paragraphs(body), one.founded_at, one.words_hidden_at, one.rev,
                 organisation_id=id)  # fmt: skip


def _owner(session: Session, organisation_id: int) -> Member:
    """Who owns it longest, or did last. Of one that nobody ever owned, nothing can be reported."""
    owners = (
        select(Mandate)
        .options(joinedload(Mandate.member))
        .where(
            Mandate.organisation_id == organisation_id,
            Mandate.role == MandateRole.OWNER,
            Mandate.accepted_at.is_not(None),
        )
    )
    owners = owners.order_by(Mandate.ended_at.is_not(None), Mandate.ended_at.desc(), Mandate.id)
    owner = session.scalars(owners.limit(1)).first()
    if owner is None:
        raise NotFound
    return owner.member


def _found(session: Session, kind: type[R], id: int) -> R:
    row = session.get(kind, id)
    if row is None:
        raise NotFound
    return row


# Actions


def hide(tx: Transaction, sheet: Sheet) -> None:
    """The row is held."""
    match sheet.row:
        case Announcement():
            hide_announcement(tx, sheet.row)
        case Member():
            hide_profile(tx, sheet.row)
        case Organisation():
            hide_words(tx, sheet.row)


def restore(tx: Transaction, sheet: Sheet) -> None:
    match sheet.row:
        case Announcement():
            restore_announcement(tx, sheet.row)
        case Member():
            restore_profile(tx, sheet.row)
        case Organisation():
            restore_words(tx, sheet.row)
