"""What a message said before (community/histories.py)."""

from sqlalchemy.orm import Session

from channels.models import Channel, Message
from channels.queries import message_for
from community.histories import Edits, edits_of
from community.members.models import Member


def history_for(
    session: Session, member: Member, message_id: int, before: int | None = None
) -> tuple[Message, Edits]:
    message = message_for(session, member, message_id)
    return message, edits_of(session, Channel.kind, message, before)
