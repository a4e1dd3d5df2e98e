"""Who is away names a deputy of the same office, from one day until another: what would come to the
one comes to the other, too, who may do what the first may do alone. A deputy acts under their own
mandate, so never does more than that allows; and nobody is deputy of a deputy.

As with mandates, what begins and ends by time the worker begins and ends, as if by hand.

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, relationship

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, Invalid, NotFound
from community.members.models import Member
from community.members.policies import may_sign_in, may_write
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.models import Mandate, MandateRole
from community.organisations.policies import may_speak_for
from community.organisations.queries import mandate_in, mandates_of
from community.policies import YES, Verdict, no, require
from community.words import _

LONGEST = timedelta(days=120)  # who is away for longer gives the mandate to somebody
AHEAD = timedelta(days=366)  # before it begins
SHOWN = 20

# Models


class Deputy(Base):
    """In force from `begun_at` until `ended_at`, as long as both have their mandates."""

    __tablename__ = "deputies"
    __table_args__ = (Index("ix_deputies_open", "ended_at", "begins_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("mandates.id"), index=True)
    present_id: Mapped[int] = mapped_column(ForeignKey("mandates.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    named_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    named_at: Mapped[datetime]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # None: by time

    absent: Mapped[Mandate] = relationship(foreign_keys=[absent_id])
    present: Mapped[Mandate] = relationship(foreign_keys=[present_id])

    @property
    def chain(self) -> tuple[Base, ...]:
        """Nothing that their standing in forbids or allows commits as it begins or ends."""
        return (*self.absent.chain, *self.present.chain, self)

    @property
    def address(self) -> str:
        return f"deputy:{self.id}"


# Policies


def may_name(member: Member, absent: Mandate, mine: Mandate | None) -> Verdict:
    """Whoever is away does it, or for who has fallen ill an owner; `mine` is the member's own
    mandate of that organisation."""
    if mine is None or (absent.id != mine.id and mine.role != MandateRole.OWNER):
        return no(_("Only they themselves and owners of the organisation do this."))
    return may_speak_for(member, mine) and may_write(member)


def may_stand_in(absent: Mandate, present: Mandate) -> Verdict:
    if absent.id == present.id:
        return no(_("Somebody else has to stand in."))
    if absent.organisation_id != present.organisation_id or not present.live:
        return no(_("A deputy speaks for the same organisation."))
    if not may_sign_in(present.member):
        return no(_("They cannot take part just now. Choose somebody else."))
    return YES


def may_end(member: Member, deputy: Deputy, mine: Mandate | None) -> Verdict:
    """Either of the two, and owners."""
    if member.id == deputy.present.member_id:
        return YES
    return may_name(member, deputy.absent, mine)


def right_dates(begins_at: datetime, ends_at: datetime, at: datetime) -> Verdict:
    if ends_at <= max(begins_at, at):
        return no(_("It would end before it begins."))
    if ends_at - begins_at > LONGEST:
        return no(_("A deputy stands in for at most %(most)s days."), most=LONGEST.days)
    if begins_at > at + AHEAD:
        return no(_("It begins within a year."))
    return YES


# Queries


def deputies_around(session: Session, member: Member) -> Sequence[Deputy]:
    """Of the organisations the member speaks for: who stands in for whom, and will."""
    around = _around(member).options(*_WHOLE)
    return session.scalars(around.order_by(Deputy.begins_at, Deputy.id).limit(SHOWN)).all()


def deputy_for(session: Session, member: Member, deputy_id: int) -> Deputy:
    """Raises NotFound, also where it is over."""
    deputy = session.scalar(_around(member).where(Deputy.id == deputy_id).options(*_WHOLE))
    if deputy is None:
        raise NotFound
    return deputy


def absent_for(session: Session, member: Member) -> frozenset[int]:
    """The ids of the members they stand in for just now."""
    absent, present = aliased(Mandate), aliased(Mandate)
    in_place = standing_in(absent, present).where(present.member_id == member.id)
    return frozenset(session.scalars(in_place.with_only_columns(absent.member_id)))


def with_deputies(
    session: Session, organisation_id: int, members: Collection[int]
) -> frozenset[int]:
    """These who speak for the organisation, and who stands in for them: whom to tell."""
    absent, present = aliased(Mandate), aliased(Mandate)
    for_them = standing_in(absent, present).where(
        absent.member_id.in_(members), absent.organisation_id == organisation_id
    )
    return frozenset(members) | {*session.scalars(for_them.with_only_columns(present.member_id))}


def standing_in(absent: type[Mandate], present: type[Mandate]) -> Select[Deputy]:
    """Those in force; both are aliases of Mandate."""
    return (
        select(Deputy)
        .join(absent, absent.id == Deputy.absent_id)
        .join(present, present.id == Deputy.present_id)
        .where(in_force(), absent.live, present.live)
    )


def in_force() -> ColumnElement[bool]:
    return Deputy.begun_at.is_not(None) & Deputy.ended_at.is_(None)


def _around(member: Member) -> Select[Deputy]:
    mine = mandates_of(member).with_only_columns(Mandate.organisation_id).order_by(None)
    absent = aliased(Mandate)
    theirs = select(Deputy).join(absent, absent.id == Deputy.absent_id)
    return theirs.where(absent.organisation_id.in_(mine), Deputy.ended_at.is_(None))


def _mandate_around(session: Session, member: Member, mandate_id: int) -> Mandate:
    """A live one of an organisation the member speaks for."""
    mine = mandates_of(member).with_only_columns(Mandate.organisation_id).order_by(None)
    found = select(Mandate).where(
        Mandate.id == mandate_id, Mandate.organisation_id.in_(mine), Mandate.live
    )
    mandate = session.scalar(found.options(joinedload(Mandate.member)))
    if mandate is None:
        raise NotFound
    return mandate


# Actions


def name_deputy(
    tx: Transaction, member: Member, absent_id: int, present_id: int,
    begins_at: datetime, ends_at: datetime, *, key: str,
) -> Deputy:  # fmt: skip
    """With the same key: the first one again. Raises Conflict where somebody stands in for them
    on one of these days already, NotFound for a mandate of others."""
    if earlier := tx.scalar(select(Deputy).where(Deputy.key == key)):
        sent = (member.id, absent_id, present_id)
        if sent != (earlier.named_by_id, earlier.absent_id, earlier.present_id):
            raise Conflict(_("This key was used for something else."))
        return earlier
    absent, present = (_mandate_around(tx, member, id) for id in (absent_id, present_id))
    mine = _held(tx, member, absent.organisation_id, *absent.chain, *present.chain)
    absent, present = (_mandate_around(tx, member, id) for id in (absent_id, present_id))
    require(may_name(member, absent, mine))
    require(may_stand_in(absent, present))
    if not (right := right_dates(begins_at, ends_at, now(tx))):
        raise Invalid(right.reason, **right.values)
    _require_free(tx, absent, present, begins_at, ends_at)
    deputy = Deputy(absent=absent, present=present, key=key, named_by_id=member.id,
                    named_at=now(tx), begins_at=begins_at, ends_at=ends_at)  # fmt: skip
    tx.add(deputy)
    tx.flush()
    audit.record(tx, member, "deputy.named", deputy.address, member=present.member_id)
    if begins_at <= now(tx):
        deputy.begun_at = now(tx)
    _tell(tx, deputy, {present.member_id, absent.member_id} - {member.id}, by=member)
    return deputy


def end_deputy(tx: Transaction, member: Member, deputy_id: int) -> None:
    deputy = deputy_for(tx, member, deputy_id)
    mine = _held(tx, member, deputy.absent.organisation_id, *deputy.chain)
    deputy = deputy_for(tx, member, deputy_id)
    require(may_end(member, deputy, mine))
    _end(tx, deputy, member)
    _tell(tx, deputy, {deputy.present.member_id, deputy.absent.member_id} - {member.id}, by=member)


def change_deputies(tx: Transaction) -> None:
    """The worker's chore: who stands in from now on, and who does not any more, by their day or
    because one of the two mandates ended."""
    absent, present = aliased(Mandate), aliased(Mandate)
    joined = (
        select(Deputy)
        .join(absent, absent.id == Deputy.absent_id)
        .join(present, present.id == Deputy.present_id)
        .where(Deputy.ended_at.is_(None))
        .order_by(Deputy.id)
    )
    ended = or_(absent.ended_at.is_not(None), present.ended_at.is_not(None))
    for deputy in each_due(tx, joined.where(or_(Deputy.ends_at <= now(tx), ended))):
        _end(tx, deputy, None)
        _tell(tx, deputy, {deputy.present.member_id, deputy.absent.member_id})
    begins = (Deputy.begun_at.is_(None), Deputy.begins_at <= now(tx))
    for deputy in each_due(tx, joined.where(*begins)):
        deputy.begun_at = now(tx)
        audit.record(tx, None, "deputy.begun", deputy.address)
        _tell(tx, deputy, {deputy.present.member_id})


def _held(tx: Transaction, member: Member, organisation_id: int, *rows: Base) -> Mandate | None:
    """These rows, with the member's own mandate of that organisation, which is answered."""
    mine = mandate_in(tx, member, organisation_id)
    tx.lock(*rows, *(mine.chain if mine else ()))
    return mandate_in(tx, member, organisation_id)


def _require_free(
    tx: Transaction, absent: Mandate, present: Mandate, begins_at: datetime, ends_at: datetime
) -> None:
    """One deputy at a time, and none who is away: nothing goes round."""
    meanwhile = select(Deputy).where(
        Deputy.ended_at.is_(None), Deputy.begins_at < ends_at, Deputy.ends_at > begins_at
    )
    if tx.scalar(meanwhile.where(Deputy.absent_id == absent.id).limit(1)):
        raise Conflict(_("Somebody stands in for them on one of these days already."))
    if tx.scalar(meanwhile.where(Deputy.absent_id == present.id).limit(1)):
        raise Conflict(_("They are away themselves on one of these days."))
    if tx.scalar(meanwhile.where(Deputy.present_id == absent.id).limit(1)):
        raise Conflict(_("They stand in for somebody else on one of these days."))


def _end(tx: Transaction, deputy: Deputy, by: Member | None) -> None:
    deputy.ended_at, deputy.ended_by_id = now(tx), by.id if by else None
    audit.record(tx, by, "deputy.ended", deputy.address)


def _tell(tx: Transaction, deputy: Deputy, whom: set[int], by: Member | None = None) -> None:
    notify(tx, whom, NoticeKind.DEPUTY, actor=by, title=deputy.absent.organisation.name,
           link="/desk/deputies")  # fmt: skip


_WHOLE = (
    joinedload(Deputy.absent).joinedload(Mandate.member),
    joinedload(Deputy.present).joinedload(Mandate.member),
)
