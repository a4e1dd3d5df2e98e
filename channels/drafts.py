"""What a member has not said yet in a channel, a direct room or a thread (community/drafts.py)."""

from sqlalchemy.orm import Session

from channels.queries import channel_for
from community.database import Transaction
from community.drafts import Draft, Text, draft_of, join_at, keep_at
from community.members.models import Member


def draft_in(session: Session, member: Member, channel_id: int) -> Draft | None:
    """Raises NotFound where they see nothing."""
    return draft_of(session, member, channel_for(session, member, channel_id).address)


def keep_draft(tx: Transaction, member: Member, channel_id: int, body: str, known: int = 0) -> int:
    """As keep_at() does it."""
    place = channel_for(tx, member, channel_id).address
    return keep_at(tx, member, place, Text("", body), known)


def join_draft(tx: Transaction, member: Member, channel_id: int, body: str) -> int:
    place = channel_for(tx, member, channel_id).address
    return join_at(tx, member, place, Text("", body))
