"""Where what a case is about stands: asked with every page of the queue."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from channels.models import Channel
from community.members.models import Member
from community.members.queries import members_within
from community.organisations.models import Organisation
from community.organisations.queries import organisations_within
from community.places import Lens
from forum.announcements.models import Announcement
from forum.categories import Category
from forum.holding import HeldPost
from forum.topics.models import Post, Topic
from moderation.models import Case, SubjectKind


def standing_in(
    topics: Select[Topic], channels: Select[Channel], lens: Lens, categories: Select[Category]
) -> ColumnElement[bool]:
    """About what is written there, or about who is seen through the lens."""
    said = _number(channels, Channel.id, Case.stream_id)
    organisation = _number(organisations_within(lens), Organisation.id, Case.subject_id)
    member = _number(members_within(lens), Member.id, Case.subject_id)
    announced = select(Announcement).where(lens.shows(Announcement))
    begun = categories.where(Category.id == HeldPost.category_id).exists()
    return about(
        in_topics(topics, and_(begun, lens.shows(HeldPost)))
        | {
            SubjectKind.MESSAGE: said,
            SubjectKind.HELD: said,
            SubjectKind.VERIFICATION: organisation,
            SubjectKind.REGISTRATION: member,
            SubjectKind.PROFILE: member,
            SubjectKind.ORGANISATION: organisation,
            SubjectKind.ANNOUNCEMENT: _number(announced, Announcement.id, Case.subject_id),
        }
    )


def read_by_few() -> ColumnElement[bool]:
    """What not every member may read, or an authority asks about."""
    restricted = select(Category).where(Category.restricted)
    topics = select(Topic).join(Topic.category).where(Category.restricted)
    begun = restricted.where(Category.id == HeldPost.category_id).exists()
    said = _number(select(Channel).where(Channel.private), Channel.id, Case.stream_id)
    shown = _number(select(Organisation), Organisation.id, Case.subject_id)
    announced = select(Announcement).where(Announcement.public.is_(False))
    few = about(
        in_topics(topics, begun)
        | {
            SubjectKind.MESSAGE: said,
            SubjectKind.HELD: said,
            SubjectKind.VERIFICATION: shown,
            SubjectKind.ANNOUNCEMENT: _number(announced, Announcement.id, Case.subject_id),
        }
    )
    return or_(Case.ordered, few)


def about(found: dict[SubjectKind, ScalarSelect[int]]) -> ColumnElement[bool]:
    """Of one of these kinds, and found there. Each case is asked about its own subject, in the
    order of the queue: to look for all that can be seen would take longer than most pages."""
    return case(found, value=Case.subject_kind).is_not(None)


def in_topics(
    topics: Select[Topic], begun: ColumnElement[bool]
) -> dict[SubjectKind, ScalarSelect[int]]:
    """Where a post stands now: it may have been moved since it was reported; where one that waits
    would stand, in one of these topics or as one that would be `begun`."""
    posts = topics.join(Post, Post.stream_id == Topic.id)
    there = topics.where(Topic.id == HeldPost.topic_id).exists()
    held = select(HeldPost).where(or_(there, and_(HeldPost.topic_id.is_(None), begun)))
    return {
        SubjectKind.POST: _number(posts, Post.id, Case.subject_id),
        SubjectKind.HELD_POST: _number(held, HeldPost.id, Case.subject_id),
    }


def _number(
    found: Select[Any], id: InstrumentedAttribute[int], number: InstrumentedAttribute[int]
) -> ScalarSelect[int]:
    """Itself, where it is found."""
    return found.where(id == number).with_only_columns(id).correlate(Case).scalar_subquery()
