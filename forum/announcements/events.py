from datetime import datetime
from typing import Self

from community.bus import Event
from forum.announcements.models import Announcement


class AnnouncementPublished(Event, frozen=True, kw_only=True):
    """Carries the banner itself, so that one publication is not a stampede of requests."""

    announcement_id: int
    organisation: str
    title: str
    acknowledge_by: datetime | None
    region: str
    cluster: str
    kind: str

    @property
    def stream(self) -> str:
        return audience(self.region, self.cluster, self.kind)

    @classmethod
    def of(cls, announcement: Announcement) -> Self:
        return cls(
            announcement_id=announcement.id,
            organisation=announcement.organisation.name,
            title=announcement.title,
            acknowledge_by=announcement.acknowledge_by,
            region=announcement.region,
            cluster=announcement.cluster,
            kind=announcement.kind,
        )


class AnnouncementAcknowledged(Event, frozen=True, kw_only=True):
    """Those who speak for the organisation that published it see its progress move."""

    announcement_id: int
    organisation_id: int

    @property
    def stream(self) -> str:
        return f"organisation:{self.organisation_id}"

    @classmethod
    def of(cls, announcement: Announcement) -> Self:
        return cls(announcement_id=announcement.id, organisation_id=announcement.organisation_id)


def audience(region: str, cluster: str, kind: str) -> str:
    """The stream that those it is for listen to."""
    return f"audience:{region}/{cluster}/{kind}"
