from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from community.errors import NotFound
from community.members.models import Member, MemberCluster
from community.members.queries import clusters_of
from community.organisations.models import Mandate, Organisation
from community.organisations.queries import colleagues_of, kinds_of
from community.places import Lens, regions_around
from forum.announcements.events import audience
from forum.announcements.models import Announcement, Receipt

PAGE = 20


class Audience(NamedTuple):
    """Whom an announcement is for; an empty part means all."""

    region: str = ""
    cluster: str = ""
    kind: str = ""


class ListedAnnouncement(NamedTuple):
    announcement: Announcement
    receipt: Receipt | None  # the reader's own, where it is for them


class Progress(NamedTuple):
    told: int
    acknowledged: int


def announcements_of(reader: Member | None) -> Select[Announcement]:
    """Public ones; for members also those they were told or whose organisation published them."""
    if reader is None:
        return select(Announcement).where(Announcement.public)
    told = select(Receipt.announcement_id).where(Receipt.member_id == reader.id)
    ours = select(Mandate.organisation_id).where(
        Mandate.member_id == reader.id, Mandate.accepted_at.is_not(None), Mandate.ended_at.is_(None)
    )
    return select(Announcement).where(
        or_(Announcement.public, Announcement.id.in_(told), Announcement.organisation_id.in_(ours))
    )


def announcement_for(
    session: Session, reader: Member | None, announcement_id: int
) -> ListedAnnouncement:
    found = session.scalar(announcements_of(reader).where(Announcement.id == announcement_id))
    if found is None:
        raise NotFound
    receipt = session.get(Receipt, (found.id, reader.id)) if reader else None
    return ListedAnnouncement(found, receipt)


def announcements_listed(
    session: Session, reader: Member | None, lens: Lens, before: int = 0, most: int = PAGE
) -> Sequence[ListedAnnouncement]:
    """The newest first; `before` is the id of the last one seen."""
    listed = announcements_of(reader).order_by(Announcement.id.desc()).limit(most)
    if any(lens):
        listed = listed.where(lens.shows(Announcement))
    if before:
        listed = listed.where(Announcement.id < before)
    found = session.scalars(listed).all()
    receipts = _receipts(session, reader, [one.id for one in found]) if reader else {}
    return [ListedAnnouncement(one, receipts.get(one.id)) for one in found]


def waiting_for(session: Session, member: Member) -> Sequence[Announcement]:
    """Those the member still has to acknowledge, the nearest deadline first."""
    waiting = select(Announcement).join(Receipt, Receipt.announcement_id == Announcement.id)
    return session.scalars(
        waiting.where(_waits(member)).order_by(Announcement.acknowledge_by)
    ).all()


def unacknowledged(member: Member) -> Select[int]:
    return (
        select(func.count())
        .select_from(Receipt)
        .join(Announcement, Announcement.id == Receipt.announcement_id)
        .where(_waits(member))
    )


def targeted_by(audience: Audience) -> Select[int]:
    """The ids of the members it is for. Whoever has their region within the audience's, …"""
    members = select(Member.id)
    if audience.region:
        within = Member.region.startswith(f"{audience.region}.")
        members = members.where(or_(Member.region == audience.region, within))
    if audience.cluster:
        held = select(MemberCluster.member_id).where(MemberCluster.cluster == audience.cluster)
        members = members.where(Member.id.in_(held))
    if audience.kind:
        speaking = (
            select(Mandate.member_id)
            .join(Organisation, Organisation.id == Mandate.organisation_id)
            .where(
                Mandate.accepted_at.is_not(None),
                Mandate.ended_at.is_(None),
                Organisation.kind == audience.kind,
            )
        )
        members = members.where(Member.id.in_(speaking))
    return members


def reach_of(session: Session, audience: Audience) -> int:
    """How many members it would be for, now."""
    return session.scalars(select(func.count()).select_from(targeted_by(audience).subquery())).one()


def audiences_of(session: Session, member: Member) -> list[str]:
    """The streams of every audience the member belongs to."""
    parts = (
        regions_around(member.region),
        ["", *clusters_of(session, member)],
        ["", *kinds_of(session, member)],
    )
    return [audience(*part) for part in product(*parts)]


def progress_for(session: Session, member: Member, announcement_id: int) -> Progress:
    """For those who speak for the organisation that published it."""
    announcement = announcement_for(session, member, announcement_id).announcement
    if announcement.author_id not in colleagues_of(session, member):
        raise NotFound
    counts = select(func.count(), func.count(Receipt.acknowledged_at)).where(
        Receipt.announcement_id == announcement_id
    )
    return Progress(*session.execute(counts).one())


def receipt_for(session: Session, member: Member, announcement_id: int) -> Receipt:
    receipt = session.get(Receipt, (announcement_id, member.id))
    if receipt is None:
        raise NotFound
    return receipt


def overdue(announcement: Announcement, at: datetime) -> bool:
    return announcement.acknowledge_by is not None and announcement.acknowledge_by < at


def _receipts(session: Session, member: Member, ids: list[int]) -> dict[int, Receipt]:
    mine = select(Receipt).where(Receipt.member_id == member.id, Receipt.announcement_id.in_(ids))
    return {receipt.announcement_id: receipt for receipt in session.scalars(mine)}


def _waits(member: Member):  # type: ignore[no-untyped-def]
    return and_(
        Receipt.member_id == member.id,
        Receipt.acknowledged_at.is_(None),
        Announcement.acknowledge_by.is_not(None),
    )
