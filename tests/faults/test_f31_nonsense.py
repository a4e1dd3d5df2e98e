"""F31: come back with numbers that were never given: a reset or a refusal, never others' words."""

from typing import Any

import pytest

from channels.actions import say
from community.database import Transaction
from community.members.models import Member
from tests.cast import BO, QUAY
from tests.conftest import Town

ANSWERS: dict[str, tuple[dict[str, Any], str]] = {
    "a rev the stream never had": ({"rev": 4}, "reset"),
    "the greatest there is": ({"rev": 2**63 - 1}, "reset"),
    "another epoch": ({"epoch": "yesterday"}, "reset"),
    "no epoch": ({"epoch": ""}, "reset"),
    "the rev of a busier stream": ({"stream": "topic:5", "rev": 3}, "reset"),
    "a stream of others": ({"stream": "channel:8"}, "refused"),
    "a stream that is not there": ({"stream": "channel:8000"}, "refused"),
    "a stream of another kind": ({"stream": "member:2"}, "refused"),
    "a negative rev": ({"rev": -1, "key": "k"}, "refused"),
    "too great a rev": ({"rev": 2**63, "key": "k"}, "refused"),
    "half a rev": ({"rev": 1.5, "key": "k"}, "refused"),
}


def two_channels(tx: Transaction) -> None:
    for n in range(3):
        say(tx, tx.get_one(Member, BO), QUAY, "on deck", key=f"q{n}")
        say(tx, tx.get_one(Member, BO), 8, "below deck", key=f"c{n}")


@pytest.mark.parametrize("nonsense", ANSWERS)
async def test_f31_nonsense_is_answered_and_nothing_is_given_away(
    town: Town, nonsense: str
) -> None:
    fields, verb = ANSWERS[nonsense]
    await town.db.act(two_channels)
    async with town.cy.tab() as cy:
        asked: dict[str, Any] = {"stream": "channel:7", "rev": 0, "epoch": cy.epoch} | fields
        await cy.send("watch", **asked)
        answer = await cy.until("reset", "refused", "caught_up")
        assert answer["verb"] == verb
        assert verb == "reset" or answer["final"]
        quay = await cy.watch("channel:7")  # the line is as good as before
        assert quay.seqs == [1, 2, 3]
        assert not any("below deck" in str(frame) for frame in cy.heard)


async def test_f31_a_negative_rev_without_a_key_ends_the_line(town: Town) -> None:
    async with town.cy.tab() as cy:
        await cy.send("watch", stream="channel:7", rev=-1, epoch=cy.epoch)
        assert (await cy.closed())[0] == 4400
