"""S33: no spreadsheet works out what a member wrote: in every list that leaves the house, what
begins as a formula does stands as words."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from community.database import Transaction
from community.lists import FORMULA, GUARD, read_list, written
from community.members.models import Member
from moderation.rules.actions import Wording, make_rule
from moderation.rules.models import Action
from tests.cast import ADA, EVA
from tests.conftest import Town
from tests.doors import SAFE, doors
from tests.moderation.reporting import as_, judge, reported

ROOT = Path(__file__).parents[2]
FLOORS = ("community", "forum", "channels", "moderation", "web")
SUM = "SUM(A1:A9)"
ONLY_HERE = {"community/lists.py"}


@pytest.mark.parametrize("begun", FORMULA)
def test_a_cell_that_begins_as_a_formula_is_words(begun: str) -> None:
    (row,) = csv.reader(StringIO(written([(f"{begun}{SUM}", "rope", -1)])))
    assert row == [f"{GUARD}{begun}{SUM}", "rope", "-1"]  # a number of ours stays one


def test_what_we_write_is_read_again_as_it_was() -> None:
    cells = ("a, b", 'say "ahoy"', "two\nlines")
    (line,) = read_list(written([("one", "two", "three"), cells]), ("one", "two", "three"), "one")
    assert tuple(line.row.values()) == cells


def test_there_is_one_place_where_lists_are_written() -> None:
    python = (file for floor in FLOORS for file in (ROOT / floor).rglob("*.py"))
    writing = {str(file.relative_to(ROOT)) for file in python if "csv.writer" in file.read_text()}
    assert writing == ONLY_HERE


async def test_no_list_behind_any_door_has_a_formula_in_it(town: Town) -> None:
    """Where a name, a rule and a code begin as one."""
    await judge(town.db, ADA, (await reported(town.db))[1])
    await town.db.act(_called)
    rule = Wording(f"={SUM}", Action.FLAG, "spam", why=f"@{SUM}")
    await as_(town.db, EVA, make_rule, rule)
    lists = dict[str, str]()
    for door in (door for door in doors() if door.method in SAFE and not door.params):
        for sheet in ("load", "moderators"):
            answer = await town.fay.get(f"{door.path}?{door.filled(sheet=sheet).decode()}")
            if answer.headers.get("content-type", "").startswith("text/csv"):
                lists[f"{door.path} {sheet}"] = answer.text
    lists["log"] = (await town.fay.post("/moderation/log/file")).text
    assert {name.split()[0] for name in lists} == {
        "/moderation/numbers.csv", "/moderation/words/list.csv", "/rules/report.csv", "log",
    }  # fmt: skip
    for name, text in lists.items():
        cells = [cell for row in csv.reader(StringIO(text)) for cell in row]
        assert cells and not [cell for cell in cells if cell.startswith(FORMULA)], name
    for word in (f"{GUARD}={SUM}", f"{GUARD}@{SUM}", f"{GUARD}+{SUM}"):
        assert word in "".join(lists.values())


def _called(tx: Transaction) -> None:
    """Names of members have no signs in them today."""
    tx.get_one(Member, ADA).name = f"+{SUM}"
