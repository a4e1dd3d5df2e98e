"""Whom an announcement reaches, counted."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Subquery, func, literal, select
from sqlalchemy.orm import Session

from community.database import Moment
from community.members.models import Member, MemberCluster
from forum.announcements.models import Audience
from forum.announcements.queries import speaking, targeted_by

FEW = 5  # names of those it reaches


class Share(NamedTuple):
    """Of those told: the ones of a kind of organisation, or of a region, or of a cluster;
    empty: of none."""

    part: str
    told: int
    acknowledged: int

    @property
    def portion(self) -> float:
        return self.acknowledged / self.told if self.told else 0


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


def reach_of(session: Session, official: Member, audience: Audience) -> Reach:
    """Whom it would be for, now, if they published it."""
    nobody_yet = literal(None, Moment).label("acknowledged_at")
    told = targeted_by(audience, official).add_columns(nobody_yet).subquery()
    some = select(Member.name).where(Member.id.in_(targeted_by(audience, official)))
    sample = session.scalars(some.order_by(Member.id).limit(FEW)).all()
    return counted(session, told, told.c.id)._replace(sample=sample)


def counted(session: Session, told: Subquery, member_id: ColumnElement[int]) -> Reach:
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
    regions = shares(by_region)  # of which everybody has one, or states none
    told_all, done = sum(one.told for one in regions), sum(one.acknowledged for one in regions)
    return Reach(told_all, done, shares(by_kind), regions, shares(by_cluster))


def shares(rows: Iterable[Row[str, int, int]]) -> list[Share]:
    return _largest_first(Share(part or "", told, done) for part, told, done in rows)


def _largest_first(shares: Iterable[Share]) -> list[Share]:
    return sorted(shares, key=lambda share: (-share.told, share.part))
