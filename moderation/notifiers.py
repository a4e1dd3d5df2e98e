"""Who reported something without an account. Moderators alone learn who they are, and we forget it
in time; outsiders.py has what they do."""

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base


class Notifier(Base):
    """Who reported from outside, once they have proven their address."""

    __tablename__ = "notifiers"

    id: Mapped[str] = mapped_column(primary_key=True)  # 256 random bits; their letters prove it
    address: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    locale: Mapped[str]
    right: Mapped[str]  # that they say is theirs
    pages: Mapped[list[str]] = mapped_column(JSON)  # that they named
    proven_at: Mapped[datetime] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]
