"""From when on something is hidden by itself until somebody has looked: administrators set it.

Sections in house order: models, queries, actions.
"""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.database import Base, Transaction
from community.errors import Invalid
from community.members.models import Member
from community.members.policies import may_administer
from community.policies import require
from community.words import _

# Models

FEWEST, MOST = 2, 20  # reporters: one alone hides nothing by being many
HIGHEST = 100  # score
LONGEST_RUSH = 24 * 60  # minutes
OLDEST = 90  # days


class Bounds(NamedTuple):
    hide_at: int = 6  # the score
    reporters: int = 3  # who have nothing to do with each other
    rush: int = 5  # reports
    rush_minutes: int = 10  # within so many,
    rush_days: int = 7  # from accounts younger than this

    @property
    def rush_lasts(self) -> timedelta:
        return timedelta(minutes=self.rush_minutes)

    @property
    def young(self) -> timedelta:
        return timedelta(days=self.rush_days)


class Thresholds(Base):
    """The one row, once somebody has set something."""

    __tablename__ = "thresholds"

    id: Mapped[int] = mapped_column(primary_key=True)
    hide_at: Mapped[int]
    reporters: Mapped[int]
    rush: Mapped[int]
    rush_minutes: Mapped[int]
    rush_days: Mapped[int]


# Queries


def bounds_of(session: Session) -> Bounds:
    columns = [getattr(Thresholds, name) for name in Bounds._fields]
    found = session.execute(select(*columns)).one_or_none()
    return Bounds(*found) if found else Bounds()


# Actions


def change_bounds(tx: Transaction, administrator: Member, bounds: Bounds) -> None:
    """Holds from the next report on; what is hidden stays until somebody has looked."""
    require(may_administer(administrator))
    _require_sound(bounds)
    thresholds = tx.get(Thresholds, 1)
    if thresholds is None:
        tx.add(Thresholds(id=1, **bounds._asdict()))
    else:
        for name, value in bounds._asdict().items():
            setattr(thresholds, name, value)
    audit.record(tx, administrator, "site.thresholds", "site:1", **bounds._asdict())


def _require_sound(bounds: Bounds) -> None:
    if not 1 <= bounds.hide_at <= HIGHEST:
        raise Invalid(_("The score is 1 to %(most)s."), most=HIGHEST)
    if not FEWEST <= bounds.reporters <= MOST or not FEWEST <= bounds.rush <= MOST:
        raise Invalid(
            _("It takes %(least)s to %(most)s people: one alone hides nothing by being many."),
            least=FEWEST, most=MOST,
        )  # fmt: skip
    if not 1 <= bounds.rush_minutes <= LONGEST_RUSH or not 1 <= bounds.rush_days <= OLDEST:
        raise Invalid(_("A rush lasts at most a day, and an account is new for at most 90 days."))
