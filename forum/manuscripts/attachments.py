"""Files at what is to become an announcement (community/attachments.py): its office sees them, and
who is about to write one those they have just chosen for it.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from community import attachments
from community.attachments import Along, Attached
from community.database import Transaction
from community.errors import Denied, NotFound
from community.members.models import Member
from community.pictures import Print
from community.policies import Verdict, require
from forum.manuscripts.models import Manuscript
from forum.manuscripts.policies import may_publish, may_rewrite
from forum.manuscripts.queries import manuscript_for, publishing_mandates_of

NEW = "manuscript"  # where files wait with what is not stored yet

# Policies


def may_enclose(session: Session, member: Member, place: str) -> Verdict:
    """Raises NotFound where they see nothing."""
    kind, _colon, number = place.partition(":")
    if kind != NEW:
        raise NotFound
    if number:
        return may_rewrite(manuscript_for(session, member, int(number)))
    return may_publish(member, next(iter(publishing_mandates_of(session, member)), None))


# Queries


def reads_manuscript(session: Session, reader: Member | None, manuscript_id: int) -> bool:
    if reader is None:
        return False
    try:
        manuscript_for(session, reader, manuscript_id)
    except (Denied, NotFound):
        return False
    return True


# Actions


def enclose(
    tx: Transaction,
    member: Member,
    place: str,
    pictures: Sequence[Sequence[Print]],
    documents: Sequence[bytes],
) -> list[Attached]:
    """With the draft there. Raises as attachments.enclose() does, and where they may not write."""
    require(may_enclose(tx, member, place))
    return attachments.enclose(tx, member, place, pictures, documents)


def hang(tx: Transaction, member: Member, manuscript: Manuscript, along: Along) -> None:
    """As attachments.hang() does it."""
    there = manuscript.attachments or []
    manuscript.attachments = attachments.hang(tx, member, manuscript.address, there, along)
