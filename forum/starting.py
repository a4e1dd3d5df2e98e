"""What was started since a list was drawn: lists say how many, also after a line that was broken.

They are drawn with a position, as streams are with a rev. The newest id alone is none: a topic with
a smaller one may be committed later.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Moment
from community.members.models import Member
from community.members.queries import asked_by, built
from community.places import Lens
from forum.categories import LISTED, category_called
from forum.topics.models import Topic
from forum.topics.queries import topics_of

SETTLED = timedelta(seconds=30)  # what was started by then is committed, or never will be
MOST = 100  # of which a list is told; there are so many, or more


class Position(NamedTuple):
    after: int  # the id of the last topic before which all were there
    known: Sequence[int]  # the ids of those behind it that were there, too


def position_of(session: Session, reader: Member) -> Position:
    """Of a list that is drawn now."""
    settled = {"settled": now(session) - SETTLED}
    behind = session.scalars(_behind(reader), asked_by(reader) | settled)
    after, *known = behind.all() or [0]
    return Position(after, known)


@built
def _behind(reader: Member | None) -> Select[int]:
    seen = topics_of(reader).where(LISTED).with_only_columns(Topic.id)
    settled = seen.where(Topic.started_at <= bindparam("settled", type_=Moment))
    last = settled.order_by(Topic.started_at.desc(), Topic.id.desc()).limit(1).scalar_subquery()
    return seen.where(Topic.id >= func.coalesce(last, 0)).order_by(Topic.id).limit(MOST)


def started_after(
    session: Session, reader: Member, after: int, lens: Lens, slug: str = ""
) -> Sequence[Topic]:
    """In the lens and the category, with those that were known. What was split off is as old as
    what it was made of."""
    began = select(Topic.started_at).where(Topic.id == after).scalar_subquery()
    started = topics_of(reader).where(
        Topic.id > after, Topic.started_at >= func.coalesce(began, Topic.started_at),
        lens.shows(Topic), LISTED,
    )  # fmt: skip
    if slug:
        started = started.where(Topic.category_id == category_called(session, reader, slug).id)
    return session.scalars(started.order_by(Topic.id).limit(MOST)).all()
