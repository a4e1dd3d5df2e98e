"""Pictures and documents at posts. Pictures were made anew (community/darkroom.py); a document is a
PDF that stays as it came, and is only ever handed out to be saved.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from community.database import Transaction
from community.errors import Invalid, NotFound
from community.files import File, FileKind, drop_one, keep, keep_document
from community.members.models import Member
from community.pictures import Print
from community.policies import Verdict, require
from community.search.actions import put_anew
from community.words import _
from forum.topics.actions import show_anew
from forum.topics.models import Attached, Post
from forum.topics.policies import may_change
from forum.topics.queries import post_for

MOST = 6  # at one post

# Policies


def may_attach(member: Member, post: Post) -> Verdict:
    return may_change(member, post)


# Queries


def reads_post_of(session: Session, reader: Member | None, file: File) -> bool:
    """Whether the post it hangs at says something, and the reader may see it."""
    _post, _colon, number = file.belongs_to.partition(":")
    try:
        post = post_for(session, reader, int(number))
    except NotFound:
        return False
    return not post.gone


# Actions


def attach(
    tx: Transaction,
    member: Member,
    post_id: int,
    pictures: Sequence[Sequence[Print]],
    documents: Sequence[bytes],
) -> Post:
    """To a post of one's own. What hangs there already is left out: sent twice is sent once.
    Raises Invalid beyond MOST and beyond the quota."""
    post = tx.hold(post_for, member, post_id)
    require(may_attach(member, post))
    place = _place(post)
    files = [keep(tx, member, FileKind.ATTACHMENT, prints, place) for prints in pictures]
    files += [keep_document(tx, member, document, place) for document in documents]
    attached = list(post.attachments)
    for file in files:
        if any(one["sha256"] == file.sha256 for one in attached):
            tx.delete(file)
        else:
            attached.append(_attached(file))
    if len(attached) > MOST:
        raise Invalid(_("A post has at most %(most)s attachments."), most=MOST)
    return _shown(tx, post, attached)


def detach(tx: Transaction, member: Member, post_id: int, file_id: str) -> Post:
    post = tx.hold(post_for, member, post_id)
    require(may_attach(member, post))
    drop_one(tx, file_id, _place(post))
    return _shown(tx, post, [one for one in post.attachments if one["file"] != file_id])


def _place(post: Post) -> str:
    return f"post:{post.id}"


def _attached(file: File) -> Attached:
    return Attached(
        file=file.id,
        kind=file.kind,
        width=file.width,
        height=file.height,
        size=file.size,
        sha256=file.sha256,
    )


def _shown(tx: Transaction, post: Post, attached: list[Attached]) -> Post:
    if attached == post.attachments:
        return post
    post.attachments = attached
    put_anew(tx, post.thing)
    return show_anew(tx, post)
