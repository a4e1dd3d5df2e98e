"""What ties a moderator to cases: whoever is tied to one does not decide it."""

from collections.abc import Sequence

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from community.members.models import Member
from community.organisations.models import Mandate
from community.organisations.queries import close_to, colleagues_of, official_ones
from forum.announcements.models import Announcement
from moderation.models import Case, Decision, Flag, Ruling, SubjectKind
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
            colleague=case.author_id in colleagues or case.subject in ours,
            ours=case.subject in ours,
            official=bool(ties["official"]),
            decider=case.id in ties["decided"],
            overruled=case.id in ties["overruled"],
            anew=case.decided_at is None and case.id in ties["anew"],
            proposer=case.id in ties["proposed"],
        )
        for case in cases
    }


def _ties(session: Session, moderator: Member, case_ids: Sequence[int]) -> dict[str, set[int]]:
    """Numbers of different things, in one statement."""
    reported = select(Flag.case_id).where(
        Flag.member_id == moderator.id, Flag.case_id.in_(case_ids)
    )
    official = official_ones(moderator).with_only_columns(Mandate.organisation_id).order_by(None)
    decided = select(Decision.case_id).where(
        or_(Decision.moderator_id == moderator.id, Decision.second_id == moderator.id),
        Decision.case_id.in_(case_ids),
    )
    mine = aliased(Decision)
    overruled = (
        select(Decision.case_id)
        .join(mine, mine.id == Decision.answers_id)
        .where(
            or_(mine.moderator_id == moderator.id, mine.second_id == moderator.id),
            Decision.moderator_id != moderator.id,
            Decision.ruling != Ruling.UPHOLD,
            Decision.case_id.in_(case_ids),
        )
    )
    proposed = select(Proposal.case_id).where(
        Proposal.proposed_by_id == moderator.id,
        Proposal.answer == Answer.NONE,
        Proposal.case_id.in_(case_ids),
    )
    announced = select(Case.subject_id).where(Case.id.in_(case_ids))
    published = select(Announcement.id).where(
        Announcement.id.in_(announced),
        Announcement.organisation_id.in_(close_to(session, moderator)),
    )
    asked = {
        "reported": reported,
        "published": published,
        "proposed": proposed,
        "decided": decided,
        "overruled": overruled,
        "anew": select(Decision.case_id).where(Decision.case_id.in_(case_ids)),
        "colleague": colleagues_of(moderator),
        "close": close_to(session, moderator),
        "official": official,
    }
    ties: dict[str, set[int]] = {tie: set() for tie in asked}
    each = (found.add_columns(literal(tie)) for tie, found in asked.items())
    for number, tie in session.execute(union_all(*each)):
        ties[tie].add(number)
    return ties


def party_of(session: Session, moderator: Member, case: Case) -> Party:
    return parties_of(session, moderator, [case])[case.id]
