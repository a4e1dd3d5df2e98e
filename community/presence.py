"""Whether others see that a member is here, and when they write."""

from community.database import Transaction
from community.members.events import StandingChanged
from community.members.models import Member


def show_presence(tx: Transaction, member: Member, *, shown: bool) -> None:
    """Open pages begin anew by it."""
    member.shown_here = shown
    tx.publish(StandingChanged(member_id=member.id))
