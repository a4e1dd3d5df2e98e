"""Many people at once: a list (CSV, RFC 4180) is read as a whole, and every line that cannot be
invited is named with its reason, before anybody is written to.

Only administrators do this: the reasons say who is a member already.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from io import StringIO
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.addresses import canonical
from community.database import Transaction, batches
from community.errors import Conflict, Invalid
from community.invitations.actions import invite_all
from community.invitations.models import Batch, Wanted
from community.invitations.queries import batch_by, invited_already, written_to_often
from community.members.models import Member
from community.members.policies import may_administer
from community.organisations.models import MandateRole, Organisation
from community.places import Lens
from community.policies import require
from community.tickets import one_at_a_time
from community.words import _

MOST_LINES = 1_000
MOST_BYTES = 256 * 1024
LONGEST = 200  # characters of one cell
COLUMNS = ("email", "name", "region", "organisation", "role")
BETWEEN = (";", "\t")  # cells, where it is no comma
LINE_END = re.compile("\r\n|\r|\n")
FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would work out (OWASP ASVS 5.0, 1.2.10)
OFTEN = _("This address got several letters within the hour. Please try it later.")

Row = dict[str, str]


class Line(NamedTuple):
    number: int  # in the file, from 1
    row: Row


class Fault(NamedTuple):
    """Why a line is not invited, in English, and what goes into the gaps."""

    number: int
    sentence: str
    values: dict[str, Any]


class Checked(NamedTuple):
    wanted: Sequence[Wanted]
    faults: Sequence[Fault]


def decoded(data: bytes) -> str:
    """As spreadsheets write it: UTF-8, with a mark in front or without. Raises Invalid with the
    line that is not."""
    if len(data) > MOST_BYTES:
        raise Invalid(_("A list has at most 256 KiB."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(LINE_END.findall(error.object[: error.start].decode())) + 1
        sentence = _("Line %(line)s is not UTF-8. Save the list as “CSV UTF-8”.")
        raise Invalid(sentence, line=line) from error


def read_list(text: str) -> Sequence[Line]:
    """Commas, semicolons or tabs, and lines however they end; the first line says which column is
    which. Raises Invalid where the file as a whole cannot be read."""
    if len(text.encode()) > MOST_BYTES:
        raise Invalid(_("A list has at most 256 KiB."))
    text = LINE_END.sub("\n", text)
    first = text.partition("\n")[0]
    between = next((one for one in BETWEEN if one in first), ",")
    rows = csv.reader(StringIO(text), delimiter=between, strict=True)
    try:
        lines = list(_numbered(rows))
    except csv.Error as error:
        raise Invalid(
            _("Line %(line)s: a quotation mark is missing."), line=rows.line_num
        ) from error
    return _named(lines)


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


def _numbered(rows: Any) -> Iterator[tuple[int, list[str]]]:
    """With the line each row begins on: one in quotation marks may have several."""
    began = 1
    for cells in rows:
        if any(cell.strip() for cell in cells):
            yield began, [cell.strip() for cell in cells]
        began = rows.line_num + 1


def _named(rows: Sequence[tuple[int, list[str]]]) -> Sequence[Line]:
    if not rows:
        raise Invalid(_("There is nothing in the list."))
    if len(rows) > MOST_LINES + 1:
        raise Invalid(_("A list has at most %(most)s lines."), most=MOST_LINES)
    (_number, head), *rest = rows
    columns = [cell.lower().lstrip("\ufeff") for cell in head]
    if (
        "email" not in columns
        or not set(columns) <= set(COLUMNS)
        or len(set(columns)) < len(columns)
    ):
        sentence = _("The first line names the columns: %(columns)s. Only email has to be there.")
        raise Invalid(sentence, columns=", ".join(COLUMNS))
    if not rest:
        raise Invalid(_("There is nothing in the list."))
    return [Line(number, _row(columns, cells)) for number, cells in rest]


def _row(columns: Sequence[str], cells: Sequence[str]) -> Row:
    """Cells too many are kept under no name, so that the line is found wrong."""
    row = dict.fromkeys(COLUMNS, "") | dict(zip(columns, cells, strict=False))
    return row | ({"": "more"} if len(cells) > len(columns) else {})


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
