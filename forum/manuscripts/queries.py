from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from community.clock import now
from community.errors import NotFound
from community.members.models import Member
from community.organisations.deputies import standing_in
from community.organisations.models import Kind, Mandate, Organisation
from community.organisations.policies import may_use
from community.organisations.queries import mandates_of
from community.policies import require
from community.site import Site
from forum.announcements.models import Announcement, Purpose
from forum.announcements.versions import AnnouncementVersion
from forum.manuscripts.models import Manuscript, State

DAY = timedelta(days=1)
OPEN = (State.WRITTEN, State.WAITING, State.PLANNED, State.SKIPPED)
SHOWN = 50


class Lately(NamedTuple):
    """What an office published within a day."""

    all: int
    urgent: int


def publishing(member: Member) -> Select[Mandate]:
    """Those that let the member publish: of verified offices and, where the community lets them,
    of facilitators."""
    facilitators = and_(
        Organisation.kind == Kind.FACILITATOR,
        select(Site.facilitators_publish).scalar_subquery(),
    )
    kinds = or_(Organisation.kind == Kind.GOVERNMENT, facilitators)
    return mandates_of(member).where(kinds, Organisation.level > 0)


def publishing_mandates_of(session: Session, member: Member) -> Sequence[Mandate]:
    return session.scalars(publishing(member)).all()


def mandate_behind(session: Session, member: Member, manuscript: Manuscript) -> Mandate | None:
    """By which the member may publish it."""
    ours = publishing(member).where(Mandate.organisation_id == manuscript.organisation_id)
    return session.scalars(ours.limit(1)).first()


def eyes_on(
    session: Session, member: Member, manuscript: Manuscript
) -> tuple[Mandate | None, frozenset[int]]:
    """By which mandate the member may publish it, and the ids of those they stand in for there."""
    absent, present = aliased(Mandate), aliased(Mandate)
    instead = standing_in(absent, present).with_only_columns(present.id, absent.member_id)
    for_them = instead.subquery()
    ours = publishing(member).where(Mandate.organisation_id == manuscript.organisation_id)
    with_them = ours.outerjoin(for_them, for_them.c.id == Mandate.id)
    rows = session.execute(with_them.add_columns(for_them.c.member_id)).all()
    mandate = rows[0][0] if rows else None
    return mandate, frozenset(absent_id for _mandate, absent_id in rows if absent_id)


def mandate_over(session: Session, member: Member, announcement: Announcement) -> Mandate | None:
    """By which the member may correct or withdraw it."""
    ours = publishing(member).where(Mandate.organisation_id == announcement.organisation_id)
    return session.scalars(ours.limit(1)).first()


def manuscripts_of(member: Member) -> Select[Manuscript]:
    """Of the offices the member publishes for."""
    offices = publishing(member).with_only_columns(Mandate.organisation_id).order_by(None)
    return select(Manuscript).where(Manuscript.organisation_id.in_(offices))


def manuscript_for(session: Session, member: Member, manuscript_id: int) -> Manuscript:
    """Raises NotFound, and Denied where the member's powers rest."""
    found = manuscripts_of(member).where(Manuscript.id == manuscript_id)
    manuscript = session.scalar(found)
    if manuscript is None:
        raise NotFound
    require(may_use(member, manuscript.organisation))
    return manuscript


def manuscripts_open(session: Session, member: Member) -> Sequence[Manuscript]:
    """That are no announcements yet: first what waits for somebody, the latest first. None of an
    office where the member's powers rest."""
    found = manuscripts_of(member).where(Manuscript.state.in_(OPEN))
    waiting_first = (Manuscript.state != State.WAITING, Manuscript.changed_at.desc())
    there = session.scalars(found.order_by(*waiting_first).limit(SHOWN))
    return [one for one in there if may_use(member, one.organisation)]


def manuscript_with(session: Session, key: str) -> Manuscript | None:
    return session.scalar(select(Manuscript).where(Manuscript.key == key))


def others_who_publish(session: Session, manuscript: Manuscript) -> Sequence[int]:
    """Members who speak for the office and have written nothing of it, nor stand in for who has."""
    absent, present = aliased(Mandate), aliased(Mandate)
    instead = standing_in(absent, present).where(absent.member_id.in_(manuscript.writers))
    speak = select(Mandate.member_id).where(
        Mandate.organisation_id == manuscript.organisation_id,
        Mandate.live,
        Mandate.member_id.not_in(manuscript.writers),
        Mandate.member_id.not_in(instead.with_only_columns(present.member_id)),
    )
    return session.scalars(speak.order_by(Mandate.member_id)).all()


def due(session: Session) -> Select[Manuscript]:
    planned = Manuscript.state == State.PLANNED
    return (
        select(Manuscript)
        .where(planned, Manuscript.publish_at <= now(session))
        .order_by(Manuscript.publish_at, Manuscript.id)
    )


def lately_of(session: Session, organisation_id: int) -> Lately:
    """Corrections count, too; as urgent those alone of which everybody was told."""
    version = AnnouncementVersion
    loud = or_(version.version == 1, version.material)
    counted = (
        func.count(),
        func.count().filter(Announcement.purpose == Purpose.URGENT, loud),
    )
    lately = (
        select(*counted)
        .select_from(version)
        .join(Announcement, Announcement.id == version.announcement_id)
    )
    lately = lately.where(
        Announcement.organisation_id == organisation_id, version.published_at > now(session) - DAY
    )
    return Lately(*session.execute(lately).one())


def withdrawn_lately(session: Session, organisation_id: int) -> int:
    """How many announcements the office withdrew within a day."""
    lately = select(func.count()).where(
        Announcement.organisation_id == organisation_id,
        Announcement.withdrawn_at > now(session) - DAY,
    )
    return session.scalars(lately).one()
