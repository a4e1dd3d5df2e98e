"""What cases are about, and what restrictions do to it and its author.

What is hidden, and who is muted or suspended, is the sum of the active restrictions: `settle` and
`settle_member` make it so, whatever was imposed or lifted before (M5).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.actions import hide_message, label_message, restore_message, settle_thread
from channels.events import MessageChanged
from channels.models import Channel, HeldMessage, Message
from channels.queries import message_for
from community.database import Transaction
from community.errors import NotFound
from community.members.actions import set_muted_until, set_slowed_until, set_suspended_until
from community.members.models import Member
from community.organisations.models import Kind, Organisation
from community.organisations.queries import is_official, mandate_in
from community.profiles import keep_profile
from community.restrictions import (
    CHECKING,
    FOREVER,
    HIDING,
    KEEPING_OUT,
    Restriction,
    RestrictionKind,
    active_on,
)
from community.streams import EntryChanged, Version, versions_of
from community.text import facts
from forum.holding import HeldPost
from forum.topics.actions import close_by_decision, hide_post, label_post, restore_post
from forum.topics.events import PostChanged
from forum.topics.models import Post, Topic
from forum.topics.queries import post_for
from moderation.models import SubjectKind
from moderation.sheets import Sheet, hide, restore, sheet_at, sheet_for

Entry = Post | Message | Sheet  # what can be reported
Subject = Entry | Organisation | Member | HeldMessage | HeldPost


def entry_for(session: Session, reader: Member | None, kind: SubjectKind, entry_id: int) -> Entry:
    """As the reader may see it; None is a visitor. Raises NotFound."""
    match kind:
        case SubjectKind.POST:
            return post_for(session, reader, entry_id)
        case SubjectKind.MESSAGE if reader:
            return message_for(session, reader, entry_id)
        case _:
            return sheet_for(session, reader, kind, entry_id)


def is_ours(session: Session, member: Member, entry: Entry) -> bool:
    """Whether the member speaks for the organisation that says it."""
    whose = entry.organisation_id if isinstance(entry, Sheet) else 0
    return bool(whose and mandate_in(session, member, whose))


def organisation_of(entry: Entry) -> int:
    """That says it; 0 if nobody but its author does."""
    if isinstance(entry, Sheet):
        return entry.organisation_id
    return entry.mandate.organisation_id if entry.mandate else 0


def is_of_an_office(session: Session, author_id: int, subject: Subject) -> bool:
    """What an office says, whoever has left it since, or somebody who speaks for one elsewhere."""
    said_by = organisation_of(subject) if isinstance(subject, Entry) else 0
    office = session.get(Organisation, said_by) if said_by else None
    government = office and office.kind == Kind.GOVERNMENT and office.verified
    return bool(government) or is_official(session, author_id)


def subject_at(session: Session, address: str) -> Subject:
    """By what cases and restrictions call it, "post:9"; for those who have found the case."""
    kind, _, number = address.partition(":")
    found: Subject | None
    match SubjectKind(kind):
        case SubjectKind.POST:
            found = session.get(Post, int(number))
        case SubjectKind.MESSAGE:
            found = session.get(Message, int(number))
        case SubjectKind.VERIFICATION:
            found = session.get(Organisation, int(number))
        case SubjectKind.REGISTRATION:
            found = session.get(Member, int(number))
        case SubjectKind.HELD:
            found = session.get(HeldMessage, int(number))
        case SubjectKind.HELD_POST:
            found = session.get(HeldPost, int(number))
        case sheet:
            found = sheet_at(session, sheet, int(number))
    if found is None:
        raise NotFound
    return found


def entry_at(session: Session, address: str) -> Entry:
    """As subject_at, of what was reported."""
    found = subject_at(session, address)
    assert isinstance(found, Post | Message | Sheet)
    return found


def kind_of(entry: Entry) -> SubjectKind:
    match entry:
        case Post():
            return SubjectKind.POST
        case Message():
            return SubjectKind.MESSAGE
        case Sheet():
            return entry.kind


def place_of(entry: Entry) -> str:
    """The title of the topic, the name of the channel, or its own."""
    if isinstance(entry, Sheet):
        return entry.title
    return entry.topic.title if isinstance(entry, Post) else entry.channel.name


def before(session: Session, entry: Entry) -> Sequence[Version]:
    """What it said before, as far as that is kept."""
    if isinstance(entry, Sheet):
        return ()
    kind = entry.topic.kind if isinstance(entry, Post) else entry.channel.kind
    return versions_of(session, kind, entry.id)


def link_to(entry: Entry) -> str:
    if isinstance(entry, Sheet):
        return entry.link
    return f"/{kind_of(entry)}s/{entry.id}"


def shown_now(entry: Entry) -> EntryChanged:
    if isinstance(entry, Sheet):
        return entry.shown
    if isinstance(entry, Post):
        return PostChanged.of(entry.topic, entry)
    return MessageChanged.of(entry.channel, entry)


def all_of(entry: EntryChanged) -> str:
    """What can be read of it, with what hangs at it: that can be what is reported, and its
    author can take it away."""
    if isinstance(entry, PostChanged | MessageChanged):
        return entry.html + facts(_hanging(entry))
    return entry.html


def _hanging(post: PostChanged | MessageChanged) -> Iterator[tuple[str, str]]:
    for one in post.attachments:
        yield f"📎 /files/{one['file']}", f"{one.get('words', '')} {one['sha256'][:12]}".strip()
    if isinstance(post, PostChanged) and post.poll:
        yield f"📊 {post.poll.question}", " · ".join(post.poll.options)


def settle(tx: Transaction, entry: Entry) -> None:
    """Visible exactly when no restriction that hides it is active."""
    tx.flush()
    active = active_on(tx, f"{kind_of(entry)}:{entry.id}")
    if isinstance(entry, Sheet):
        return _settle_sheet(tx, entry, any(one.kind in HIDING for one in active))
    label = _label_of([one for one in active if one.kind == RestrictionKind.LABELLED])
    if label != entry.label:
        _label(tx, entry, label)
    how = _hidden_as([one for one in active if one.kind in HIDING])
    if how == (entry.gone if entry.hidden_at else ""):
        return
    match entry:
        case Post() if how:
            hide_post(tx, entry, how)
        case Post():
            restore_post(tx, entry)
        case Message() if how:
            hide_message(tx, entry, how)
        case Message():
            restore_message(tx, entry)


def _settle_sheet(tx: Transaction, sheet: Sheet, hidden: bool) -> None:
    if hidden and not sheet.hidden_at:
        hide(tx, sheet)
    elif sheet.hidden_at and not hidden:
        restore(tx, sheet)


def _label(tx: Transaction, entry: Post | Message, label: str) -> None:
    if isinstance(entry, Post):
        label_post(tx, entry, label)
    else:
        label_message(tx, entry, label)


def settle_topic(tx: Transaction, topic: Topic) -> None:
    """Locked as long as a decision locks it. Who locked it otherwise did so at another moment."""
    tx.flush()
    locking = select(Restriction).where(
        Restriction.subject == topic.address, Restriction.kind == RestrictionKind.LOCKED
    )
    imposed = tx.scalars(locking.order_by(Restriction.id)).all()
    if active := [one for one in imposed if one.lifted_at is None]:
        if topic.locked_at is None:
            close_by_decision(tx, topic, active[0].imposed_at)
    elif topic.locked_at in {one.imposed_at for one in imposed}:
        close_by_decision(tx, topic, None)


def _label_of(labelling: Sequence[Restriction]) -> str:
    """What somebody or a rule says of it comes before that nobody has decided."""
    said = " · ".join(one.because for one in labelling if not one.interim)
    return said or (CHECKING if labelling else "")


def _hidden_as(hiding: Sequence[Restriction]) -> str:
    """The gravest; empty where nothing hides it."""
    if not hiding:
        return ""
    if all(one.interim for one in hiding):
        return "checked"
    decided = [one for one in hiding if not one.interim]
    asked = all(one.kind == RestrictionKind.EDIT_ASKED for one in decided)
    return "asked" if asked else "hidden"


def settle_member(tx: Transaction, member: Member) -> None:
    """Muted until the latest end of the active mutes, suspended until that of the suspensions."""
    tx.flush()
    active = active_on(tx, f"member:{member.id}")
    muted, suspended = _end(active, RestrictionKind.MUTED), _end(active, *KEEPING_OUT)
    if muted != member.muted_until:
        set_muted_until(tx, member, muted)
    slowed = _end(active, RestrictionKind.SLOWED)
    if slowed != member.slowed_until:
        set_slowed_until(tx, member, slowed)
    if suspended != member.suspended_until:
        set_suspended_until(tx, member, suspended)
    kept = any(one.kind == RestrictionKind.KEPT for one in active)
    if kept != member.profile_kept:
        keep_profile(tx, member, kept)


def restricted_at(session: Session, address: str) -> Member | Topic | Channel | Entry:
    """By what restrictions call it: a member, a topic, a thread, or what was reported."""
    kind, _colon, number = address.partition(":")
    match kind:
        case "member":
            return session.get_one(Member, int(number))
        case Topic.kind:
            return session.get_one(Topic, int(number))
        case Channel.kind:
            return session.get_one(Channel, int(number))
    return entry_at(session, address)


def settle_at(tx: Transaction, address: str) -> None:
    """As the restrictions on it add up. It is held."""
    match restricted_at(tx, address):
        case Member() as member:
            settle_member(tx, member)
        case Topic() as topic:
            settle_topic(tx, topic)
        case Channel() as thread:
            tx.flush()
            settle_thread(tx, thread)
        case entry:
            settle(tx, entry)


def _end(restrictions: Sequence[Restriction], *kinds: RestrictionKind) -> datetime | None:
    """The latest; of a ban, FOREVER."""
    return max((one.ends_at or FOREVER for one in restrictions if one.kind in kinds), default=None)
