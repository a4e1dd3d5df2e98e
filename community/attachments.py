"""Pictures and documents with what members write. They are chosen while it is being written, wait
with the draft or with the message on its way, and hang at the entry from the moment it is written.

Pictures were made anew (community/darkroom.py); a document is a PDF that stays as it came, and is
only ever handed out to be saved. Who may write there and who sees them, each floor says.

Sections in house order: models, queries, actions.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, NotRequired, TypedDict, cast

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, select, update
from sqlalchemy.orm import Session

from community.database import Transaction
from community.drafts import TICK, Draft, Kept
from community.errors import Invalid
from community.files import File, FileKind, drop_one, keep, keep_document
from community.members.models import Member
from community.pictures import Print
from community.words import _

MOST = 6  # at one entry, and with one draft
KINDS = (FileKind.ATTACHMENT, FileKind.DOCUMENT)
TOO_MANY = _("At most %(most)s files go with one text.")
MISSING = _("A file you chose is not here any more. Please choose it again.")

# Models


class Chosen(NamedTuple):
    """A file for a text."""

    file: str
    words: str = ""  # what is to be seen on it, for those who do not


class Along(NamedTuple):
    """What comes along with a text from where it was composed."""

    version: int = 0  # of the draft it was
    files: tuple[Chosen, ...] = ()
    away: frozenset[str] = frozenset()  # files that are not wanted any more


ALONE = Along()


class Attached(TypedDict):
    """A file at what was written."""

    file: str
    kind: str  # a FileKind
    width: int
    height: int
    size: int  # bytes
    sha256: str
    words: NotRequired[str]


# Queries


class Left(NamedTuple):
    """What a member left at a place: a draft, and the files that wait with it."""

    draft: Kept | None = None
    files: Sequence[Attached] = ()


# Asked with every topic page: one statement for both, built only once, and no row objects.
MEMBERS, DRAFTS, FILES = (
    model.metadata.tables[model.__tablename__] for model in (Member, Draft, File)
)
DRAFTED = [DRAFTS.c[name] for name in Kept._fields]
ABOUT = ("kind", "width", "height", "size", "sha256", "words")
WAITING = [FILES.c.id.label("file"), *(FILES.c[name] for name in ABOUT)]
NAMES = [column.name for column in WAITING]
_asker: BindParameter[int] = bindparam("asker")
_place: BindParameter[str] = bindparam("place")
_there = MEMBERS.outerjoin(
    DRAFTS, and_(DRAFTS.c.member_id == _asker, DRAFTS.c.place == _place)
).outerjoin(FILES, and_(FILES.c.owner_id == _asker, FILES.c.place == _place))
LEFT = (
    select(*DRAFTED, *WAITING)
    .select_from(_there)
    .where(MEMBERS.c.id == _asker)
    .order_by(FILES.c.made_at, FILES.c.id)
)


def left_at(session: Session, member: Member, place: str) -> Left:
    rows = session.execute(LEFT, {"asker": member.id, "place": place}).all()
    draft = Kept(*rows[0][: len(DRAFTED)]) if rows[0].kept_at else None
    files = [dict(zip(NAMES, row[len(DRAFTED) :], strict=True)) for row in rows if row.file]
    return Left(draft, [cast(Attached, file) for file in files])


def waiting_with(
    session: Session, member: Member, places: Collection[str]
) -> dict[str, list[Attached]]:
    """By the place of the draft, in the order in which they came."""
    found: dict[str, list[Attached]] = {}
    for file in _waiting_with(session, member, places):
        found.setdefault(file.place, []).append(hanging(file, file.words))
    return found


def _waiting_with(session: Session, member: Member, places: Collection[str]) -> Sequence[File]:
    theirs = select(File).where(File.place.in_(places), *_waiting_of(member))
    return session.scalars(theirs.order_by(File.made_at, File.id)).all() if places else ()


def chosen_for(
    session: Session, member: Member, there: Sequence[Attached], along: Along
) -> Sequence[Attached]:
    """What would hang where these do: as hang() does it."""
    attached, words = _still_there(there, along)
    theirs = (File.id.in_(words), *_waiting_of(member))
    waiting = {file.id: file for file in session.scalars(select(File).where(*theirs))}
    return attached + [hanging(waiting[id], words[id]) for id in words if id in waiting]


def hanging(file: File, words: str) -> Attached:
    return Attached(
        file=file.id,
        kind=file.kind,
        width=file.width,
        height=file.height,
        size=file.size,
        sha256=file.sha256,
        words=words,
    )


def _still_there(there: Sequence[Attached], along: Along) -> tuple[list[Attached], dict[str, str]]:
    """What hangs there and stays, and the words of the files that come to it."""
    words = {one.file: one.words for one in along.files if one.file not in along.away}
    here = [one for one in there if one["file"] not in along.away]
    return [_worded(one, words.pop(one["file"], None)) for one in here], words


def _waiting_of(member: Member) -> tuple[ColumnElement[bool], ...]:
    """With whichever of their drafts: a text may move to another place with its files."""
    return File.owner_id == member.id, File.belongs_to == "", File.kind.in_(KINDS)


def prints_of(session: Session, member: Member, files: Iterable[Chosen]) -> list[str]:
    """Of what these files show, with their words: the same picture that is sent twice is the same,
    whatever it is called here."""
    ids = [one.file for one in files]
    if not ids:
        return []
    known = select(File.id, File.sha256).where(File.id.in_(ids), File.owner_id == member.id)
    hashes = {id: sha256 for id, sha256 in session.execute(known)}
    return [f"{hashes.get(one.file, '')} {one.words}" for one in files]


# Actions


def enclose(
    tx: Transaction,
    member: Member,
    place: str,
    pictures: Sequence[Sequence[Print]],
    documents: Sequence[bytes],
    *,
    key: str = "",
) -> list[Attached]:
    """With the draft there, or with what will be written with that key, where the caller has asked
    whether they may write. The member is held alone, so that the quota is exact. Raises Invalid
    beyond it, and beyond MOST."""
    files = [keep(tx, member, FileKind.ATTACHMENT, prints, "", key=key) for prints in pictures]
    files += [keep_document(tx, member, document, "", key=key) for document in documents]
    for number, file in enumerate(file for file in files if not file.belongs_to):
        file.place, file.made_at = place, file.made_at + number * TICK  # in the order they came
    tx.flush()
    must_be_few(left_at(tx, member, place).files)
    return [hanging(file, "") for file in files]


def mind(tx: Transaction, member: Member, place: str, along: Along) -> None:
    """Of files that wait: those that are not wanted are gone, the others have their words, and wait
    there from now on."""
    words = {one.file: one.words for one in along.files}
    for file in _waiting(tx, member, {*words, *along.away}):
        if file.id in along.away:
            tx.delete(file)
        else:
            file.words, file.place = words[file.id], place


def let_go(tx: Transaction, member: Member, place: str) -> list[Attached]:
    """What waited there waits nowhere: put back within a day, or forgotten by the worker."""
    files = _waiting_with(tx, member, [place])
    for file in files:
        file.place = ""
    return [hanging(file, file.words) for file in files]


def hang(
    tx: Transaction, member: Member, address: str, there: Sequence[Attached], along: Along
) -> list[Attached]:
    """What hangs from now on at the entry of the member with this address ("post:5"), where these
    do: without what is not wanted, and with what was chosen, in that order. Raises Invalid where a
    file is not there any more, and beyond MOST."""
    attached, words = _still_there(there, along)
    for file in _taken(tx, member, words):
        if any(one["sha256"] == file.sha256 for one in attached):
            tx.delete(file)  # sent twice is there once
        else:
            file.belongs_to, file.place = address, ""
            attached.append(hanging(file, words[file.id]))
    must_be_few(attached)
    for file_id in along.away:
        drop_one(tx, file_id, address)
    return attached


def hang_anew(tx: Transaction, addresses: Mapping[str, str]) -> None:
    """What hung at these entries hangs at those: by the address of each the new one."""
    for before, address in addresses.items():
        tx.execute(update(File).where(File.belongs_to == before).values(belongs_to=address))


def must_wait(tx: Transaction, member: Member, along: Along) -> None:
    """Raises as hang() would, at what is not written yet."""
    if along.files:
        _there, words = _still_there((), along)
        must_be_few({file.sha256 for file in _taken(tx, member, words)})


def must_be_few(attached: Collection[object]) -> None:
    if len(attached) > MOST:
        raise Invalid(TOO_MANY, most=MOST)


def forget_files(tx: Transaction, member: Member, along: Along) -> None:
    """That still wait: it was written before, with the same ones."""
    for file in _waiting(tx, member, {one.file for one in along.files}):
        tx.delete(file)


def _taken(tx: Transaction, member: Member, ids: Iterable[str]) -> list[File]:
    """In the order of the ids."""
    waiting = {file.id: file for file in _waiting(tx, member, set(ids))}
    if waiting.keys() != set(ids):
        raise Invalid(MISSING)
    return [waiting[id] for id in ids]


def _waiting(tx: Transaction, member: Member, ids: set[str]) -> Sequence[File]:
    """Held, so that the worker does not take them away."""
    if not ids:
        return ()
    found = select(File).where(File.id.in_(ids), *_waiting_of(member)).order_by(File.id)
    return tx.scalars(found.with_for_update(of=File)).all()


def _worded(attached: Attached, words: str | None) -> Attached:
    """Where something else was said of it."""
    same = words is None or words == attached.get("words", "")
    return attached if same else Attached(**{**attached, "words": words or ""})
