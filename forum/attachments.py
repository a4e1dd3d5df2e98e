"""Files at posts (community/attachments.py): where they may be sent, and who sees them.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from community import attachments
from community.attachments import Along, Attached
from community.database import Transaction
from community.errors import NotFound
from community.members.models import Member
from community.members.policies import may_write
from community.pictures import Print
from community.policies import Verdict, require
from community.search.actions import put_anew
from forum.topics.models import Post
from forum.topics.policies import may_change, may_reply
from forum.topics.queries import post_for, topic_going_on

# Policies


def may_compose(session: Session, member: Member, place: str) -> Verdict:
    """Whether they may write there what they have a draft of. Raises NotFound where they see
    nothing."""
    match place.split(":"):
        case ["new"]:
            return may_write(member)
        case ["topic", number]:
            return may_reply(member, topic_going_on(session, member, int(number)))
        case ["reply", number]:
            return may_reply(member, post_for(session, member, int(number)).topic)
        case ["post", number]:
            return may_change(member, post_for(session, member, int(number)))
        case _:
            raise NotFound


# Queries


def reads_post(session: Session, reader: Member | None, post_id: int) -> bool:
    """Whether it says something, and the reader may see it: then they see its files."""
    try:
        post = post_for(session, reader, post_id)
    except NotFound:
        return False
    return not post.gone


# Actions


def enclose(
    tx: Transaction,
    member: Member,
    place: str,
    pictures: Sequence[Sequence[Print]],
    documents: Sequence[bytes],
) -> list[Attached]:
    """With the draft there. Raises as attachments.enclose() does, and where they may not write."""
    require(may_compose(tx, member, place))
    return attachments.enclose(tx, member, place, pictures, documents)


def hang(tx: Transaction, member: Member, post: Post, along: Along) -> bool:
    """As attachments.hang() does it; answers whether that changes anything."""
    attached = attachments.hang(tx, member, f"post:{post.id}", post.attachments, along)
    if attached == post.attachments:
        return False
    post.attachments = attached
    put_anew(tx, post.thing)
    return True
