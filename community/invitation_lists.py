"""Many people at once: a list (CSV, RFC 4180) is read as a whole, and every line that cannot be
invited is named with its reason, before anybody is written to.

Only administrators do this: the reasons say who is a member already.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.addresses import canonical
from community.database import Transaction, batches
from community.errors import Conflict, Invalid
from community.invitations.actions import invite_all
from community.invitations.models import Batch, Wanted
from community.invitations.queries import batch_by, invited_already, written_to_often
from community.lists import FORMULA, Line, Row
from community.lists import read_list as read
from community.members.models import Member
from community.members.policies import may_administer
from community.organisations.models import MandateRole, Organisation
from community.places import Lens
from community.policies import require
from community.tickets import one_at_a_time
from community.words import _

LONGEST = 200  # characters of one cell
COLUMNS = ("email", "name", "region", "organisation", "role")
OFTEN = _("This address got several letters within the hour. Please try it later.")


class Fault(NamedTuple):
    """Why a line is not invited, in English, and what goes into the gaps."""

    number: int
    sentence: str
    values: dict[str, Any]


class Checked(NamedTuple):
    wanted: Sequence[Wanted]
    faults: Sequence[Fault]


def read_list(text: str) -> Sequence[Line]:
    """Raises Invalid where the file as a whole cannot be read."""
    return read(text, COLUMNS, "email")


def check_list(session: Session, administrator: Member, lines: Sequence[Line]) -> Checked:
    """What would be sent, and every line that is wrong."""
    require(may_administer(administrator))
    organisations = _organisations(session, {line.row["organisation"] for line in lines})
    times = Counter(_spelled(line.row["email"]) for line in lines)
    members, invited = _members(session, times), invited_already(session, times)
    often = written_to_often(session, times)
    wanted, faults = [], []
    for line in lines:
        try:
            one = _wanted(line.row, organisations)
            if times[one.email] > 1:
                raise Invalid(_("This address stands in the list more than once."))
            if one.email in members:
                raise Invalid(_("This address is a member's already."))
            if (one.email, one.organisation_id) in invited:
                raise Invalid(_("This address is invited already."))
            if one.email in often:
                raise Invalid(OFTEN)
            wanted.append(one)
        except Invalid as wrong:
            faults.append(Fault(line.number, wrong.sentence, wrong.values))
    return Checked(wanted, faults)


def invite_listed(
    tx: Transaction, administrator: Member, text: str, lines: Sequence[Line],
    *, key: str, a_day: int,
) -> Batch:  # fmt: skip
    """Looked through once more, for somebody may have joined meanwhile, or sent it, too. Raises
    Invalid where a line is wrong, and TooFast where they are more than the day has left."""
    require(may_administer(administrator))
    one_at_a_time(tx, "a list of invitations")
    if done := _sent_before(tx, administrator, text, key):
        return done
    checked = check_list(tx, administrator, lines)
    if checked.faults:
        raise Invalid(_("Some lines cannot be invited. Look through the list once more."))
    return invite_all(tx, administrator, checked.wanted, key=key, digest=_digest(text), a_day=a_day)


def _sent_before(session: Session, administrator: Member, text: str, key: str) -> Batch | None:
    """The same list with the same key is sent once. Raises Conflict for another list with it."""
    done = batch_by(session, administrator, key)
    if done and done.digest != _digest(text):
        raise Conflict(_("Another list was sent from this page already. Open it anew."))
    return done


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _wanted(row: Row, organisations: dict[str, int]) -> Wanted:
    if "" in row:
        raise Invalid(_("There are more cells than columns."))
    for column, cell in row.items():
        if len(cell) > LONGEST or not (cell.isprintable() and "\ufffd" not in cell):
            raise Invalid(_("What stands under %(column)s cannot be read."), column=column)
        if cell.startswith(FORMULA):
            raise Invalid(_("What stands under %(column)s looks like a formula."), column=column)
    if row["organisation"] and row["organisation"] not in organisations:
        raise Invalid(_("There is no organisation called “%(slug)s”."), slug=row["organisation"])
    if row["role"] and not row["organisation"]:
        raise Invalid(_("A role needs an organisation."))
    if row["role"] not in {"", *MandateRole}:
        raise Invalid(_("A role is one of: %(roles)s."), roles=", ".join(MandateRole))
    return Wanted(
        organisations.get(row["organisation"]),
        MandateRole(row["role"] or MandateRole.SPEAKER),
        canonical(row["email"]),
        _name(row["name"]),
        Lens.read({"region": row["region"]}).region,
    )


def _name(name: str) -> str:
    if len(name) > 60:
        raise Invalid(_("A name has at most 60 characters."))
    return name


def _spelled(email: str) -> str:
    return email.strip().lower()


def _organisations(session: Session, slugs: Iterable[str]) -> dict[str, int]:
    """Those that somebody can come to speak for."""
    called = select(Organisation.slug, Organisation.id).where(Organisation.closed_at.is_(None))
    return {
        slug: id
        for some in batches(slugs)
        for slug, id in session.execute(called.where(Organisation.slug.in_(some)))
    }


def _members(session: Session, addresses: Iterable[str]) -> set[str]:
    known = select(Member.email)
    return {
        email
        for some in batches(addresses)
        for email in session.scalars(known.where(Member.email.in_(some)))
    }
