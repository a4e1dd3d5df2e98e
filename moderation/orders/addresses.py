"""What the addresses in an order lead to here, whoever may read it."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.models import Message
from community.errors import NotFound
from forum.arriving.queries import posts_made_of
from forum.topics.models import Post
from moderation.models import SubjectKind
from moderation.sheets import PAGES
from moderation.subjects import Entry, entry_at

NUMBER = r"([1-9][0-9]{0,17})"
KINDS = {"posts": SubjectKind.POST, "messages": SubjectKind.MESSAGE} | {
    page: kind for kind, page in PAGES.items()
}
ENTRY = re.compile(rf"/({'|'.join(KINDS)})/{NUMBER}/?(?:[?#].*)?")
IN_ITS_PLACE = re.compile(rf"/(?:topics|channels)/\d+[^#]*#(post|message)-{NUMBER}")
TOPIC = re.compile(rf"/topics/{NUMBER}/?(?:[?#].*)?")  # its first post


def entry_called(session: Session, address: str) -> Entry | None:
    """By the address without the name of our site, where it stands now. None where there is no such
    thing."""
    if placed := IN_ITS_PLACE.fullmatch(address):
        return _entry(session, SubjectKind(placed[1]), int(placed[2]))
    if named := ENTRY.fullmatch(address):
        return _entry(session, KINDS[named[1]], int(named[2]))
    if topic := TOPIC.fullmatch(address):
        posts = select(Post).where(Post.stream_id == int(topic[1])).order_by(Post.seq)
        first = session.scalar(posts.limit(1))
        return _standing(session, first) if first else None
    return None


def _entry(session: Session, kind: SubjectKind, number: int) -> Entry | None:
    try:
        return _standing(session, entry_at(session, f"{kind}:{number}"))
    except NotFound:
        return None


def _standing(session: Session, entry: Entry) -> Entry:
    """What was moved or merged, what was said in a channel and is a post, or went back there:
    nothing is to be read any more where it stood."""
    match entry:
        case Post(moved_to_id=int() as home) if home != entry.id:
            return _standing(session, session.get_one(Post, home))
        case Post(moved_to_id=int(), message_id=int() as message):
            return _standing(session, session.get_one(Message, message))
        case Message(departure_id=int()):
            return next(iter(posts_made_of(session, [entry.id])), entry)
    return entry
