"""Who answers what: an office says which of its people looks after which theme, cluster or region,
and questions to it are given to them.

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from community import audit
from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.models import Member
from community.members.policies import may_sign_in, may_write
from community.organisations.models import Mandate
from community.organisations.policies import may_lead
from community.organisations.queries import mandate_in, mandates_of, organisation_for
from community.places import Lens, Placed, regions_around
from community.policies import Verdict, require
from community.words import _

MOST = 100  # lines of one office

# Models


class Field(Placed, Base):
    """What somebody of an office looks after; an empty part means all of it."""

    __tablename__ = "fields_of_answering"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandates.id"))
    key: Mapped[str] = mapped_column(unique=True)
    given_at: Mapped[datetime]

    mandate: Mapped[Mandate] = relationship()

    @property
    def address(self) -> str:
        return f"field:{self.id}"

    @property
    def lens(self) -> Lens:
        return Lens(self.region, self.cluster, self.theme)

    @property
    def precision(self) -> tuple[int, int, int]:
        """Of two that fit, the one that says more is meant; the older one where both say as
        much."""
        axes = sum(bool(one) for one in self.lens)
        return axes, len(self.region), -self.id


# Policies


def may_share_out(member: Member, mandate: Mandate | None) -> Verdict:
    """`mandate`: the member's own of that office."""
    return may_lead(member, mandate) and may_write(member)


# Queries


def fields_for(
    session: Session, member: Member, organisation_id: int
) -> tuple[Mandate, Sequence[Field]]:
    """For whoever speaks for it, with the mandate they do so by. Of who speaks for it no more there
    is no field. Raises Denied for others."""
    mandate = mandate_in(session, member, organisation_id)
    if mandate is None:
        organisation_for(session, member, organisation_id)
        raise Denied(_("Only who speaks for the organisation sees this."))
    found = _live(organisation_id).order_by(Field.theme, Field.cluster, Field.region, Field.id)
    return mandate, session.scalars(found.options(_WITH_MEMBER)).all()


def who_answers(session: Session, organisation_id: int, place: Lens) -> Mandate | None:
    """Whom a question about this place is given to; none where nobody looks after it, so that an
    owner has to say who."""
    fitting = _live(organisation_id).where(
        Field.region.in_(regions_around(place.region)),
        Field.cluster.in_({"", place.cluster}),
        Field.theme.in_({"", place.theme}),
    )
    fields = session.scalars(fitting.options(_WITH_MEMBER)).all()
    there = [one for one in fields if may_sign_in(one.mandate.member)]
    best = max(there, key=lambda one: one.precision, default=None)
    return best.mandate if best else None


def field_for(session: Session, member: Member, field_id: int) -> Field:
    mine = mandates_of(member).with_only_columns(Mandate.organisation_id).order_by(None)
    found = select(Field).where(Field.id == field_id, Field.organisation_id.in_(mine))
    field = session.scalar(found)
    if field is None:
        raise NotFound
    return field


def _live(organisation_id: int) -> Select[Field]:
    theirs = select(Field).join(Mandate, Mandate.id == Field.mandate_id)
    return theirs.where(Field.organisation_id == organisation_id, Mandate.live)


# Actions


def give_field(
    tx: Transaction, owner: Member, organisation_id: int, mandate_id: int, place: Lens, *, key: str
) -> Field:
    """With the same key: the first one again. Giving somebody what they have already changes
    nothing."""
    if earlier := tx.scalar(select(Field).where(Field.key == key)):
        sent = (organisation_id, mandate_id, place)
        if sent != (earlier.organisation_id, earlier.mandate_id, earlier.lens):
            raise Conflict(_("This key was used for something else."))
        require(may_share_out(owner, mandate_in(tx, owner, organisation_id)))
        return earlier
    organisation = tx.hold(organisation_for, owner, organisation_id)
    require(may_share_out(owner, mandate_in(tx, owner, organisation.id)))
    whose = select(Mandate).where(Mandate.id == mandate_id, Mandate.live)
    mandate = tx.scalar(whose.where(Mandate.organisation_id == organisation.id))
    if mandate is None:
        raise Invalid(_("They do not speak for this organisation."))
    same = _live(organisation.id).where(
        Field.mandate_id == mandate.id, Field.region == place.region,
        Field.cluster == place.cluster, Field.theme == place.theme,
    )  # fmt: skip
    if already := tx.scalar(same.limit(1)):
        return already
    lines = select(func.count()).where(Field.organisation_id == organisation.id)
    if tx.scalars(lines).one() >= MOST:
        raise Invalid(_("An office has at most %(most)s lines here."), most=MOST)
    field = Field(organisation_id=organisation.id, mandate=mandate, key=key, given_at=now(tx),
                  **place._asdict())  # fmt: skip
    tx.add(field)
    tx.flush()
    audit.record(tx, owner, "field.given", field.address, member=mandate.member_id)
    return field


def take_field(tx: Transaction, owner: Member, field_id: int) -> int:
    """What was given to them already stays with them. Answers whose office it was."""
    field = field_for(tx, owner, field_id)
    tx.lock(field, organisation_for(tx, owner, field.organisation_id))
    field = field_for(tx, owner, field_id)
    require(may_share_out(owner, mandate_in(tx, owner, field.organisation_id)))
    audit.record(tx, owner, "field.taken", field.address)
    tx.delete(field)
    return field.organisation_id


_WITH_MEMBER = joinedload(Field.mandate).joinedload(Mandate.member)
