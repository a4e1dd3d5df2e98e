"""Lists as spreadsheets write them (CSV, RFC 4180), read as a whole: every line with its number."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any, NamedTuple

from community.errors import Invalid
from community.words import _

MOST_LINES = 1_000
MOST_BYTES = 256 * 1024
BETWEEN = (";", "\t")  # cells, where it is no comma
LINE_END = re.compile("\r\n|\r|\n")
FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would work out (OWASP ASVS 5.0, 1.2.10)
GUARD = "'"  # before that, it is words

Row = dict[str, str]


class Line(NamedTuple):
    number: int  # in the file, from 1
    row: Row


def written(rows: Iterable[Iterable[object]]) -> str:
    """A list of ours, the one way there is: no cell of it is a formula."""
    text = StringIO()
    csv.writer(text).writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue()


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


def read_list(text: str, columns: Sequence[str], needed: str) -> Sequence[Line]:
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
    return _named(lines, columns, needed)


def _guarded(cell: object) -> object:
    return f"{GUARD}{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _numbered(rows: Any) -> Iterator[tuple[int, list[str]]]:
    """With the line each row begins on: one in quotation marks may have several."""
    began = 1
    for cells in rows:
        if any(cell.strip() for cell in cells):
            yield began, [cell.strip() for cell in cells]
        began = rows.line_num + 1


def _named(
    rows: Sequence[tuple[int, list[str]]], known: Sequence[str], needed: str
) -> Sequence[Line]:
    if not rows:
        raise Invalid(_("There is nothing in the list."))
    if len(rows) > MOST_LINES + 1:
        raise Invalid(_("A list has at most %(most)s lines."), most=MOST_LINES)
    (_number, head), *rest = rows
    columns = [cell.lower().lstrip("\ufeff") for cell in head]
    if needed not in columns or not set(columns) <= set(known) or len(set(columns)) < len(columns):
        sentence = _(
            "The first line names the columns: %(columns)s. Only %(needed)s has to be there."
        )
        raise Invalid(sentence, columns=", ".join(known), needed=needed)
    if not rest:
        raise Invalid(_("There is nothing in the list."))
    return [Line(number, _row(known, columns, cells)) for number, cells in rest]


def _row(known: Sequence[str], columns: Sequence[str], cells: Sequence[str]) -> Row:
    """Cells too many are kept under no name, so that the line is found wrong."""
    row = dict.fromkeys(known, "") | dict(zip(columns, cells, strict=False))
    return row | ({"": "more"} if len(cells) > len(columns) else {})
