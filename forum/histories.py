"""What a post said before (community/histories.py)."""

from sqlalchemy.orm import Session

from community.histories import Edits, edits_of
from community.members.models import Member
from forum.topics.models import Post, Topic
from forum.topics.queries import post_for


def history_for(
    session: Session, reader: Member | None, post_id: int, before: int | None = None
) -> tuple[Post, Edits]:
    post = post_for(session, reader, post_id)
    return post, edits_of(session, Topic.kind, post, before)
