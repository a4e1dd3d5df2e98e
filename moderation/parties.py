"""What ties a moderator to cases: whoever is tied to one does not decide it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Select,
    bindparam,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from channels.models import Message
from community.clock import now
from community.database import Moment
from community.members.models import Member
from community.members.queries import anyone, asked_by
from community.organisations.models import Mandate
from community.organisations.queries import YEAR, close_since, colleagues_of, official_ones
from forum.announcements.models import Announcement
from forum.topics.models import Post
from moderation.models import Case, Decision, Flag, Ruling, SubjectKind
from moderation.notifiers import Notifier
from moderation.policies import Party
from moderation.proposals import Answer, Proposal


def parties_of(session: Session, moderator: Member, cases: Sequence[Case]) -> dict[int, Party]:
    """By case, what ties the moderator to it."""
    ties = _ties(session, moderator, [case.id for case in cases])
    about = (SubjectKind.VERIFICATION, SubjectKind.ORGANISATION)
    ours = {f"{kind}:{id}" for kind in about for id in ties["close"]}
    ours |= {f"{SubjectKind.ANNOUNCEMENT}:{id}" for id in ties["published"]}
    colleagues = ties["colleague"] - {moderator.id}
    return {
        case.id: Party(
            author=case.author_id == moderator.id,
            reporter=case.id in ties["reported"],
            colleague=case.author_id in colleagues
            or case.subject in ours
            or case.id in ties["spoken"],
            ours=case.subject in ours,
            official=bool(ties["official"]),
            decider=case.id in ties["decided"],
            overruled=case.id in ties["overruled"],
            anew=case.decided_at is None and case.id in ties["anew"],
            proposer=case.id in ties["proposed"],
        )
        for case in cases
    }


def _ties(session: Session, moderator: Member, case_ids: Sequence[int]) -> Mapping[str, set[int]]:
    """Numbers of different things, in one statement."""
    ties = defaultdict[str, set[int]](set)
    given = {"these": list(case_ids), "a_year_ago": now(session) - YEAR, "email": moderator.email}
    for number, tie in session.execute(_asked(), asked_by(moderator) | given):
        ties[tie].add(number)
    return ties


@cache
def _asked() -> CompoundSelect[int, str]:
    """Of whoever asks, about these cases: of so many parts that it is put together once."""
    moderator = anyone()
    these: BindParameter[int] = bindparam("these", expanding=True)
    from_outside = select(Notifier.id).where(Notifier.address == bindparam("email"))
    reported = select(Flag.case_id).where(
        or_(Flag.member_id == moderator.id, Flag.notifier_id.in_(from_outside)),
        Flag.case_id.in_(these),
    )
    official = official_ones(moderator).with_only_columns(Mandate.organisation_id).order_by(None)
    decided = select(Decision.case_id).where(
        or_(Decision.moderator_id == moderator.id, Decision.second_id == moderator.id),
        Decision.case_id.in_(these),
    )
    mine = aliased(Decision)
    overruled = (
        select(Decision.case_id)
        .join(mine, mine.id == Decision.answers_id)
        .where(
            or_(mine.moderator_id == moderator.id, mine.second_id == moderator.id),
            Decision.moderator_id != moderator.id,
            Decision.ruling != Ruling.UPHOLD,
            Decision.case_id.in_(these),
        )
    )
    proposed = select(Proposal.case_id).where(
        Proposal.proposed_by_id == moderator.id,
        Proposal.answer == Answer.NONE,
        Proposal.case_id.in_(these),
    )
    close = close_since(moderator, bindparam("a_year_ago", type_=Moment))
    announced = select(Case.subject_id).where(Case.id.in_(these))
    published = select(Announcement.id).where(
        Announcement.id.in_(announced), Announcement.organisation_id.in_(close)
    )
    asked: dict[str, Any] = {
        "reported": reported,
        "published": published,
        "spoken": _spoken(these, close),
        "proposed": proposed,
        "decided": decided,
        "overruled": overruled,
        "anew": select(Decision.case_id).where(Decision.case_id.in_(these)),
        "colleague": colleagues_of(moderator),
        "close": close,
        "official": official,
    }
    return union_all(*(found.add_columns(literal(tie)) for tie, found in asked.items()))


def _spoken(these: BindParameter[int], close: Select[int]) -> Select[int]:
    """About what was said for an organisation of theirs, also by who has left it since."""
    ours = select(Mandate.id).where(Mandate.organisation_id.in_(close))
    kinds = ((SubjectKind.POST, Post), (SubjectKind.MESSAGE, Message))
    said = (
        (Case.subject_kind == kind)
        & select(entry.id).where(entry.id == Case.subject_id, entry.mandate_id.in_(ours)).exists()
        for kind, entry in kinds
    )
    return select(Case.id).where(Case.id.in_(these), or_(*said))


def party_of(session: Session, moderator: Member, case: Case) -> Party:
    return parties_of(session, moderator, [case])[case.id]
