"""Where topics live: categories with a place in the lens, some for certain holders only.

Sections in house order: models, events, queries, actions.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Select,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.bus import Event
from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, Invalid, NotFound
from community.members.models import Member, Role
from community.members.policies import may_administer
from community.members.queries import asked_by, built
from community.organisations.models import Kind, Mandate, Organisation
from community.organisations.queries import verified_kinds_of
from community.places import Lens, Placed
from community.policies import require
from community.words import _
from forum.announcements import readers

# Models


class Category(Placed, Base):
    """`restricted` to those with one of its admissions; else visitors read it, too."""

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    restricted: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None]  # no new topics
    # Under which it is (forum/discussions.py): who reads that reads this, and no list has it.
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("announcements.id"), unique=True)
    # Whose speakers alone answer what others ask; None: everybody answers.
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))


class Admission(Base):
    """Who may see a restricted category: a role, or whoever speaks for a kind of organisation."""

    __tablename__ = "category_admissions"

    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(primary_key=True)  # "role:moderator", "kind:government"


# Of which there are lists and pages: the others belong to their announcements.
LISTED = Category.announcement_id.is_(None)
HOLDERS = [
    *(f"role:{role}" for role in Role if role != Role.MEMBER),
    *(f"kind:{kind}" for kind in Kind),
]

# Events


class CategoryRestricted(Event, frozen=True, kw_only=True):
    """Who hears of its new topics is decided anew."""

    category_id: int

    @property
    def stream(self) -> str:
        return f"category:{self.category_id}"


# Queries


def categories_of(reader: Member | None) -> Select[Category]:
    """What about topics is asked starts here, so nothing can show too much."""
    if reader is None:
        return select(Category).where(Category.restricted.is_(False))
    shown = or_(
        Category.restricted.is_(False),
        *(Category.announcement_id.in_(told) for told in readers.told_to(reader)),
        Category.announcement_id.in_(readers.announced_by(reader)),
    )
    if reader.administers:
        return select(Category).where(or_(Category.announcement_id.is_(None), shown))
    kinds = verified_kinds_of(reader).with_only_columns(literal("kind:") + Organisation.kind)
    admitted = select(Admission.category_id).where(
        or_(Admission.holder == literal("role:") + reader.role, Admission.holder.in_(kinds))
    )
    return select(Category).where(or_(shown, Category.id.in_(admitted)))


def categories_seen_by(
    session: Session, members: Iterable[Member], kinds: Mapping[int, Collection[str]]
) -> dict[int, Sequence[int]]:
    """Their ids, by member. Who sees what is a matter of the role and of the kinds of verified
    organisation spoken for (`kinds`, by member): members alike in both are asked for once."""
    alike: dict[tuple[str, Collection[str]], list[Member]] = defaultdict(list)
    for member in members:
        alike[member.role, tuple(kinds[member.id])].append(member)
    return {
        member.id: seen
        for some in alike.values()
        for seen in [session.scalars(_ids_for(some[0]), asked_by(some[0])).all()]
        for member in some
    }


@built
def _ids_for(member: Member) -> Select[int]:
    return categories_of(member).where(LISTED).with_only_columns(Category.id)


def sees(category: Category) -> ColumnElement[bool]:
    """Which members see it: categories_of, asked the other way round."""
    if not category.restricted:
        return true()
    if category.announcement_id:
        return readers.reads(category.announcement_id)
    holders = select(Admission.holder).where(Admission.category_id == category.id)
    speaks = (
        select(Mandate.member_id)
        .join(Mandate.organisation)
        .where(
            Mandate.live,
            Organisation.level > 0,
            (literal("kind:") + Organisation.kind).in_(holders),
        )
    )
    return or_(
        Member.role == Role.ADMINISTRATOR,
        (literal("role:") + Member.role).in_(holders),
        Member.id.in_(speaks),
    )


def categories_listed(session: Session, reader: Member | None) -> Sequence[Category]:
    return session.scalars(_in_order(reader), asked_by(reader)).all()


def category_for(session: Session, reader: Member | None, category_id: int) -> Category:
    category = session.scalar(_one(reader), asked_by(reader) | {"category": category_id})
    if category is None:
        raise NotFound
    return category


def category_called(session: Session, reader: Member | None, slug: str) -> Category:
    category = session.scalar(_called(reader), asked_by(reader) | {"slug": slug})
    if category is None:
        raise NotFound
    return category


@built
def _in_order(reader: Member | None) -> Select[Category]:
    return categories_of(reader).where(LISTED).order_by(Category.position, Category.name)


@built
def _one(reader: Member | None) -> Select[Category]:
    return categories_of(reader).where(LISTED, Category.id == bindparam("category"))


@built
def _called(reader: Member | None) -> Select[Category]:
    return categories_of(reader).where(LISTED, Category.slug == bindparam("slug"))


def category_among(categories: Iterable[Category], slug: str) -> Category:
    """Raises NotFound."""
    for category in categories:
        if category.slug == slug:
            return category
    raise NotFound


def admissions(session: Session) -> dict[int, set[str]]:
    """The holders of every restricted category, by its id."""
    holders: dict[int, set[str]] = {}
    for admission in session.scalars(select(Admission)):
        holders.setdefault(admission.category_id, set()).add(admission.holder)
    return holders


# Actions


def open_category(
    tx: Transaction, administrator: Member, slug: str, name: str, about: str, place: Lens
) -> Category:
    """Open to everybody at first."""
    require(may_administer(administrator))
    if tx.scalar(select(Category).where(Category.slug == slug)):
        raise Conflict(_("There is a category with this address already."))
    last = tx.scalar(select(func.max(Category.position))) or 0
    category = Category(slug=slug, name=name, about=about, position=last + 1, **place._asdict())
    tx.add(category)
    tx.flush()
    audit.record(tx, administrator, "category.opened", f"category:{category.id}")
    return category


def change_category(
    tx: Transaction, administrator: Member, category_id: int, name: str, about: str, place: Lens
) -> Category:
    require(may_administer(administrator))
    category = tx.hold(category_for, administrator, category_id)
    category.name, category.about = name, about
    category.region, category.cluster, category.theme = place
    audit.record(tx, administrator, "category.changed", f"category:{category.id}")
    return category


def move_category(
    tx: Transaction, administrator: Member, category_id: int, places: int
) -> Category:
    """So many places down the list of all, up where it is negative."""
    require(may_administer(administrator))
    category = category_for(tx, administrator, category_id)
    tx.lock(*categories_listed(tx, administrator))
    order = list(categories_listed(tx, administrator))
    place = order.index(category)
    order.insert(max(place + places, 0), order.pop(place))
    for position, each in enumerate(order, 1):
        each.position = position
    audit.record(tx, administrator, "category.moved", f"category:{category.id}", places=places)
    return category


def restrict_category(
    tx: Transaction, administrator: Member, category_id: int, holders: Iterable[str]
) -> Category:
    """To these holders; to nobody in particular opens it. Open pages come back and hear what they
    may; a topic or a list they still show is found out within five seconds."""
    require(may_administer(administrator))
    category = tx.hold(category_for, administrator, category_id)
    wanted = set(holders)
    if wanted - set(HOLDERS):
        raise Invalid(_("There is no such role or kind of organisation."))
    for admission in tx.scalars(select(Admission).where(Admission.category_id == category.id)):
        tx.delete(admission)
    tx.flush()
    tx.add_all(Admission(category_id=category.id, holder=holder) for holder in wanted)
    category.restricted = bool(wanted)
    audit.record(
        tx, administrator, "category.restricted", f"category:{category.id}", holders=sorted(wanted)
    )
    tx.publish(CategoryRestricted(category_id=category.id))
    return category


def archive_category(tx: Transaction, administrator: Member, category_id: int) -> Category:
    """No new topics; those that are there go on."""
    require(may_administer(administrator))
    category = tx.hold(category_for, administrator, category_id)
    if category.archived_at is None:
        category.archived_at = now(tx)
        audit.record(tx, administrator, "category.archived", f"category:{category.id}")
    return category


def unarchive_category(tx: Transaction, administrator: Member, category_id: int) -> Category:
    require(may_administer(administrator))
    category = tx.hold(category_for, administrator, category_id)
    if category.archived_at:
        category.archived_at = None
        audit.record(tx, administrator, "category.unarchived", f"category:{category.id}")
    return category
