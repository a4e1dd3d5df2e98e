"""Whom an announcement reaches, counted; and who has acknowledged it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Subquery, func, literal, select
from sqlalchemy.orm import Session

from community.database import Moment
from community.errors import NotFound
from community.members.models import Member, MemberCluster
from community.organisations.models import Mandate, Organisation
from forum.announcements.models import Announcement, Audience, Receipt
from forum.announcements.queries import announcements_of, published_by_us, speaking, targeted_by

NAMES = 50  # of those who have not acknowledged yet, on a page
FEW = 5  # names of those it reaches


class Share(NamedTuple):
    """Of those told: the ones of a kind of organisation, or of a region, or of a cluster;
    empty: of none."""

    part: str
    told: int
    acknowledged: int


class Reach(NamedTuple):
    """Whom it is for, counted. Who speaks for two kinds of organisation counts with both."""

    told: int
    acknowledged: int
    by_kind: list[Share]
    by_region: list[Share]
    by_cluster: list[Share]
    sample: Sequence[str] = ()  # names of some of them

    @property
    def by_province(self) -> list[Share]:
        parts: dict[str, Share] = {}
        for part, told, done in self.by_region:
            province = part[:2]
            before = parts.get(province, Share(province, 0, 0))
            parts[province] = Share(province, before.told + told, before.acknowledged + done)
        return _largest_first(parts.values())


class Progress(NamedTuple):
    announcement: Announcement
    reach: Reach
    missing: list[tuple[Member, list[str]]]  # who has not acknowledged, and for whom they speak


def reach_of(session: Session, official: Member, audience: Audience) -> Reach:
    """Whom it would be for, now, if they published it."""
    nobody_yet = literal(None, Moment).label("acknowledged_at")
    told = targeted_by(audience, official).add_columns(nobody_yet).subquery()
    some = select(Member.name).where(Member.id.in_(targeted_by(audience, official)))
    sample = session.scalars(some.order_by(Member.id).limit(FEW)).all()
    return _counted(session, told, told.c.id)._replace(sample=sample)


def progress_for(
    session: Session, member: Member, announcement_id: int, after: int = 0
) -> Progress:
    """For those who speak for the organisation that published it. `after` is the id of the last
    member seen of those missing."""
    published = announcements_of(member).where(published_by_us(member))
    announcement = session.scalar(published.where(Announcement.id == announcement_id))
    if announcement is None:
        raise NotFound
    told = select(Receipt.member_id, Receipt.acknowledged_at)
    told_here = told.where(Receipt.announcement_id == announcement_id).subquery()
    reach = _counted(session, told_here, told_here.c.member_id)
    return Progress(announcement, reach, _missing(session, announcement, after))


def _counted(session: Session, told: Subquery, member_id: ColumnElement[int]) -> Reach:
    spoken = speaking().distinct().subquery()
    counts = func.count(), func.count(told.c.acknowledged_at)
    by_kind = session.execute(
        select(spoken.c.kind, *counts)
        .select_from(told.outerjoin(spoken, spoken.c.member_id == member_id))
        .group_by(spoken.c.kind)
    )
    by_region = session.execute(
        select(Member.region, *counts)
        .select_from(told.join(Member, Member.id == member_id))
        .group_by(Member.region)
    )
    by_cluster = session.execute(
        select(MemberCluster.cluster, *counts)
        .select_from(told.outerjoin(MemberCluster, MemberCluster.member_id == member_id))
        .group_by(MemberCluster.cluster)
    )
    regions = _shares(by_region)  # of which everybody has one, or states none
    told_all, done = sum(one.told for one in regions), sum(one.acknowledged for one in regions)
    return Reach(told_all, done, _shares(by_kind), regions, _shares(by_cluster))


def _shares(rows: Iterable[Row[str, int, int]]) -> list[Share]:
    return _largest_first(Share(part or "", told, done) for part, told, done in rows)


def _largest_first(shares: Iterable[Share]) -> list[Share]:
    return sorted(shares, key=lambda share: (-share.told, share.part))


def _missing(
    session: Session, announcement: Announcement, after: int
) -> list[tuple[Member, list[str]]]:
    told = select(Receipt.member_id).where(
        Receipt.announcement_id == announcement.id, Receipt.acknowledged_at.is_(None)
    )
    missing = select(Member).where(Member.id.in_(told), Member.id > after)
    members = session.scalars(missing.order_by(Member.id).limit(NAMES)).all()
    theirs = speaking().with_only_columns(Mandate.member_id, Organisation.name)
    of_them = theirs.where(Mandate.member_id.in_([member.id for member in members]))
    spoken_for = session.execute(of_them.order_by(Organisation.name)).all()
    return [
        (member, [name for member_id, name in spoken_for if member_id == member.id])
        for member in members
    ]
