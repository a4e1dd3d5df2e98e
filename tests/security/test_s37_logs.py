"""S37: what is written down: every request once, nothing secret, nobody's forgeries (also F36)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from community.clock import now
from community.database import Transaction
from community.notices.models import Notice
from tests.cast import BO, PASSWORD, email
from tests.conftest import Town
from web.logs import LONGEST, formatter


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """As they go to a file."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter(plain=False))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


async def test_every_request_is_one_line_with_a_number_and_no_query(
    town: Town, lines: io.StringIO
) -> None:
    answer = await town.cy.get("/topics?region=32.05")
    (line,) = _answered(lines)
    assert line["request"] == answer.headers["x-request-id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/topics", 200)
    assert line["ms"] > 0 and line["timestamp"].endswith("Z")


async def test_no_password_no_token_and_nothing_that_was_written_gets_into_the_log(
    town: Town, lines: io.StringIO
) -> None:
    await town.visitor.post("/sign-in", email=email(BO), password=PASSWORD, next="/topics")
    await town.visitor.post("/sign-in", email=email(BO), password="wrong-canary")
    await town.bo.get("/topics?words=canary")
    await town.bo.post("/channels/7/messages", body="a canary sings", key="k1")
    await town.bo.post("/channels/7/messages", body="a canary sings again", key="k1")
    await town.bo.post("/channels/7/messages", body="canary\0", key="k2")
    async with town.bo.tab() as bo:
        await bo.say("another canary", "k3")
    assert len(_answered(lines)) >= 6
    written = "\n".join(map(str, _all(lines)))
    for secret in (PASSWORD, "canary", town.bo.token, email(BO), town.settings.secret().decode()):
        assert secret not in written


async def test_the_page_of_our_mistake_shows_the_number_of_its_line(
    town: Town, lines: io.StringIO
) -> None:
    await town.db.act(_break_the_notices_of, BO)
    page = await town.bo.get("/notices")
    assert page.status_code == 500
    number = page.headers["x-request-id"]
    assert number in page.text and "Traceback" not in page.text
    (failure,) = [line for line in _all(lines) if line["event"] == "failed"]
    assert failure["request"] == number
    assert failure["level"] == "error" and "KeyError" in failure["exception"]


@pytest.mark.parametrize("plain", [True, False])
def test_a_line_stays_one_line_and_says_nothing_to_the_terminal(plain: bool) -> None:
    forged = 'ahoy\n{"event": "signed in as Fay"}\r\x1b[2J\x07\u2028end'
    written = formatter(plain=plain).format(_record("said: %s", forged))
    assert len(written.splitlines()) == 1
    assert "\\n" in written and "\x1b[2J" not in written and "\x07" not in written


def test_a_long_field_is_cut() -> None:
    line = json.loads(formatter(plain=False).format(_record("said: %s", "a" * 1_000_000)))
    assert len(line["event"]) < LONGEST + 50
    assert "1000006 characters" in line["event"]


def test_a_path_from_outside_forges_nothing_either() -> None:
    record = _record("answered")
    record.path = "/topics\n/fake"
    line = json.loads(formatter(plain=False).format(record))
    assert line["path"] == "/topics\\n/fake"


def _record(sentence: str, *values: Any) -> logging.LogRecord:
    return logging.LogRecord("akar", logging.INFO, __file__, 1, sentence, values, None)


def _all(lines: io.StringIO) -> list[dict[str, Any]]:
    """Ours: the browser of the tests logs, too."""
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [line for line in found if not line["logger"].startswith("httpx")]


def _answered(lines: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in _all(lines) if line["event"] == "answered"]


def _break_the_notices_of(tx: Transaction, member_id: int) -> None:
    tx.add(Notice(member_id=member_id, kind="mystery", about={}, link="/", sent_at=now(tx)))
