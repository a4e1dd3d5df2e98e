"""What members show of themselves.

Sections in house order: actions.
"""

from collections.abc import Sequence

from community.database import Transaction
from community.files import FileKind, drop, keep
from community.members.models import Member
from community.pictures import Print

# Actions


def change_picture(tx: Transaction, member: Member, prints: Sequence[Print]) -> None:
    """The one before is gone at once, everywhere."""
    remove_picture(tx, member)
    member.picture = keep(tx, member, FileKind.PICTURE, prints, f"member:{member.id}").id


def remove_picture(tx: Transaction, member: Member) -> None:
    drop(tx, f"member:{member.id}")
    member.picture = ""
    member.rev += 1
