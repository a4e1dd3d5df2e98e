"""The house rules a machine can check."""

import ast
import re
from pathlib import Path

import pytest

from community.audit import DETAILS
from community.bus import Event, decode, known_events
from web import app, drawing

assert app  # with it every event is known

PACKAGES = ("community", "forum", "channels", "moderation", "web")
SOURCES = [path for package in PACKAGES for path in Path(package).rglob("*.py")]
LINED = [path for path in SOURCES if "migrations/versions" not in str(path)]


@pytest.mark.parametrize("event", known_events(), ids=lambda event: event.__name__)
def test_every_event_has_a_frame(event: type[Event]) -> None:
    assert drawing.draw.dispatch(event) is not drawing.draw.dispatch(object)


def test_an_event_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError):
        decode(b'{"event":"ShipSank"}')


@pytest.mark.parametrize("path", LINED, ids=str)
def test_no_file_grows_past_three_hundred_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def test_nine_functions_of_ten_are_short() -> None:
    lengths = sorted(
        node.end_lineno - node.lineno + 1
        for path in LINED
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    )
    assert lengths[int(len(lengths) * 0.9)] <= 24


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (r"\.commit\(", {"community/database.py"}),
        (r"os\.environ", {"community/settings.py"}),
        (r"^(import|from) uvicorn\b", {"web/wire.py"}),
        (r"datetime\.now\(", {"community/clock.py"}),
        (r"\bactions\.say\(|\bsaying\.say_all\(", {"moderation/decisions/holding.py"}),
        (r"\bhide_(post|message|announcement|profile|words)\(",
         {"channels/actions.py", "forum/topics/actions.py", "moderation/subjects.py",
          "community/profiles.py", "community/organisations/actions.py",
          "forum/announcements/actions.py", "moderation/sheets.py"}),
    ],
)  # fmt: skip
def test_some_things_happen_in_one_place(words: str, allowed: set[str]) -> None:
    found = {str(path) for path in SOURCES if re.search(words, path.read_text(), re.MULTILINE)}
    assert found <= allowed


def test_what_is_written_down_for_good_is_known_by_name() -> None:
    """community/audit.py says of each detail what it holds; who adds one adds it there."""
    names = {
        keyword.arg
        for path in SOURCES
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("audit.record", "_changed")
        for keyword in call.keywords
        if keyword.arg
    }
    assert names <= set(DETAILS)
    called = Path("web/templates/moderation/log_parts.html").read_text()
    assert set(DETAILS) <= set(re.findall(r'"(\w+)": _\(', called)), "and there, what it is called"


def test_every_browser_module_mirrors_a_server_package() -> None:
    folders = {path.name for path in Path("web/static/js").iterdir() if path.is_dir()}
    assert folders <= {"community", "forum", "channels", "moderation"}
