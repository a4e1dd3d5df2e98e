"""What is asked of an applicant (applications.py), and for how long it waits (waiting.py)."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from moderation.models import Case

PATIENCE = timedelta(days=30)  # with an applicant who was asked for more
REMINDED = timedelta(days=7)  # after they were asked, and before it ends


class Question(Base):
    """What a moderator has to know of an applicant before they can decide."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    body: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()

    @property
    def chain(self) -> tuple[Base, ...]:
        return self.case.chain

    @property
    def ends_at(self) -> datetime:
        """Then the worker ends the case, if nobody has answered."""
        reminded = self.reminded_at or self.asked_at
        return max(self.asked_at + PATIENCE, reminded + REMINDED)
