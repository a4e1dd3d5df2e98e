"""D17: whatever is sent is refused for good or ends the line; never a traceback, never again."""

import logging
from typing import Any

import pytest

from channels.models import Message
from tests.conftest import Town
from tests.delivery.conftest import Opening

TOO_BIG = 2**63
SAY = {"verb": "say", "channel": 7, "body": "ahoy", "key": "k"}
WATCH = {"verb": "watch", "stream": "channel:7", "rev": 0, "epoch": "", "key": "k"}

REFUSED: list[dict[str, Any]] = [
    SAY | {"shout": True},
    SAY | {"verb": "dance"},
    SAY | {"channel": 0},
    SAY | {"channel": -1},
    SAY | {"channel": TOO_BIG},
    SAY | {"channel": 2**63 - 1},  # nothing wrong with it; there is no such channel
    SAY | {"channel": "7"},
    SAY | {"channel": 7.5},
    SAY | {"body": ""},
    SAY | {"body": " \n"},
    SAY | {"body": "a\0b"},
    SAY | {"body": "x" * 16_001},
    SAY | {"body": ["ahoy"]},
    SAY | {"body": None},
    SAY | {"mandate": 2**63 - 1},
    {"verb": "edit", "message": TOO_BIG, "body": "ahoy", "key": "k"},
    {"verb": "edit", "message": 2**63 - 1, "body": "ahoy", "key": "k"},
    {"verb": "withdraw", "message": 2**100, "key": "k"},
    {"verb": "read", "stream": "member:2", "seq": 1, "key": "k"},
    {"verb": "typing", "channel": 8, "key": "k"},
    WATCH | {"stream": f"channel:{TOO_BIG}"},
    WATCH | {"stream": "channel:" + "9" * 5000},
    WATCH | {"stream": "channel:٧"},
    WATCH | {"stream": "channel:7\n"},
    WATCH | {"stream": "sign-in:1"},
    WATCH | {"rev": TOO_BIG},
    WATCH | {"rev": -1},
    {"verb": "unwatch", "stream": "member:2", "key": "k"},  # nobody stops hearing their own mute
]
BROKEN = [
    '{"verb":"say","channel":7,"body":"\\ud800","key":"k"}',
    '{"verb":"say","channel":7,"body":"ahoy","key":"k"',
    '{"verb":"say","channel":1e999,"body":"ahoy","key":"k"}',
    '{"key":"k","verb":"say","x":' + "[" * 20_000,
]


async def test_a_bad_command_with_a_key_is_refused_for_good(
    opening: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    async with opening(frames_per_second=1_000, frames_burst=1_000) as town:
        with caplog.at_level(logging.WARNING):
            async with town.cy.tab() as cy:
                for command in REFUSED:
                    await cy.send(**command)
                    answer = await cy.until("refused", "ack", "caught_up", "reset")
                    assert answer["verb"] == "refused", command
                    assert (answer["final"], answer["key"]) == (True, "k") and answer["reason"]
                for broken in BROKEN:
                    await cy.socket.send(broken)
                    assert (await cy.until("refused"))["final"], broken
                assert (await cy.say("still here", "fine"))["seq"] == 1
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert await town.db.look(lambda session: session.query(Message).count()) == 1


async def test_what_is_too_long_ends_the_line_and_is_not_worth_a_word_in_the_log(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with town.bo.tab() as bo:
            await bo.socket.send('{"verb":"say","body":"' + "x" * 300_000)
            assert (await bo.closed())[0] == 1009
    assert "Traceback" not in caplog.text


async def test_the_longest_message_fits_however_it_is_escaped(town: Town) -> None:
    async with town.bo.tab() as bo:
        assert (await bo.say("𝐀" * 16_000, "k1"))["verb"] == "ack"


async def test_the_limits_are_as_they_were_promised(town: Town) -> None:
    settings = town.settings
    assert (settings.frames_per_second, settings.frames_burst) == (20, 40)
    assert (settings.sends_per_second, settings.sends_burst) == (5, 10)
    assert settings.sends_per_minute == 60
    assert settings.sockets_per_member == 10
