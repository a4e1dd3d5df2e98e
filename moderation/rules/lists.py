"""Rules as a list: out as they stand, in with one result for each line."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from community import lists
from community.database import Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.lists import GUARD, Line
from community.lists import read_list as read
from community.members.models import Member
from community.words import _
from moderation.rules.actions import Wording, put_rule
from moderation.rules.models import Action, WordRule

COLUMNS = ("pattern", "action", "reason", "scope", "why", "in_use")
ON, OFF = "yes", "no"
LONGEST = 200  # characters of one cell


class Result(NamedTuple):
    """What became of a line: "made", "changed", "same", or a sentence why it is wrong."""

    number: int
    pattern: str
    done: str = ""
    sentence: str = ""
    values: dict[str, Any] = {}


def written(rules: Iterable[WordRule]) -> str:
    """What put_list() takes again."""
    return lists.written([COLUMNS, *map(_cells, rules)])


def read_rules(text: str) -> Sequence[Line]:
    """Raises Invalid where the list as a whole cannot be read."""
    return read(text, COLUMNS, "pattern")


def put_list(tx: Transaction, senior: Member, lines: Sequence[Line]) -> Sequence[Result]:
    """Each line for itself: what is wrong with one keeps no other from being taken. Rules that
    stand in no line stay as they are."""
    return [_put(tx, senior, line) for line in lines]


def _cells(rule: WordRule) -> Sequence[str]:
    used = ON if rule.in_use else OFF
    return rule.pattern, rule.action, rule.reason_code, rule.scope, rule.why, used


def _put(tx: Transaction, senior: Member, line: Line) -> Result:
    words = _bare(line.row["pattern"])
    try:
        return Result(line.number, words, put_rule(tx, senior, _wording(line)))
    except NotFound:
        return Result(line.number, words, sentence=_("There is no such reason."))
    except (Invalid, Denied, Conflict) as wrong:
        return Result(line.number, words, sentence=wrong.sentence, values=wrong.values)


def _wording(line: Line) -> Wording:
    row = {name: _bare(cell) for name, cell in line.row.items()}
    if "" in row:
        raise Invalid(_("There are more cells than columns."))
    if any(len(cell) > LONGEST or not cell.isprintable() for cell in row.values()):
        raise Invalid(_("There is a cell that cannot be read, or is too long."))
    if row["action"] not in {*Action}:
        raise Invalid(_("The action is one of: %(actions)s."), actions=", ".join(Action))
    if row["in_use"] not in {"", ON, OFF}:
        raise Invalid(_("In use is yes or no."))
    return Wording(row["pattern"], Action(row["action"]), row["reason"], row["scope"], row["why"],
                   row["in_use"] != OFF)  # fmt: skip


def _bare(cell: str) -> str:
    return cell.removeprefix(GUARD)
