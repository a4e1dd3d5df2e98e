"""The two kinds of thing that can be reported, and what restrictions do to them and their authors.

What is hidden or muted is the sum of the active restrictions: `settle` and `settle_member` make it
so, whatever was imposed or lifted before (M5).
"""

from sqlalchemy.orm import Session

from channels.actions import hide_message, restore_message
from channels.events import MessageChanged
from channels.models import Message
from channels.queries import message_for
from community.database import Transaction
from community.errors import NotFound
from community.members.actions import set_muted_until
from community.members.models import Member
from community.restrictions import active_on
from community.streams import EntryChanged
from forum.topics.actions import hide_post, restore_post
from forum.topics.events import PostChanged
from forum.topics.models import Post
from forum.topics.queries import post_for
from moderation.models import SubjectKind

Subject = Post | Message


def subject_for(session: Session, member: Member, kind: SubjectKind, subject_id: int) -> Subject:
    """As the member may see it. Raises NotFound."""
    match kind:
        case SubjectKind.POST:
            return post_for(session, member, subject_id)
        case SubjectKind.MESSAGE:
            return message_for(session, member, subject_id)


def subject_at(session: Session, address: str) -> Subject:
    """By what cases and restrictions call it, "post:9"; for those who have found the case."""
    kind, _, number = address.partition(":")
    found: Subject | None
    match SubjectKind(kind):
        case SubjectKind.POST:
            found = session.get(Post, int(number))
        case SubjectKind.MESSAGE:
            found = session.get(Message, int(number))
    if found is None:
        raise NotFound
    return found


def kind_of(subject: Subject) -> SubjectKind:
    return SubjectKind.POST if isinstance(subject, Post) else SubjectKind.MESSAGE


def place_of(subject: Subject) -> str:
    """The title of the topic or the name of the channel."""
    return subject.topic.title if isinstance(subject, Post) else subject.channel.name


def stream_kind_of(subject: Subject) -> str:
    return subject.topic.kind if isinstance(subject, Post) else subject.channel.kind


def link_to(subject: Subject) -> str:
    return f"/{kind_of(subject)}s/{subject.id}"


def shown_now(subject: Subject) -> EntryChanged:
    if isinstance(subject, Post):
        return PostChanged.of(subject.topic, subject)
    return MessageChanged.of(subject.channel, subject)


def settle(tx: Transaction, subject: Subject) -> None:
    """Visible exactly when no restriction on it is active."""
    tx.flush()
    restricted = bool(active_on(tx, f"{kind_of(subject)}:{subject.id}"))
    if restricted == (subject.hidden_at is not None):
        return
    match subject:
        case Post() if restricted:
            hide_post(tx, subject)
        case Post():
            restore_post(tx, subject)
        case Message() if restricted:
            hide_message(tx, subject)
        case Message():
            restore_message(tx, subject)


def settle_member(tx: Transaction, member: Member) -> None:
    """Muted until the latest end of the active mutes."""
    tx.flush()
    ends = [mute.ends_at for mute in active_on(tx, f"member:{member.id}") if mute.ends_at]
    until = max(ends, default=None)
    if until != member.muted_until:
        set_muted_until(tx, member, until)
