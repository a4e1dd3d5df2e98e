"""What the addresses in an order lead to here, whoever may read it."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.errors import NotFound
from forum.topics.models import Post
from moderation.models import REPORTABLE, SubjectKind
from moderation.subjects import Entry, entry_at

NUMBER = r"([1-9][0-9]{0,17})"
ENTRY = re.compile(rf"/([a-z]+)s/{NUMBER}(?:[?#].*)?")
IN_ITS_PLACE = re.compile(rf"/(?:topics|channels)/\d+[^#]*#([a-z]+)-{NUMBER}")
TOPIC = re.compile(rf"/topics/{NUMBER}(?:[?#].*)?")  # its first post


def entry_called(session: Session, address: str) -> Entry | None:
    """By the address without the name of our site. None where there is no such thing."""
    if named := IN_ITS_PLACE.fullmatch(address) or ENTRY.fullmatch(address):
        if named[1] in REPORTABLE:
            return _entry(session, SubjectKind(named[1]), int(named[2]))
    if topic := TOPIC.fullmatch(address):
        posts = select(Post).where(Post.stream_id == int(topic[1]))
        return session.scalar(posts.order_by(Post.seq).limit(1))
    return None


def _entry(session: Session, kind: SubjectKind, number: int) -> Entry | None:
    try:
        entry = entry_at(session, f"{kind}:{number}")
    except NotFound:
        return None
    if isinstance(entry, Post) and entry.moved_to_id:
        return session.get(Post, entry.moved_to_id)
    return entry
