"""What visitors see of the forum, for those who read it elsewhere: in feeds, by search engines, on
the cards of links.

Everything here is asked as a visitor asks it, whoever wants it: it goes where nobody signs in.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from community.organisations.models import Mandate, Organisation
from community.places import Lens
from community.text import plain
from forum.categories import LISTED, category_called
from forum.readings import STANDING
from forum.tags import tag_called, tagged
from forum.topics.models import Post, Topic
from forum.topics.queries import topic_for, topics_of

NEWEST = 20  # entries of a feed
PART = 2_000  # ids of one part of the map; some of them are of what nobody sees

Placed = tuple[int, datetime]  # an id, and when what it names last changed


def newest_topics(session: Session, lens: Lens, slug: str = "", tag: str = "") -> Sequence[Post]:
    """The posts they were started with, as far as those still say something."""
    started = _posts().where(Post.seq == 1, LISTED, lens.shows(Topic))
    if slug:
        started = started.where(Topic.category_id == category_called(session, None, slug).id)
    if tag:
        started = started.where(Topic.id.in_(tagged(tag_called(session, None, tag))))
    return session.scalars(started.order_by(Topic.id.desc()).limit(NEWEST)).all()


def newest_posts(session: Session, topic_id: int) -> tuple[Topic, Sequence[Post]]:
    topic = topic_for(session, None, topic_id)
    said = _posts().where(Topic.id == topic.id).order_by(Post.seq.desc())
    return topic, session.scalars(said.limit(NEWEST)).all()


def begun_by(session: Session, topic_id: int) -> tuple[Topic, str]:
    """With the name of the organisation in whose name it was started, if it was."""
    topic = topic_for(session, None, topic_id)
    speaking = select(Organisation.name).join(Mandate, Mandate.organisation_id == Organisation.id)
    first = speaking.join(Post, Post.mandate_id == Mandate.id)
    named = first.where(Post.stream_id == topic.id, Post.seq == 1, *STANDING)
    return topic, session.scalar(named) or ""


def first_words_of(session: Session, topic: Topic) -> str:
    """How the topic begins, without marks; empty where visitors do not read it."""
    if topic.category.restricted:
        return ""
    first = select(Post.body).where(Post.stream_id == topic.id, Post.seq == 1, *STANDING)
    return plain(session.scalar(first) or "", 200)


def parts_of_topics(session: Session) -> int:
    newest = topics_of(None).with_only_columns(Topic.id).order_by(Topic.id.desc()).limit(1)
    return _parts(session.scalar(newest))


def topics_in_part(session: Session, part: int) -> Sequence[Placed]:
    first = part * PART
    within = topics_of(None).where(Topic.id > first, Topic.id <= first + PART).order_by(Topic.id)
    rows = session.execute(within.with_only_columns(Topic.id, Topic.moved_at))
    return [(id, moved_at) for id, moved_at in rows]


def parts_of_organisations(session: Session) -> int:
    return _parts(session.scalar(select(func.max(Organisation.id))))


def organisations_in_part(session: Session, part: int) -> Sequence[int]:
    """Those of the directory."""
    first = part * PART
    within = select(Organisation.id).where(Organisation.id > first, Organisation.id <= first + PART)
    there = within.where(Organisation.closed_at.is_(None)).order_by(Organisation.id)
    return session.scalars(there).all()


def _parts(last: int | None) -> int:
    return ((last or 0) + PART - 1) // PART


def _posts() -> Select[Post]:
    seen = topics_of(None).with_only_columns(Topic.id)
    return (
        select(Post)
        .join(Post.topic)
        .join(Topic.category)
        .options(contains_eager(Post.topic).contains_eager(Topic.category))
        .where(Topic.id.in_(seen), *STANDING)
    )
