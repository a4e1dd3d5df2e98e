"""Where in the forum members keep what they have not posted yet (community/drafts.py)."""

from sqlalchemy.orm import Session

from community.database import Transaction
from community.drafts import Text, join_at, keep_at
from community.errors import NotFound
from community.members.models import Member
from forum.topics.queries import post_for, topic_going_on


def keep_draft(tx: Transaction, member: Member, place: str, text: Text, known: int = 0) -> int:
    """As keep_at() does it. Raises NotFound where they see nothing to write at."""
    return keep_at(tx, member, _found(tx, member, place), text, known)


def join_draft(tx: Transaction, member: Member, place: str, text: Text) -> int:
    return join_at(tx, member, _found(tx, member, place), text)


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
