"""The same again and again is refused kindly, and a moderator learns of whoever insists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.direct import begin
from community.database import Database
from community.errors import Invalid
from community.places import Lens
from moderation.before.actions import say, start
from moderation.before.repeats import ENOUGH, REPORTED, SHORTEST, Repeats, gist
from moderation.models import Case, Flag
from tests.cast import ADA, BO, CY, DEE, MARKET, QUAY
from tests.conftest import Town
from tests.moderation.reporting import as_, rows

OFFER = "Tali kapal murah, sepuluh meter, hubungi kami"
AGAIN = "within the hour"


async def test_the_same_in_several_places_is_enough_a_few_times(db: Database) -> None:
    repeats = Repeats()
    for n in range(ENOUGH):
        await as_(db, BO, say, QUAY, OFFER, key=f"k{n}", repeats=repeats)
    dressed = OFFER.upper().replace(" ", "  ") + "!!"
    with pytest.raises(Invalid, match=AGAIN):
        await as_(db, BO, start, MARKET, "", dressed, Lens(), key="t1", repeats=repeats)
    assert (await as_(db, BO, say, QUAY, OFFER, key="k0", repeats=repeats)).seq == 1
    await as_(db, BO, say, QUAY, f"{OFFER} hari ini", key="other", repeats=repeats)
    await as_(db, CY, say, QUAY, OFFER, key="k0", repeats=repeats)


async def test_whoever_insists_is_reported_once_by_what_stands_of_it(town: Town) -> None:
    async with town.bo.tab() as tab:
        answers = [await tab.say(OFFER, f"k{n}") for n in range(REPORTED + 2)]
    assert [one["verb"] for one in answers] == ["ack"] * ENOUGH + ["refused"] * (REPORTED - 1)
    assert AGAIN in answers[-1]["reason"]
    (case,), (flag,) = await rows(town.db, Case), await rows(town.db, Flag)
    assert (case.subject, case.reason_code) == (f"message:{ENOUGH}", "spam")
    assert (flag.source, flag.member_id) == ("rule", None)


async def test_what_was_said_in_private_is_reported_to_nobody(town: Town) -> None:
    room = (await as_(town.db, BO, begin, CY)).id
    async with town.bo.tab() as tab:
        for n in range(REPORTED + 1):
            await tab.say(OFFER, f"k{n}", channel=room)
    assert not await rows(town.db, Case)


async def test_short_words_are_said_all_day_and_offices_and_moderators_say_what_they_must(
    db: Database,
) -> None:
    repeats = Repeats()
    for n in range(ENOUGH + 1):
        await as_(db, BO, say, QUAY, "Terima kasih!", key=f"k{n}", repeats=repeats)
        await as_(db, ADA, say, QUAY, OFFER, key=f"k{n}", repeats=repeats)
        await as_(db, DEE, say, QUAY, OFFER, key=f"k{n}", repeats=repeats)


@given(
    st.sampled_from([OFFER, OFFER.upper(), "Terima kasih!", ""]),
    st.lists(st.sampled_from("abc"), max_size=12),
)
def test_a_key_is_one_time_however_often_it_is_sent(text: str, keys: list[str]) -> None:
    repeats = Repeats()
    times = [repeats.times(BO, text, key) for key in keys]
    counted = [len(set(keys[: n + 1])) for n in range(len(keys))]
    assert times == (counted if len(gist(text)) >= SHORTEST else [0] * len(keys))
