"""Where in the forum members keep what they have not posted yet (community/drafts.py)."""

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from community import attachments
from community.attachments import Along
from community.database import Transaction
from community.drafts import Text, join_at, keep_at
from community.errors import NotFound
from community.members.models import Member
from forum.topics.models import Post, Topic
from forum.topics.queries import post_for, topic_going_on, topics_of


def topics_drafted(session: Session, member: Member, places: Collection[str]) -> dict[str, Topic]:
    """Where in the forum these drafts are, as far as the member sees it."""
    posts, topics = _numbered(places, "reply", "post"), _numbered(places, "topic")
    of_posts = (
        {id: topic for id, topic in session.execute(_of_posts(member, posts.values()))}
        if posts
        else {}
    )
    mine = topics_of(member).where(Topic.id.in_(topics.values()))
    seen = {topic.id: topic for topic in session.scalars(mine)} if topics else {}
    found = {place: of_posts.get(id) for place, id in posts.items()}
    found |= {place: seen.get(id) for place, id in topics.items()}
    return {place: topic for place, topic in found.items() if topic}


def _numbered(places: Collection[str], *kinds: str) -> dict[str, int]:
    parts = {place: place.partition(":") for place in places}
    return {place: int(id) for place, (kind, _colon, id) in parts.items() if kind in kinds}


def _of_posts(member: Member, ids: Collection[int]) -> Select[int, Topic]:
    seen = topics_of(member).with_only_columns(Topic.id)
    of_posts = select(Post.id, Topic).join(Topic, Topic.id == Post.stream_id)
    return of_posts.where(Post.id.in_(ids), Topic.id.in_(seen))


def keep_draft(tx: Transaction, member: Member, place: str, text: Text, known: int = 0) -> int:
    """As keep_at() does it. Raises NotFound where they see nothing to write at."""
    return keep_at(tx, member, _found(tx, member, place), text, known)


def join_draft(tx: Transaction, member: Member, place: str, text: Text) -> int:
    return join_at(tx, member, _found(tx, member, place), text)


def mind(tx: Transaction, member: Member, place: str, along: Along) -> None:
    """As attachments.mind() does it, where the draft is kept. Raises NotFound as keep_draft()."""
    attachments.mind(tx, member, _found(tx, member, place), along)


def _found(session: Session, member: Member, place: str) -> str:
    """Where it is kept: of a topic that was merged meanwhile, in the other. Nobody keeps drafts of
    what they cannot see. Raises NotFound."""
    match place.split(":"):
        case ["new"]:
            return place
        case ["topic", number]:
            return topic_going_on(session, member, int(number)).address
        case ["reply" | "post", number]:
            post_for(session, member, int(number))
            return place
        case _:
            raise NotFound
