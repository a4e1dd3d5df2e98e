"""A member is erased on their request (UU PDP 27/2022, Art 43), by an administrator: who they were
at once, what they wrote within some rounds of the worker. Hashes, decisions and the audit stay
(M14); so does what an open case needs, until it is decided.

Sections in house order: policies, queries, actions.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

import channels.erasing
import community.erasing
import forum.erasing
from channels.models import Message
from community import audit, files
from community.audit import fingerprint
from community.chores import SOME, each_due
from community.clock import now
from community.database import Transaction
from community.errors import Invalid
from community.members.models import Member, Role
from community.members.policies import may_administer
from community.members.queries import member_for
from community.organisations.queries import mandates_of
from community.policies import YES, Verdict, no, require
from community.search.actions import forget_taken_out
from community.words import _
from forum.topics.models import Post
from moderation.appeals import URGENT, Appeal
from moderation.models import Case, Evidence, Flag, SubjectKind
from moderation.notes import Note
from moderation.sealing import blank

AT_ONCE = 5  # members of whom a round takes some

# Policies


def may_be_erased(member: Member, *, speaks: bool, needed: bool) -> Verdict:
    """`speaks`: for an organisation. `needed`: something about what they wrote is urgent, or an
    authority asks about it."""
    if member.granted != Role.MEMBER:
        return no(_("Take their role back first."))
    if speaks:
        return no(_("They speak for an organisation. Somebody else has to take that over first."))
    if needed:
        return no(_("An urgent case or an order of an authority about what they wrote is open, and "
                    "the law wants it kept. Once it is decided they can be erased."))  # fmt: skip
    return YES


# Queries


def erasure_of(session: Session, member: Member) -> Verdict:
    """Whether it can be done just now."""
    open_ones = select(Case.id).where(Case.author_id == member.id, Case.closed_at.is_(None))
    urgent = open_ones.where(or_(Case.priority <= URGENT, Case.ordered))
    return may_be_erased(
        member,
        speaks=session.scalar(mandates_of(member).limit(1)) is not None,
        needed=session.scalar(urgent.limit(1)) is not None,
    )


LEFT = select(Member).where(Member.erased_at.is_not(None), Member.wiped_at.is_(None))

# Actions


def erase(tx: Transaction, administrator: Member, member_id: int, because: str) -> Member:
    """Doing it twice is doing it once. Of the reason, which may name them, the audit keeps the
    fingerprint."""
    require(may_administer(administrator))  # before anybody learns who there is
    member = tx.hold(member_for, administrator, member_id)
    return erase_at_once(tx, member, because, administrator)


def erase_at_once(
    tx: Transaction, member: Member, because: str, by: Member | None = None
) -> Member:
    """Also for the command line. The member is held. Raises Denied where they cannot be, and
    Invalid without a reason."""
    if member.erased_at:
        return member
    require(erasure_of(tx, member))
    if not because.strip():
        raise Invalid(_("Say who asked for it, and how you know that it was them."))
    community.erasing.forget(tx, member)
    forum.erasing.forget(tx, member)
    tx.flush()
    channels.erasing.call_anew(tx, member)
    audit.record(tx, by, "member.erased", f"member:{member.id}", words=fingerprint(because))
    return member


def wipe(tx: Transaction) -> None:
    """The worker's chore: some of what they wrote in each round, then what stands in cases."""
    for member in each_due(tx, LEFT.order_by(Member.id), most=AT_ONCE):
        some = (part.wipe_some(tx, member, SOME) for part in (channels.erasing, forum.erasing))
        if sum(some):
            continue
        _wipe_cases(tx, member)
        _wipe_around(tx, member)
        if not tx.scalar(_theirs(member, Case.closed_at.is_(None)).limit(1)):
            member.wiped_at = now(tx)
            forget_taken_out(tx)


def _wipe_cases(tx: Transaction, member: Member) -> None:
    """What nobody has to decide about any more: their words, and words about them."""
    over = _theirs(member, Case.closed_at.is_not(None)).with_only_columns(Case.id)
    for evidence in tx.scalars(select(Evidence).where(Evidence.case_id.in_(over))):
        blank(evidence)
        files.drop(tx, f"case:{evidence.case_id}")
    tx.execute(update(Note).where(Note.case_id.in_(over)).values(body=""))
    tx.execute(update(Flag).where(Flag.member_id == member.id).values(note=""))
    tx.execute(update(Appeal).where(Appeal.member_id == member.id).values(words=""))


def _wipe_around(tx: Transaction, member: Member) -> None:
    """What others were reported for stays; what stood around it does not, where it was theirs."""
    near = _in(Post, SubjectKind.POST, member), _in(Message, SubjectKind.MESSAGE, member)
    cases = select(Case.id).where(or_(*near, _came(member), _went_back(member)))
    for evidence in tx.scalars(select(Evidence).where(Evidence.case_id.in_(cases))):
        if any(one["author_id"] == member.id for one in evidence.context):
            evidence.context = []


def _in(entry: Any, kind: SubjectKind, member: Member) -> ColumnElement[bool]:
    streams = select(entry.stream_id).where(entry.author_id == member.id)
    return (Case.subject_kind == kind) & Case.stream_id.in_(streams)


def _came(member: Member) -> ColumnElement[bool]:
    """What was reported in a channel where they spoke, and is a post by now."""
    channels = select(Message.stream_id).where(Message.author_id == member.id)
    said = select(Post.id).join(Message, Message.id == Post.message_id)
    posts = said.where(Message.stream_id.in_(channels))
    return (Case.subject_kind == SubjectKind.POST) & Case.subject_id.in_(posts)


def _went_back(member: Member) -> ColumnElement[bool]:
    """The same of a topic where they wrote, and what is a message again."""
    topics = select(Post.stream_id).where(Post.author_id == member.id)
    messages = select(Post.message_id).where(Post.stream_id.in_(topics))
    was = Post.message_id.is_not(None)
    return (Case.subject_kind == SubjectKind.MESSAGE) & Case.subject_id.in_(messages.where(was))


def _theirs(member: Member, *which: ColumnElement[bool]) -> Select[Case]:
    return select(Case).where(Case.author_id == member.id, *which)
