"""What the addresses in an order lead to here, whoever may read it."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.errors import NotFound
from forum.topics.models import Post
from moderation.models import SubjectKind
from moderation.sheets import PAGES
from moderation.subjects import Entry, entry_at

NUMBER = r"([1-9][0-9]{0,17})"
KINDS = {"posts": SubjectKind.POST, "messages": SubjectKind.MESSAGE} | {
    page: kind for kind, page in PAGES.items()
}
ENTRY = re.compile(rf"/({'|'.join(KINDS)})/{NUMBER}(?:[?#].*)?")
IN_ITS_PLACE = re.compile(rf"/(?:topics|channels)/\d+[^#]*#(post|message)-{NUMBER}")
TOPIC = re.compile(rf"/topics/{NUMBER}(?:[?#].*)?")  # its first post


def entry_called(session: Session, address: str) -> Entry | None:
    """By the address without the name of our site. None where there is no such thing."""
    if placed := IN_ITS_PLACE.fullmatch(address):
        return _entry(session, SubjectKind(placed[1]), int(placed[2]))
    if named := ENTRY.fullmatch(address):
        return _entry(session, KINDS[named[1]], int(named[2]))
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
