from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, false, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.places import Lens
from community.restrictions import FOREVER
from community.search.models import Mark, Thing, mark


class Role(StrEnum):
    """What a member may do for the community. An official is one by mandate, not by role."""

    MEMBER = "member"
    MODERATOR = "moderator"
    SENIOR = "senior_moderator"
    ADMINISTRATOR = "administrator"


class Grace(StrEnum):
    """How long powers hold without a second step at sign-in (community/powers.py)."""

    NONE = ""  # there is nothing to wait for
    BEGUN = "begun"
    WARNED = "warned"  # that it ends soon
    OVER = "over"  # the powers rest until there is one


class Trust(StrEnum):
    """How far somebody is known here, as it was found last (moderation/before/trust.py)."""

    NEW = "new"
    BASIC = "basic"
    REGULAR = "regular"


class Scope(NamedTuple):
    """What a moderator looks after; an empty part means everything."""

    region: str = ""
    cluster: str = ""
    category_id: int | None = None  # of the forum, which this floor does not know


EVERYTHING = Scope()


class Member(Base):
    __tablename__ = "members"
    turn = 0

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)  # in lower case
    password_hash: Mapped[str]  # argon2id
    role: Mapped[str] = mapped_column(default=Role.MEMBER)  # what they may do now
    granted: Mapped[str] = mapped_column(default=Role.MEMBER)  # what they were given; it may rest
    region: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    picture: Mapped[str] = mapped_column(default="")  # a file, which this module does not know
    profile_hidden_at: Mapped[datetime | None]  # by moderation; then picture and words stand here:
    hidden_about: Mapped[str] = mapped_column(default="", server_default="")
    hidden_picture: Mapped[str] = mapped_column(default="", server_default="")
    # As long as a restriction says that name, picture and words stay as they are.
    profile_kept: Mapped[bool] = mapped_column(default=False, server_default=false())
    named_at: Mapped[datetime | None]  # when they last changed their name
    keeps_away_from: Mapped[int] = mapped_column(default=0)  # so many people
    locale: Mapped[str] = mapped_column(default="id")
    zone: Mapped[str] = mapped_column(default="Asia/Jakarta")  # WIB; WITA and WIT are the others
    theme: Mapped[str] = mapped_column(default="auto")  # auto | light | dark
    save_data: Mapped[bool] = mapped_column(default=False)
    shown_here: Mapped[bool] = mapped_column(default=True)  # in channels, that they are and write
    joined_at: Mapped[datetime]
    agreed_to: Mapped[str] = mapped_column(default="")  # the version of the terms, the last time
    admitted: Mapped[bool] = mapped_column(default=True)  # else moderators have not let them in
    observed: Mapped[bool] = mapped_column(default=False)  # is new: what they say first may be held
    trust: Mapped[str] = mapped_column(default=Trust.REGULAR)
    weighed_at: Mapped[datetime | None]  # when that was found
    withheld: Mapped[bool] = mapped_column(default=False)  # something said waits, or was refused
    let_through: Mapped[int] = mapped_column(default=0)  # so much of what was held of them
    paused: Mapped[bool] = mapped_column(default=False)  # a guardian took their consent back
    muted_until: Mapped[datetime | None]  # the latest end of the active mutes; the worker clears it
    slowed_until: Mapped[datetime | None]  # the same of what lets them write little
    suspended_until: Mapped[datetime | None]  # the same of what keeps them from signing in
    erased_at: Mapped[datetime | None]  # nobody is known by this number any more
    wiped_at: Mapped[datetime | None]  # nor is anything left of what they wrote
    rev: Mapped[int] = mapped_column(default=1)  # of what others see of them
    protected: Mapped[bool] = mapped_column(default=False)  # signs in in two steps
    factors_rev: Mapped[int] = mapped_column(default=0)  # of what they sign in with in those
    grace: Mapped[str] = mapped_column(default=Grace.NONE)
    grace_ends_at: Mapped[datetime | None]  # stays when it has passed: there is one for each member

    @property
    def banned(self) -> bool:
        """Suspended without an end."""
        return self.suspended_until is not None and self.suspended_until >= FOREVER

    @property
    def moderates(self) -> bool:
        return self.role != Role.MEMBER

    @property
    def administers(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def thing(self) -> Thing:
        """Found by their name alone: what they say of themselves is not for everybody."""
        marks = (mark(Mark.KIND, "member"),)
        return Thing("member", self.id, self.joined_at, self.name, marks=marks)


class MemberCluster(Base):
    __tablename__ = "member_clusters"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    cluster: Mapped[str] = mapped_column(primary_key=True)


class Appointment(Base):
    """A role given to a member, where it holds, by whom and until when. Ended, never deleted.

    While it is live the member has the role, unless it rests (Grace.OVER)."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index(
            "one_live_appointment_per_member",
            "member_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    role: Mapped[str]
    region: Mapped[str] = mapped_column(default="")  # empty: everywhere
    cluster: Mapped[str] = mapped_column(default="")
    category_id: Mapped[int | None]  # of the forum, which this floor does not know
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    granted_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(foreign_keys=[member_id])

    @property
    def chain(self) -> tuple[Base, ...]:
        return self.member, self

    @property
    def lens(self) -> Lens:
        """What they look after is seen through it."""
        return Lens(self.region, self.cluster)


# Names are asked for in lower case, with all that mentions somebody.
Index("ix_members_lower_name", func.lower(Member.name))
# Looked for all day, and few.
_LEFT = (Member.erased_at.is_not(None)) & (Member.wiped_at.is_(None))
Index("ix_members_left", Member.id, sqlite_where=_LEFT, postgresql_where=_LEFT)
_ON_THE_WAY = Member.trust != Trust.REGULAR
Index(
    "ix_members_on_the_way",
    Member.weighed_at,
    sqlite_where=_ON_THE_WAY,
    postgresql_where=_ON_THE_WAY,
)


class SignIn(Base):
    """One browser that a member let in. We keep the hash; only the browser has the token."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    device: Mapped[str]  # what the browser says it is
    network: Mapped[str]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proven_at: Mapped[datetime | None]  # when they last proved who they are
    ended_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()
