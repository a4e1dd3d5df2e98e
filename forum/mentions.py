"""Whom a post names: members by name, the people of an organisation, groups. Each is told of a post
at most once.

Sections in house order: queries, actions.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, Self

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.orm import Session

from community.blocks import apart_from, away_from
from community.database import Transaction
from community.errors import Invalid
from community.members.models import Appointment, Member, Role
from community.mentions import FEW, MOST_REACHED, TOO_MANY_REACHED, Mentionable, begins
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.notices.queries import told_by
from community.organisations.models import Kind, Mandate, Organisation, OrganisationCluster
from community.places import Cluster, Lens, regions_around, within
from community.text import MENTION, NOWHERE, Ways, beginnings, named, written
from forum.categories import Category, sees
from forum.following.queries import muted_by
from forum.topics.models import Post, Topic

MODERATORS = "moderator"
SENTRA = {f"sentra-{cluster}": cluster for cluster in Cluster}

# Queries


class Scene(NamedTuple):
    """Where something is written: who sees it, and whose place it is."""

    category: Category
    lens: Lens

    @classmethod
    def of(cls, topic: Topic) -> Self:
        return cls(topic.category, Lens(topic.region, topic.cluster, topic.theme))

    @classmethod
    def begun(cls, category: Category, lens: Lens) -> Self:
        """Of a topic that is being written: what is left open is taken from the category."""
        return cls(
            category,
            Lens(*(own or getattr(category, name) for name, own in lens._asdict().items())),
        )


class Called(NamedTuple):
    """Whom a text mentions: members, organisations and groups by their names, and the ways to
    them."""

    names: frozenset[str] = frozenset()
    ways: Ways = NOWHERE


def called_in(session: Session, scene: Scene, body: str) -> Called:
    """Raises as written() does."""
    return called(session, scene, written(body).mentioned) if "@" in body else Called()


def called(session: Session, scene: Scene, mentioned: Collection[str]) -> Called:
    """The same of what written() found."""
    names = names_in(session, mentioned) if mentioned else None
    return Called(names, _ways(session, scene, names)) if names else Called()


def names_in(session: Session, mentioned: Iterable[str]) -> frozenset[str]:
    """Of each the longest name, whoever bears it: to mention Siti Aminah is not to mention Siti,
    even where Siti Aminah does not hear it."""
    calls = list(mentioned)
    asked = {name for call in calls for name in beginnings(call)}
    lowered = func.lower(Member.name)
    known = {name for name in asked if name == MODERATORS or name in SENTRA}
    if asked:
        known.update(session.scalars(select(lowered).where(lowered.in_(asked))))
        open_ones = (Organisation.slug.in_(asked), Organisation.closed_at.is_(None))
        known.update(session.scalars(select(Organisation.slug).where(*open_ones)))
    return frozenset(filter(None, (named(call, known) for call in calls)))


def _ways(session: Session, scene: Scene, names: Collection[str]) -> Ways:
    """To those who see it, where nobody else is called so, and to organisations. Also to who is
    suspended: of that only they are told."""
    ways = dict.fromkeys(names, "")
    slugs = select(Organisation.slug, Organisation.id).where(
        Organisation.slug.in_(names), Organisation.closed_at.is_(None)
    )
    ways |= {slug: f"/organisations/{id}" for slug, id in session.execute(slugs)}
    lowered = func.lower(Member.name)
    alone = select(lowered, func.min(Member.id)).where(lowered.in_(names), sees(scene.category))
    only = alone.group_by(lowered).having(func.count() == 1)
    return ways | {name: f"/members/{id}" for name, id in session.execute(only)}


def reached_by(session: Session, scene: Scene, names: Collection[str]) -> set[int]:
    """Who sees the scene and bears one of these names, or is of a group called so."""
    return named_by(session, scene, names) | grouped_by(session, scene, names) if names else set()


def named_by(session: Session, scene: Scene, names: Iterable[str]) -> set[int]:
    """The same of members alone."""
    named = select(Member.id).where(func.lower(Member.name).in_(list(names)), _hears(scene))
    return set(session.scalars(named))


def grouped_by(session: Session, scene: Scene, names: Iterable[str]) -> set[int]:
    """The same of groups alone."""
    groups = [_people_of(scene, name) for name in names if name == MODERATORS or name in SENTRA]
    speaking = _speaking().where(Organisation.slug.in_(list(names)))
    people = union(*groups, speaking).subquery()
    heard = select(Member.id).where(Member.id.in_(select(people)), _hears(scene))
    return set(session.scalars(heard))


def mentionable(
    session: Session, member: Member, scene: Scene, words: str
) -> Sequence[Mentionable]:
    """A few whose names begin with these words, or have a word that does: who sees the scene, and
    no one whom a block keeps apart from the member."""
    found = _groups(session, scene, words.lower())
    found += _organisations(session, scene, words)
    return [*_members(session, member, scene, words), *found]


def _members(session: Session, member: Member, scene: Scene, words: str) -> list[Mentionable]:
    called = select(Member.name).where(
        begins(Member.name, words), sees(scene.category), Member.admitted, Member.id != member.id,
        Member.id.not_in(apart_from(member)),
    )  # fmt: skip
    names = session.scalars(called.order_by(func.length(Member.name), Member.id).limit(FEW))
    return [Mentionable(name, name) for name in names if MENTION.fullmatch(f"@{name}")]


def _organisations(session: Session, scene: Scene, words: str) -> list[Mentionable]:
    hearing = select(Member.id).where(_hears(scene))
    counted = (
        select(Organisation.slug, Organisation.name, func.count())
        .join(Mandate, and_(Mandate.organisation_id == Organisation.id, Mandate.live))
        .where(begins(Organisation.name, words), Mandate.member_id.in_(hearing))
        .where(Organisation.closed_at.is_(None))
        .group_by(Organisation.id).order_by(func.length(Organisation.name), Organisation.id)
    )  # fmt: skip
    return [Mentionable(*row) for row in session.execute(counted.limit(FEW))]


def _groups(session: Session, scene: Scene, words: str) -> list[Mentionable]:
    called = [name for name in (MODERATORS, *SENTRA) if name.startswith(words)]
    counted = [(name, len(grouped_by(session, scene, [name]))) for name in called]
    return [Mentionable(name, "", people) for name, people in counted if people]


def _people_of(scene: Scene, name: str) -> Select[int]:
    if name == MODERATORS:
        return _moderators(scene)
    inside = select(OrganisationCluster.organisation_id).where(
        OrganisationCluster.cluster == SENTRA[name]
    )
    return _speaking().where(
        Organisation.kind == Kind.INDUSTRY_REGION,
        Organisation.level > 0,
        Organisation.id.in_(inside),
        within(Organisation.region, scene.lens.region),
    )


def _moderators(scene: Scene) -> Select[int]:
    """Who look after the place."""
    return (
        select(Appointment.member_id)
        .join(Appointment.member)
        .where(
            Appointment.ended_at.is_(None),
            Appointment.region.in_(regions_around(scene.lens.region)),
            Appointment.cluster.in_({"", scene.lens.cluster}),
            or_(Appointment.category_id.is_(None), Appointment.category_id == scene.category.id),
            Member.role != Role.MEMBER,
        )
    )


def _speaking() -> Select[int]:
    return (
        select(Mandate.member_id)
        .join(Mandate.organisation)
        .where(Mandate.live, Organisation.closed_at.is_(None))
    )


def _hears(scene: Scene) -> ColumnElement[bool]:
    return and_(sees(scene.category), Member.suspended_until.is_(None))


# Actions


def tell_of_edit(tx: Transaction, post: Post, names: Collection[str], before: str) -> None:
    """Only whom it did not name before."""
    must_reach_few(tx, Scene.of(post.topic), names)
    told = told_by(tx, _link(post), (NoticeKind.REPLY, NoticeKind.MENTION))
    then = called_in(tx, Scene.of(post.topic), before).names
    reached = reached_by(tx, Scene.of(post.topic), then)
    tell_named(tx, post, names, but={post.author_id, *told, *reached})


def must_reach_few(session: Session, scene: Scene, names: Collection[str]) -> None:
    """Raises Invalid."""
    if names and len(grouped_by(session, scene, names)) > MOST_REACHED:
        raise Invalid(TOO_MANY_REACHED, most=MOST_REACHED)


def tell_named(tx: Transaction, post: Post, names: Collection[str], *, but: set[int]) -> None:
    """Who muted the topic hears of it where it names themself."""
    if not names:
        return
    topic, scene = post.topic, Scene.of(post.topic)
    members, grouped = named_by(tx, scene, names), grouped_by(tx, scene, names)
    named = (members | grouped - muted_by(tx, topic, grouped)) - but
    told = named - away_from(tx, post.author, named)
    notify(tx, told, NoticeKind.MENTION, actor=post.author, title=topic.title, link=_link(post),
           stream=topic.address, seq=post.seq)  # fmt: skip


def _link(post: Post) -> str:
    return f"/posts/{post.id}"
