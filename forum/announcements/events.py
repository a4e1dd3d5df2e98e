from collections.abc import Iterable
from datetime import datetime
from itertools import product
from typing import Self

from community.bus import Event
from community.members.models import Member
from community.places import regions_around
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


class AnnouncementHidden(Event, frozen=True, kw_only=True):
    """Whoever still has its banner before them loses it."""

    announcement_id: int
    audience: str

    @property
    def stream(self) -> str:
        return self.audience

    @classmethod
    def of(cls, announcement: Announcement) -> Self:
        place = announcement.draft.audience
        return cls(announcement_id=announcement.id, audience=audience(*place))


def audience(region: str, cluster: str, kind: str) -> str:
    """The stream that those it is for listen to."""
    return f"audience:{region}/{cluster}/{kind}"


def audiences_of(member: Member, clusters: Iterable[str], kinds: Iterable[str]) -> list[str]:
    """The streams of every audience the member belongs to, who is of these clusters and speaks for
    organisations of these kinds."""
    parts = regions_around(member.region), ["", *clusters], ["", *kinds]
    return [audience(*part) for part in product(*parts)]
