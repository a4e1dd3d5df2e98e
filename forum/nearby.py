"""What is new in the places of a member."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Integer, Select, String, bindparam, false, or_
from sqlalchemy.orm import Session

from community.blocks import avoided_by
from community.clock import now
from community.database import Moment
from community.members.models import Member
from community.members.queries import asked_by, built
from community.places import Lens
from forum.categories import LISTED
from forum.following.models import Level
from forum.following.queries import level_for
from forum.readings import opened_by
from forum.topics.models import Topic
from forum.topics.queries import topics_of

LATELY = timedelta(days=90)  # what was started before is no news


def new_in_lens(
    session: Session, member: Member, clusters: Sequence[str], most: int
) -> Sequence[Topic]:
    """The newest of late of their province and clusters: not opened yet, not muted, and not by whom
    they avoid. Nothing for who named neither."""
    if not member.region and not clusters:
        return []
    asked = asked_by(member) | {"clusters": clusters, "most": most, "since": now(session) - LATELY}
    return session.scalars(_new_in(member, member.region[:2]), asked).all()


@built
def _new_in(member: Member, province: str) -> Select[Topic]:
    near = Lens(province).shows(Topic) if province else false()
    clusters = bindparam("clusters", expanding=True, type_=String)
    late = Topic.started_at >= bindparam("since", type_=Moment)
    new = topics_of(member).where(LISTED, late, or_(near, Topic.cluster.in_(clusters)))
    new = new.where(Topic.id.not_in(opened_by(member)), Topic.starter_id.not_in(avoided_by(member)))
    new = new.where(level_for(member) != Level.MUTED)
    return new.order_by(Topic.started_at.desc(), Topic.id.desc()).limit(
        bindparam("most", type_=Integer)
    )
