from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from channels.models import Channel, ChannelType
from channels.queries import channels_of
from community.clock import now
from community.errors import NotFound
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.places import Lens
from forum.categories import Category, categories_of
from forum.holding import HeldPost
from forum.topics.models import Topic
from forum.topics.queries import topics_in
from moderation.models import (
    Case,
    Decision,
    Evidence,
    Flag,
    Queue,
    Source,
)
from moderation.places import about, in_topics, standing_in
from moderation.policies import is_senior, may_see_queue
from moderation.questions import Question

AN_HOUR = timedelta(hours=1)
JUDGES = 200  # different ones whose queries are kept built
THE_QUEUE = 1  # its number: there is one


def queue_for(session: Session, member: Member, queue_id: int) -> Queue:
    """Raises NotFound for whoever does not moderate."""
    queue = session.get(Queue, queue_id) if may_see_queue(member) else None
    if queue is None:
        raise NotFound
    return queue


def the_queue(session: Session) -> Queue:
    return session.get_one(Queue, THE_QUEUE)


def still_moderating(session: Session, pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (member, queue), those who may hear of it."""
    members = session.scalars(select(Member).where(Member.id.in_({who for who, _ in pairs})))
    moderating = {member.id for member in members if may_see_queue(member)}
    return {pair for pair in pairs if pair[0] in moderating}


def changed_cases(session: Session, queue: Queue, rev: int, most: int) -> Sequence[Case]:
    """For catching up: which, not what, so nobody's scope matters."""
    newer = select(Case).where(Case.queue_id == queue.id, Case.rev > rev)
    return session.scalars(newer.order_by(Case.rev).limit(most)).all()


class _Judge(NamedTuple):
    """Has of a moderator what is asked of them here: who has the same sees the same cases."""

    id: int
    role: str
    administers: bool


def cases_of(session: Session, moderator: Member) -> Select[Case]:
    """Within what they were appointed for, in places they can read: every query starts here.

    Put together once: it has so many parts that this takes longer than most questions."""
    scope = live_appointment_of(session, moderator)
    if scope is None or not may_see_queue(moderator):
        return select(Case).where(false())
    judge = _Judge(moderator.id, moderator.role, moderator.administers)
    return _cases_of(judge, scope.lens, scope.category_id)


@lru_cache(JUDGES)
def _cases_of(judge: Any, lens: Lens, category_id: int | None) -> Select[Case]:
    topics = _topics_judged(judge).where(lens.shows(Topic))
    if category_id:
        topics = topics.where(Topic.category_id == category_id)
        begun = HeldPost.category_id == category_id
        return select(Case).where(about(in_topics(topics, begun)))
    channels = _channels_judged(judge).where(lens.shows(Channel))
    standing = standing_in(topics, channels, lens, categories_of(judge))
    if judge.administers:  # who answers authorities, wherever it stands
        standing = or_(standing, Case.ordered)
    return select(Case).where(standing)


def _topics_judged(moderator: Member) -> Select[Topic]:
    """Those they read. Of what is written under announcements that are not for them, seniors judge
    what is reported, and see that alone."""
    read = categories_of(moderator)
    if not is_senior(moderator):
        return topics_in(read)
    assert read.whereclause is not None
    under = Category.announcement_id.is_not(None)
    return topics_in(select(Category).where(or_(read.whereclause, under)))


def _channels_judged(moderator: Member) -> Select[Channel]:
    """Those they read. In rooms of two and in groups there may be no moderator, so that what is
    reported there is for seniors without a place: of all that is said there they see that alone."""
    read = channels_of(moderator)
    if not is_senior(moderator):
        return read
    ids = read.with_only_columns(Channel.id)
    few = [ChannelType.DIRECT, ChannelType.GROUP]
    rooms = select(Channel.id).where(Channel.type.in_(few))
    judged = or_(Channel.id.in_(ids), Channel.id.in_(rooms), Channel.parent_id.in_(rooms))
    return select(Channel).where(judged)


def case_for(session: Session, moderator: Member, case_id: int) -> Case:
    case = session.scalar(cases_of(session, moderator).where(Case.id == case_id))
    if case is None:
        raise NotFound
    return case


def open_case_about(session: Session, kind: str, subject_id: int) -> Case | None:
    return session.scalar(
        select(Case).where(
            Case.subject_kind == kind, Case.subject_id == subject_id, Case.decided_at.is_(None)
        )
    )


def flag_by(
    session: Session, by: ColumnElement[bool], kind: str, subject_id: int, hash: str
) -> Flag | None:
    """Their own report of this: one that is still open, or of the very same words."""
    return session.scalar(
        select(Flag)
        .join(Flag.case)
        .join(Flag.evidence)
        .where(
            by,
            Flag.withdrawn_at.is_(None),
            Case.subject_kind == kind,
            Case.subject_id == subject_id,
            or_(Case.decided_at.is_(None), Evidence.hash == hash),
        )
        .order_by(Flag.id.desc())
        .limit(1)
    )


def flagged_by_rule(session: Session, kind: str, subject_id: int, hash: str) -> bool:
    """For the very same words, whatever came of it."""
    flags = select(Flag.id).join(Flag.case).join(Flag.evidence)
    same = flags.where(
        Flag.source == Source.RULE,
        Case.subject_kind == kind,
        Case.subject_id == subject_id,
        Evidence.hash == hash,
    )
    return session.scalar(same.limit(1)) is not None


def flags_lately(session: Session, member: Member) -> int:
    since = now(session) - AN_HOUR
    mine = select(func.count()).where(Flag.member_id == member.id, Flag.flagged_at > since)
    return session.scalars(mine).one()


def flag_for(session: Session, member: Member, flag_id: int) -> Flag:
    """One's own report."""
    flag = session.get(Flag, flag_id)
    if flag is None or flag.member_id != member.id:
        raise NotFound
    return flag


def reporters_of(session: Session, case: Case) -> Sequence[Flag]:
    flags = select(Flag).where(Flag.case_id == case.id).order_by(Flag.id)
    return session.scalars(flags).all()


def evidence_of(session: Session, case: Case) -> Sequence[Evidence]:
    """The oldest first; another was taken where it read differently at a later report."""
    taken = select(Evidence).where(Evidence.case_id == case.id).order_by(Evidence.id)
    return session.scalars(taken).all()


def questions_of(session: Session, case: Case) -> Sequence[Question]:
    """What moderators wanted to know, the oldest first."""
    asked = select(Question).where(Question.case_id == case.id).order_by(Question.id)
    return session.scalars(asked).all()


def unanswered(session: Session, case: Case) -> Sequence[Question]:
    """What an applicant has to answer, the latest first; however often somebody looked at the case
    meanwhile."""
    open = select(Question).where(Question.case_id == case.id, Question.answered_at.is_(None))
    return session.scalars(open.order_by(Question.id.desc())).all()


def decided_with(session: Session, key: str) -> Decision | None:
    return session.scalar(select(Decision).where(Decision.key == key))


def decision_of(session: Session, case: Case) -> Decision | None:
    """The latest."""
    decided = select(Decision).where(Decision.case_id == case.id).order_by(Decision.id.desc())
    return session.scalars(decided.limit(1)).first()


def decisions_of(session: Session, case: Case) -> Sequence[Decision]:
    """All of them, the oldest first."""
    decided = select(Decision).where(Decision.case_id == case.id).order_by(Decision.id)
    return session.scalars(decided).all()
