"""Who has acknowledged an announcement, and who has not: organisations where one acknowledgement
counts for all who speak for the same, and members."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from community import audit
from community.database import Transaction
from community.errors import NotFound
from community.members.models import Member
from community.organisations.models import Mandate, Organisation, OrganisationCluster
from community.organisations.policies import may_use
from community.policies import require
from forum.announcements.answers import Answer
from forum.announcements.models import Announcement, Receipt
from forum.announcements.ours import published, published_for
from forum.announcements.queries import speaking
from forum.announcements.reach import Reach, Share, counted, shares
from forum.announcements.remarks import Remark

NAMES = 50  # of those who have not acknowledged yet, on a page
LINES = 2_000  # of the list of them, in one look


class Late(NamedTuple):
    """Who came to belong to the audience after it was published."""

    told: int
    acknowledged: int


class Organisations(NamedTuple):
    """Of which somebody was told, counted."""

    told: int
    acknowledged: int
    by_region: list[Share]
    by_cluster: list[Share]
    missing: Sequence[Organisation]


class Progress(NamedTuple):
    """Of `organisations` where one acknowledgement counts for all of one, else of members."""

    announcement: Announcement
    told: int  # members
    late: Late  # of these
    remarks: int
    organisations: Organisations | None = None
    reach: Reach | None = None
    missing: Sequence[tuple[Member, list[str]]] = ()  # and for whom they speak

    @property
    def counts(self) -> Reach | Organisations:
        counts = self.organisations or self.reach
        assert counts
        return counts

    @property
    def last(self) -> int:
        """The id of the last one of those missing here."""
        if self.organisations:
            return self.organisations.missing[-1].id
        return self.missing[-1][0].id


class Missing(NamedTuple):
    """A line of the list of those who have not acknowledged it."""

    kind: str  # "organisation" or "member"
    id: int
    name: str
    region: str
    joined_at: datetime | None  # after it was published


def progress_for(
    session: Session, member: Member, announcement_id: int, after: int = 0
) -> Progress:
    """For those who speak for the office that published it. `after` is the id of the last one seen
    of those missing."""
    extras = _late(announcement_id), _remarks(announcement_id)
    found = session.execute(
        published(member, announcement_id).add_columns(*chain.from_iterable(extras))
    ).one_or_none()
    if found is None:
        raise NotFound
    announcement, told, late, late_done, remarks = found
    require(may_use(member, announcement.organisation))
    if announcement.by_organisation and announcement.acknowledge_by:
        counts = _organisations(session, announcement, after)
        return Progress(announcement, told, Late(late, late_done), remarks, organisations=counts)
    told_here = select(Receipt.member_id, Receipt.acknowledged_at)
    receipts = told_here.where(Receipt.announcement_id == announcement_id).subquery()
    return Progress(
        announcement, told, Late(late, late_done), remarks,
        reach=counted(session, receipts, receipts.c.member_id),
        missing=_missing(session, announcement, after),
    )  # fmt: skip


def begin_list(tx: Transaction, member: Member, announcement_id: int) -> Member:
    """Who takes the list of those missing away is written down. Raises NotFound, also
    where nobody was asked to."""
    announcement = published_for(tx, member, announcement_id)
    if announcement.acknowledge_by is None:
        raise NotFound
    audit.record(tx, member, "announcement.listed", announcement.address)
    return member


def missing_for(
    session: Session, member_id: int, announcement_id: int, after: tuple[str, int]
) -> Sequence[Missing]:
    """Some lines after the one of this kind and id. Whoever does not speak for the office any more
    gets no more of it."""
    announcement = published_for(session, session.get_one(Member, member_id), announcement_id)
    kind, id = after
    if kind != "member" and announcement.by_organisation:
        if found := _lines(session, "organisation", _organisations_missing(announcement), id):
            return found
        id = 0
    return _lines(session, "member", _members_missing(announcement), id)


def _late(announcement_id: int) -> Sequence[ScalarSelect[int]]:
    """How many were told at all, how many late, and how many of these have acknowledged it."""
    told = select(func.count()).select_from(Receipt)
    told = told.where(Receipt.announcement_id == announcement_id)
    late = told.where(Receipt.joined_at.is_not(None))
    done = late.where(Receipt.acknowledged_at.is_not(None))
    return [one.scalar_subquery() for one in (told, late, done)]


def _remarks(announcement_id: int) -> Sequence[ScalarSelect[int]]:
    said = select(func.count()).select_from(Remark)
    about = Remark.announcement_id == announcement_id, Remark.body != ""
    return [said.where(*about).scalar_subquery()]


def _organisations(session: Session, announcement: Announcement, after: int) -> Organisations:
    counts = func.count(), func.count(Answer.acknowledged_at)
    asked = Answer.announcement_id == announcement.id
    by_region = session.execute(
        select(Organisation.region, *counts)
        .join(Answer, Answer.organisation_id == Organisation.id)
        .where(asked)
        .group_by(Organisation.region)
    )
    theirs = OrganisationCluster.organisation_id == Answer.organisation_id
    by_cluster = session.execute(
        select(OrganisationCluster.cluster, *counts)
        .select_from(Answer)
        .outerjoin(OrganisationCluster, theirs)
        .where(asked)
        .group_by(OrganisationCluster.cluster)
    )
    regions = shares(by_region)  # of which each has one, or states none
    missing = _organisations_missing(announcement).with_only_columns(Organisation)
    some = missing.where(Organisation.id > after).order_by(Organisation.id).limit(NAMES)
    told, done = sum(one.told for one in regions), sum(one.acknowledged for one in regions)
    return Organisations(told, done, regions, shares(by_cluster), session.scalars(some).all())


def _organisations_missing(announcement: Announcement) -> Select[int, str, str, datetime | None]:
    return (
        select(Organisation.id, Organisation.name, Organisation.region, Answer.joined_at)
        .join(Answer, Answer.organisation_id == Organisation.id)
        .where(Answer.announcement_id == announcement.id, Answer.acknowledged_at.is_(None))
    )


def _members_missing(announcement: Announcement) -> Select[int, str, str, datetime | None]:
    """Of an announcement that is acknowledged for organisations those alone who speak for none.
    Nobody waits for who was erased; who is suspended may be back before the deadline."""
    missing = (
        select(Member.id, Member.name, Member.region, Receipt.joined_at)
        .join(Receipt, Receipt.member_id == Member.id)
        .where(Receipt.announcement_id == announcement.id, Receipt.acknowledged_at.is_(None))
        .where(Member.erased_at.is_(None))
    )
    if not announcement.by_organisation:
        return missing
    asked = select(Answer.organisation_id).where(Answer.announcement_id == announcement.id)
    spoken = select(Mandate.member_id).where(Mandate.live, Mandate.organisation_id.in_(asked))
    return missing.where(Member.id.not_in(spoken))


def _missing(
    session: Session, announcement: Announcement, after: int
) -> list[tuple[Member, list[str]]]:
    missing = _members_missing(announcement).with_only_columns(Member)
    members = session.scalars(
        missing.where(Member.id > after).order_by(Member.id).limit(NAMES)
    ).all()
    theirs = speaking().with_only_columns(Mandate.member_id, Organisation.name)
    of_them = theirs.where(Mandate.member_id.in_([member.id for member in members]))
    spoken_for = session.execute(of_them.order_by(Organisation.name)).all()
    return [
        (member, [name for member_id, name in spoken_for if member_id == member.id])
        for member in members
    ]


def _lines(
    session: Session, kind: str, missing: Select[int, str, str, datetime | None], after: int
) -> Sequence[Missing]:
    id = missing.selected_columns[0]
    found = session.execute(missing.where(id > after).order_by(id).limit(LINES))
    return [Missing(kind, *row) for row in found]
