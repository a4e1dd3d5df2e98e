from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import product
from typing import Self

from community.bus import Event
from community.members.models import Member
from community.organisations.models import MandateRole
from community.organisations.speaking import Spoken
from community.places import regions_around
from forum.announcements.models import Announcement, Audience, Purpose


class AnnouncementPublished(Event, frozen=True, kw_only=True):
    """Carries the banner itself, so that one publication is not a stampede of requests."""

    announcement_id: int
    organisation: str
    title: str
    acknowledge_by: datetime | None
    region: str
    cluster: str
    kind: str
    role: str = ""
    urgent: bool = False

    @property
    def stream(self) -> str:
        return audience(Audience(self.region, self.cluster, self.kind, self.role))

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
            role=announcement.role,
            urgent=announcement.purpose == Purpose.URGENT,
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
        heard = audience(announcement.audience)
        return cls(announcement_id=announcement.id, audience=heard)


class AnnouncementChanged(Event, frozen=True, kw_only=True):
    """It reads otherwise, or was withdrawn: whoever has it open asks for it anew."""

    announcement_id: int
    heard_at: str

    @property
    def stream(self) -> str:
        return self.heard_at


def changed(announcement: Announcement) -> Iterator[AnnouncementChanged]:
    """For all who may have it open: what is public anybody may."""
    ours = f"organisation:{announcement.organisation_id}"
    for stream in ["site"] if announcement.public else [audience(announcement.audience), ours]:
        yield AnnouncementChanged(announcement_id=announcement.id, heard_at=stream)


def audience(whom: Audience) -> str:
    """The stream that those it is for listen to."""
    return "audience:" + "/".join(whom)


def audiences_of(member: Member, clusters: Iterable[str], spoken: Iterable[Spoken]) -> list[str]:
    """The streams of every audience the member belongs to, who is of these clusters and speaks for
    these organisations."""
    parts = {("", "")}
    for one in spoken:
        if one.level > 0:
            roles = {"", MandateRole.SPEAKER, one.role}  # whoever owns it speaks for it, too
            parts |= set(product(("", one.kind), roles))
    places = product(regions_around(member.region), ["", *clusters])
    return [audience(Audience(*place, *part)) for place, part in product(places, sorted(parts))]
