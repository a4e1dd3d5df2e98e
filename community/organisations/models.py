from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member
from community.search.models import Mark, Thing, mark
from community.words import _


class Kind(StrEnum):
    GOVERNMENT = "government"
    BRAND = "brand"
    INDUSTRY_REGION = "industry_region"
    FACILITATOR = "facilitator"


KIND_NAMES = {
    Kind.GOVERNMENT: _("Government"),
    Kind.BRAND: _("Local brand"),
    Kind.INDUSTRY_REGION: _("Industry region"),
    Kind.FACILITATOR: _("Facilitator"),
}


HIGHEST = 3  # level of a verification
LONGEST_LINE = 300  # characters of the public line that says why
REMINDERS = (7, 30, 60)  # days before a verification ends


class MandateRole(StrEnum):
    OWNER = "owner"  # also gives mandates
    SPEAKER = "speaker"


ROLE_NAMES = {MandateRole.OWNER: _("Owner"), MandateRole.SPEAKER: _("Speaker")}


class Organisation(Base):
    """`level` 0 is not verified; 1 to 3 say how well, `because` the public reason."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    words_hidden_at: Mapped[datetime | None]  # by moderation; then they stand here:
    hidden_about: Mapped[str] = mapped_column(default="", server_default="")
    region: Mapped[str] = mapped_column(default="")
    level: Mapped[int] = mapped_column(default=0)
    because: Mapped[str] = mapped_column(default="")
    verified_until: Mapped[datetime | None]  # then the worker sets level 0
    badge_ended_at: Mapped[datetime | None]  # the last one, also under another name
    reminded: Mapped[int] = mapped_column(default=0)  # how many days before the end; 0: not yet
    founded_at: Mapped[datetime]
    closing_at: Mapped[datetime | None]  # then the worker closes it, unless an owner keeps it
    closing_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # who began that
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str] = mapped_column(default="")  # an administrator's reason
    rev: Mapped[int] = mapped_column(default=1)  # of what others see of it

    @property
    def verified(self) -> bool:
        return self.level > 0

    @property
    def thing(self) -> Thing:
        marks = (mark(Mark.KIND, "organisation"),)
        return Thing("organisation", self.id, self.founded_at, self.name, self.about, marks)

    def lose_badge(self, at: datetime) -> None:
        self.level = 0
        self.verified_until = self.badge_ended_at = at

    def stay(self) -> None:
        """It does not close after all."""
        self.closing_at = self.closing_by_id = None

    @property
    def speaks_officially(self) -> bool:
        return self.verified and self.kind == Kind.GOVERNMENT


class OrganisationCluster(Base):
    __tablename__ = "organisation_clusters"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    cluster: Mapped[str] = mapped_column(primary_key=True)


class Mandate(Base):
    """A member may speak for an organisation. Offered first, live from `accepted_at` until
    `ended_at`.

    What ends by time is ended by the worker, in a transaction and with an event, as if by hand.
    """

    __tablename__ = "mandates"
    __table_args__ = (
        Index(
            "one_live_mandate_per_member_and_organisation",
            "member_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[str]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    granted_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # None: by time
    owned_until: Mapped[datetime | None]  # where it was an owner's and is none any more

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    granted_by: Mapped[Member | None] = relationship(foreign_keys=[granted_by_id])
    organisation: Mapped[Organisation] = relationship(lazy="joined")

    @property
    def chain(self) -> tuple[Base, ...]:
        """Nothing they say for the organisation commits after their mandate has ended."""
        return self.member, self

    @hybrid_property
    def offered(self) -> bool:
        return self.accepted_at is None and self.ended_at is None

    @hybrid_property
    def live(self) -> bool:
        return self.accepted_at is not None and self.ended_at is None

    @offered.inplace.expression
    @classmethod
    def _is_offered(cls) -> ColumnElement[bool]:
        return and_(cls.accepted_at.is_(None), cls.ended_at.is_(None))

    @live.inplace.expression
    @classmethod
    def _is_live(cls) -> ColumnElement[bool]:
        return and_(cls.accepted_at.is_not(None), cls.ended_at.is_(None))
