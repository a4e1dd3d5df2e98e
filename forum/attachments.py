"""Pictures and documents with what members write. They are chosen while it is being written, wait
with the draft, and hang at the post from the moment it is written.

Pictures were made anew (community/darkroom.py); a document is a PDF that stays as it came, and is
only ever handed out to be saved.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from community.database import Transaction
from community.errors import Invalid, NotFound
from community.files import File, FileKind, drop_one, keep, keep_document
from community.members.models import Member
from community.members.policies import may_write
from community.pictures import Print
from community.policies import Verdict, require
from community.search.actions import put_anew
from community.words import _
from forum.drafts import TICK, Draft, Kept
from forum.topics.models import Along, Attached, Chosen, Post
from forum.topics.policies import may_change, may_reply
from forum.topics.queries import post_for, topic_going_on

MOST = 6  # at one post, and with one draft
KINDS = (FileKind.ATTACHMENT, FileKind.DOCUMENT)

# Policies


def may_compose(session: Session, member: Member, place: str) -> Verdict:
    """Whether they may write there what they have a draft of. Raises NotFound where they see
    nothing."""
    match place.split(":"):
        case ["new"]:
            return may_write(member)
        case ["topic", number]:
            return may_reply(member, topic_going_on(session, member, int(number)))
        case ["reply", number]:
            return may_reply(member, post_for(session, member, int(number)).topic)
        case ["post", number]:
            return may_change(member, post_for(session, member, int(number)))
        case _:
            raise NotFound


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


def reads_post_of(session: Session, reader: Member | None, file: File) -> bool:
    """Whether the post it hangs at says something, and the reader may see it. What hangs nowhere
    yet, its owner sees."""
    if not file.belongs_to:
        return bool(reader and reader.id == file.owner_id)
    _post, _colon, number = file.belongs_to.partition(":")
    try:
        post = post_for(session, reader, int(number))
    except NotFound:
        return False
    return not post.gone


def chosen_for(
    session: Session, member: Member, post: Post | None, along: Along
) -> Sequence[Attached]:
    """What would hang at a post of theirs, or at a new one: as hang() does it."""
    attached, words = _still_there(post, along)
    theirs = (File.id.in_(words), *_waiting_of(member))
    waiting = {file.id: file for file in session.scalars(select(File).where(*theirs))}
    return attached + [_attached(waiting[id], words[id]) for id in words if id in waiting]


def _still_there(post: Post | None, along: Along) -> tuple[list[Attached], dict[str, str]]:
    """What hangs at the post and stays, and the words of the files that come to it."""
    words = {one.file: one.words for one in along.files if one.file not in along.away}
    here = [one for one in post.attachments if one["file"] not in along.away] if post else []
    return [_worded(one, words.pop(one["file"], None)) for one in here], words


def _waiting_of(member: Member) -> tuple[ColumnElement[bool], ...]:
    """With whichever of their drafts: a text may move to another place with its files."""
    return File.owner_id == member.id, File.belongs_to == "", File.kind.in_(KINDS)


def prints_of(session: Session, member: Member, files: Iterable[Chosen]) -> list[str]:
    """Of what these files show, with their words: the same picture that is sent twice is the same,
    whatever it is called here."""
    ids = [one.file for one in files]
    known = select(File.id, File.sha256).where(File.id.in_(ids), File.owner_id == member.id)
    hashes = {id: sha256 for id, sha256 in session.execute(known)} if ids else {}
    return [f"{hashes.get(one.file, '')} {one.words}" for one in files]


# Actions


def enclose(
    tx: Transaction,
    member: Member,
    place: str,
    pictures: Sequence[Sequence[Print]],
    documents: Sequence[bytes],
) -> list[Attached]:
    """With the draft there. The member is held alone, so that the quota is exact. Raises Invalid
    beyond it, and beyond MOST."""
    require(may_compose(tx, member, place))
    files = [keep(tx, member, FileKind.ATTACHMENT, prints, "") for prints in pictures]
    files += [keep_document(tx, member, document, "") for document in documents]
    for number, file in enumerate(files):
        file.place, file.made_at = place, file.made_at + number * TICK  # in the order they came
    tx.flush()
    if len(left_at(tx, member, place).files) > MOST:
        raise _too_many()
    return [_attached(file, "") for file in files]


def mind(tx: Transaction, member: Member, along: Along) -> None:
    """Of files that wait: those that are not wanted are gone, the others have their words."""
    words = {one.file: one.words for one in along.files}
    for file in _waiting(tx, member, {*words, *along.away}):
        if file.id in along.away:
            tx.delete(file)
        else:
            file.words = words[file.id]


def hang(tx: Transaction, member: Member, post: Post, along: Along) -> bool:
    """What was chosen hangs at the post of the member from now on, in that order; answers whether
    that changes anything. Raises Invalid where a file is not there any more, and beyond MOST."""
    attached, words = _still_there(post, along)
    for file in _taken(tx, member, words):
        if any(one["sha256"] == file.sha256 for one in attached):
            tx.delete(file)  # sent twice is there once
        else:
            file.belongs_to, file.place = f"post:{post.id}", ""
            attached.append(_attached(file, words[file.id]))
    if len(attached) > MOST:
        raise _too_many()
    for file_id in along.away:
        drop_one(tx, file_id, f"post:{post.id}")
    if attached == post.attachments:
        return False
    post.attachments = attached
    put_anew(tx, post.thing)
    return True


def forget_files(tx: Transaction, member: Member, along: Along) -> None:
    """That still wait: the post was written before, with the same ones."""
    for file in _waiting(tx, member, {one.file for one in along.files}):
        tx.delete(file)


def _taken(tx: Transaction, member: Member, ids: Iterable[str]) -> list[File]:
    """In the order of the ids."""
    waiting = {file.id: file for file in _waiting(tx, member, set(ids))}
    if waiting.keys() != set(ids):
        raise Invalid(_("A file you chose is not here any more. Please choose it again."))
    return [waiting[id] for id in ids]


def _waiting(tx: Transaction, member: Member, ids: set[str]) -> Sequence[File]:
    """Held, so that the worker does not take them away."""
    if not ids:
        return ()
    found = select(File).where(File.id.in_(ids), *_waiting_of(member)).order_by(File.id)
    return tx.scalars(found.with_for_update(of=File)).all()


def _attached(file: File, words: str) -> Attached:
    return Attached(
        file=file.id,
        kind=file.kind,
        width=file.width,
        height=file.height,
        size=file.size,
        sha256=file.sha256,
        words=words,
    )


def _worded(attached: Attached, words: str | None) -> Attached:
    """Where something else was said of it."""
    same = words is None or words == attached.get("words", "")
    return attached if same else Attached(**{**attached, "words": words or ""})


def _too_many() -> Invalid:
    return Invalid(_("A post has at most %(most)s attachments."), most=MOST)
