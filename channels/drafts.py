"""What a member has not said yet in a channel, a direct room or a thread (community/drafts.py)."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy.orm import Session

from channels.models import Channel
from channels.queries import channel_for, channels_of
from community.database import Transaction
from community.drafts import Draft, Text, draft_of, join_at, keep_at
from community.members.models import Member


def draft_in(session: Session, member: Member, channel_id: int) -> Draft | None:
    """Raises NotFound where they see nothing."""
    return draft_of(session, member, channel_for(session, member, channel_id).address)


class Talk(NamedTuple):
    """Where something was begun."""

    name: str  # as the member calls it
    beside: bool  # in a thread


def talks_of(session: Session, member: Member, ids: Collection[int]) -> dict[int, Talk]:
    """Those of these channels that the member sees."""
    seen = session.scalars(channels_of(member).where(Channel.id.in_(ids))).all() if ids else ()
    return {one.id: Talk(one.name_for(member.id), one.parent_id is not None) for one in seen}


def keep_draft(tx: Transaction, member: Member, channel_id: int, body: str, known: int = 0) -> int:
    """As keep_at() does it."""
    place = channel_for(tx, member, channel_id).address
    return keep_at(tx, member, place, Text("", body), known)


def join_draft(tx: Transaction, member: Member, channel_id: int, body: str) -> int:
    place = channel_for(tx, member, channel_id).address
    return join_at(tx, member, place, Text("", body))
