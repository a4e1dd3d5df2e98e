from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base


class Level(StrEnum):
    """How much a member wants to hear of a topic."""

    MUTED = "muted"  # nothing counts as unread, and only mentions make a notice
    NORMAL = "normal"  # what is written after they have opened it counts as unread
    FOLLOWING = "following"  # it counts also before they have opened it


class TopicLevel(Base):
    """What a member chose for one topic. It wins over that of its category."""

    __tablename__ = "topic_levels"
    __table_args__ = (Index("ix_topic_levels_topic", "topic_id"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True)
    level: Mapped[str]


class CategoryLevel(Base):
    """Wins over that of a lens. Who follows hears of topics that were started `since`."""

    __tablename__ = "category_levels"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), primary_key=True)
    level: Mapped[str]
    since: Mapped[datetime]


class LensLevel(Base):
    """Of all lenses that hold a topic the narrowest decides: first by its region, then by its
    cluster, then by its theme."""

    __tablename__ = "lens_levels"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    region: Mapped[str] = mapped_column(String(5), primary_key=True)
    cluster: Mapped[str] = mapped_column(String(20), primary_key=True)
    theme: Mapped[str] = mapped_column(String(20), primary_key=True)
    level: Mapped[str]
    since: Mapped[datetime]
