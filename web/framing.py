"""What stands around every page of a member: the community, and exact numbers of what waits."""

from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from channels.queries import unread_messages
from community.members.models import Member
from community.members.queries import asked_by, built
from community.notices.models import Notice
from community.notices.queries import notices_of
from community.site import Site
from forum.announcements.models import Announcement
from forum.announcements.waiting import pinned_for, unacknowledged
from forum.desk import on_desk
from forum.readings import unread_topics


class Counts(NamedTuple):
    """What waits for the member, exact at the moment of the look."""

    topics: int = 0
    channels: int = 0
    announcements: int = 0
    notices: int = 0
    desk: int | None = None  # of who has one


class Pinned(NamedTuple):
    """An urgent announcement that stands above every page of theirs."""

    announcement: int
    title: str


def framing(session: Session, member: Member) -> tuple[Site, Counts, Pinned | None]:
    """What stands around every page of theirs."""
    site, *counts, urgent, title = session.execute(_framing(member), asked_by(member)).one()
    return site, Counts(*counts), Pinned(urgent, title) if urgent else None


@built
def _framing(member: Member) -> Select[Any]:
    unread = notices_of(member).where(Notice.read_at.is_(None)).with_only_columns(func.count())
    asked = (
        unread_topics(member), unread_messages(member), unacknowledged(member), unread,
        on_desk(member),
    )  # fmt: skip
    urgent = aliased(Announcement)
    framing = select(Site, *(one.scalar_subquery() for one in asked), urgent.id, urgent.title)
    return framing.outerjoin(urgent, urgent.id == pinned_for(member).scalar_subquery())
