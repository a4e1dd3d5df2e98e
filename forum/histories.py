"""What a post said before, and why that was changed."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community.errors import NotFound
from community.members.models import Member
from community.streams import Version
from forum.topics.models import Post, Topic
from forum.topics.queries import post_for

PAGE = 10  # each is compared with the one before it


class Edit(NamedTuple):
    number: int  # 1 is the first there was
    before: Version
    after: str  # what it became


class History(NamedTuple):
    post: Post
    edits: Sequence[Edit]  # the last first
    older: int | None  # the next page begins before this version


def history_for(
    session: Session, reader: Member | None, post_id: int, before: int | None = None
) -> History:
    """A page of its edits. What is gone has no history either. Raises NotFound."""
    post = post_for(session, reader, post_id)
    if post.gone:
        raise NotFound
    of_post = (Version.kind == Topic.kind, Version.entry_id == post.id)
    newer = session.scalar(select(Version).where(*of_post, Version.id == before))
    if before and newer is None:
        raise NotFound
    asked = (*of_post, Version.id < newer.id) if newer else of_post
    number = session.scalars(select(func.count()).where(*asked)).one()
    page = select(Version).where(*asked).order_by(Version.id.desc()).limit(PAGE)
    edits, after = list[Edit](), newer.body if newer else post.body
    for version in session.scalars(page):
        edits.append(Edit(number - len(edits), version, after))
        after = version.body
    return History(post, edits, edits[-1].before.id if number > PAGE else None)
