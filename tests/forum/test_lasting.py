"""What of a topic ends by time, and the words it is found by."""

from datetime import UTC, datetime, timedelta

import pytest

from community import clock
from forum.lasting import MOST, close_topics, end_pins
from forum.tags import normalised, read_tags
from tests.conftest import Town
from tests.forum.pages import start_topic, titles_in

SOON = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()


async def test_a_pin_and_an_open_topic_end_when_it_is_time(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = await start_topic(town.bo, "Which quay?", "East or west.", aim="decision")
    assert (await town.bo.post(f"{topic}/pin", until=SOON)).status_code == 403
    for when in ("2020-01-01", "2099-01-01", "2026-02-31"):
        assert (await town.ada.post(f"{topic}/pin", until=when)).status_code == 422
    for what in ("pin", "closing"):
        answer = await town.ada.post(f"{topic}/{what}", until=SOON, reason="Before the regatta.")
        assert answer.status_code == 303, answer.text
    page = await town.visitor.open(topic)
    assert "Pinned" in page and "Closes on" in page and page.count("Before the regatta.") == 2
    await _all_ended(town)
    assert "Closes on" in await town.visitor.open(topic)
    monkeypatch.setattr(clock, "ahead", timedelta(days=5))
    await _all_ended(town)
    page = await town.visitor.open(topic)
    assert "not pinned any more" in page and "closed, as planned" not in page  # no conclusion yet
    await town.bo.post(f"{topic}/conclusion", conclusion="East.")
    await _all_ended(town)
    page = await town.visitor.open(topic)
    assert "closed, as planned" in page and "Locked" in page


async def test_a_category_has_room_for_a_few_pins(town: Town) -> None:
    topics = [await start_topic(town.bo, f"Rope {n}", "Ahoy.") for n in range(MOST + 1)]
    answers = [(await town.ada.post(f"{one}/pin", until=SOON)).status_code for one in topics]
    assert answers == [303] * MOST + [409]
    await town.bo.post(f"{topics[MOST]}/posts", place="topic:5", key="k", body="Moves it up.")
    shown = titles_in(await town.visitor.open("/categories/market"))
    assert shown[MOST] == f"Rope {MOST}" and len(shown) == len(set(shown)) == MOST + 2
    assert titles_in(await town.visitor.open("/categories/market?view=newest"))[0] == "Rope 5"
    await town.ada.post(f"{topics[0]}/pin/end")
    assert (await town.ada.post(f"{topics[MOST]}/pin", until=SOON)).status_code == 303


async def test_tags_are_of_who_started_it_and_moderators(town: Town) -> None:
    topic = await start_topic(
        town.cy, "Which rope?", "Ahoy.", tag=["SNI 7763", "sni-7763", " Hemp"]
    )
    page = await town.visitor.open(topic)
    assert page.count('class="chip" href="/tags/') == 2 and 'href="/tags/sni-7763"' in page
    assert (await town.bo.post(f"{topic}/tags", tag="mine")).status_code == 403
    refused = await town.cy.post(f"{topic}/tags", tag=[f"t{n}" for n in range(6)])
    assert refused.status_code == 422 and "at most 5 tags" in refused.text
    await town.ada.post(f"{topic}/tags", tag="Kemasan", reason="As the others.")
    page = await town.visitor.open(topic)
    assert "Ada changed the tags: kemasan" in page and "sni-7763" not in page
    secret = await start_topic(town.dee, "For us", "Only.", category="2", tag=["rahasia"])
    assert "#rahasia" in await town.dee.open(secret)
    assert '"rahasia"' in await town.dee.open("/topics/new")
    assert titles_in(await town.dee.open("/tags/rahasia")) == ["For us"]
    assert titles_in(await town.cy.open("/tags/kemasan")) == ["Which rope?"]
    for tag in ("rahasia", "nobody", "sni-7763"):
        assert (await town.cy.get(f"/tags/{tag}")).status_code == 404
    for page in (await town.cy.open("/topics/new"), await town.cy.open(f"{topic}/steering")):
        assert '<option value="kemasan">' in page and "rahasia" not in page


@pytest.mark.parametrize(
    ("word", "tag"),
    [("  Kopi_Garut ", "kopi-garut"), ("ＣＩ", "ci"), ("#UMKM!", "umkm"), ("--", ""), ("C++", "c")],
)
def test_a_tag_is_the_same_however_it_is_typed(word: str, tag: str) -> None:
    assert normalised(word) == tag
    assert read_tags([word, tag]) == ([tag] if tag else [])


async def _all_ended(town: Town) -> None:
    for chore in (end_pins, close_topics):
        await town.db.act(chore)
