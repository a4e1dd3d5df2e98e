"""How far a member has read, when they wish it were less."""

from sqlalchemy import update

from channels.events import ReadingMoved
from channels.models import Membership, Message
from channels.queries import message_for
from community.database import Transaction
from community.errors import Denied
from community.members.models import Member
from community.words import _


def mark_unread(tx: Transaction, member: Member, message_id: int) -> Message:
    """As if they had read up to the message before it."""
    message = message_for(tx, member, message_id)
    theirs = (Membership.channel_id == message.stream_id, Membership.member_id == member.id)
    moved = update(Membership).where(*theirs).values(read_seq=message.seq - 1)
    if not tx.scalars(moved.returning(Membership.channel_id)).all():
        raise Denied(_("Only where you have joined is counted what you have not read."))
    tx.publish(ReadingMoved(member_id=member.id))
    return message
