"""An organisation that closes takes along what is open about it in the queue."""

from datetime import datetime

from sqlalchemy import select

from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.members.policies import may_administer, may_write
from community.organisations import closing
from community.organisations.holding import hold_with_people
from community.organisations.models import Organisation
from community.organisations.policies import may_go_on, may_lead
from community.organisations.queries import (
    mandate_in,
    organisation_for,
    organisation_owned,
    owners_of,
)
from community.policies import require
from community.restrictions import out_until
from community.site import is_read_only
from moderation.decisions.deciding import end_by_itself
from moderation.models import SubjectKind
from moderation.queries import open_case_about, the_queue
from moderation.reasons import CLOSED


def close(tx: Transaction, owner: Member, organisation_id: int) -> Organisation:
    """At once by whoever owns it alone; with other owners once they had time to object."""
    organisation = organisation_owned(tx, owner, organisation_id)
    _hold_with_queue(tx, organisation)
    organisation = organisation_owned(tx, owner, organisation_id)
    require(may_write(owner))
    if closing.who_may_object(tx, organisation) - {owner.id}:
        closing.begin_closing(tx, owner, organisation)
    else:
        _end(tx, organisation, owner)
    return organisation


def close_by_order(
    tx: Transaction, administrator: Member, organisation_id: int, because: str
) -> Organisation:
    """For a reason that everybody reads."""
    require(may_administer(administrator))
    organisation = organisation_for(tx, administrator, organisation_id)
    _hold_with_queue(tx, organisation)
    require(may_go_on(organisation))
    _end(tx, organisation, administrator, because)
    return organisation


# What time does: the worker's chore.


def close_due(tx: Transaction) -> None:
    """Those whose other owners did not object in time, though they could."""
    due = select(Organisation).where(Organisation.closing_at <= now(tx))
    for organisation in each_due(tx, due, _hold_with_queue):
        if not _still_wanted(tx, organisation):
            closing.stop_closing(tx, organisation, None)
        elif (last := _could_object(tx, organisation) + closing.TO_OBJECT) > now(tx):
            organisation.closing_at = last
        else:
            _end(tx, organisation, None)


def _hold_with_queue(tx: Transaction, organisation: Organisation) -> None:
    hold_with_people(tx, organisation, the_queue(tx))


def _still_wanted(tx: Transaction, organisation: Organisation) -> bool:
    """By whoever began it, while they own it and may come in."""
    began = tx.get_one(Member, organisation.closing_by_id)
    return bool(may_lead(began, mandate_in(tx, began, organisation.id)))


def _could_object(tx: Transaction, organisation: Organisation) -> datetime:
    """Since when all of them could: whoever was suspended has their week afterwards, and so has
    everybody where nothing could be written."""
    assert organisation.closing_at
    if is_read_only(tx):
        return now(tx)
    began = organisation.closing_at - closing.TO_OBJECT
    return max(
        [began, *(out_until(tx, one.member_id) or began for one in owners_of(tx, organisation))]
    )


def _end(tx: Transaction, organisation: Organisation, by: Member | None, because: str = "") -> None:
    """The queue is held, in which nothing about it can change."""
    closing.end(tx, organisation, by, because)
    if case := open_case_about(tx, SubjectKind.VERIFICATION, organisation.id):
        end_by_itself(tx, case, organisation, CLOSED)
