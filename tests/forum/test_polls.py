"""Polls: one vote each, counted for those who may see it, and ended by whoever may, or by time."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from community import clock
from community.organisations.models import Organisation
from forum.polls.actions import end_polls
from tests.browsing import Browser
from tests.cast import BO_FOR_DODOL, DODOL, GUS_FOR_LEATHER
from tests.conftest import Town
from tests.forum.pages import answer_in

TOPIC = "/topics/5"
ANSWERS = ("Hemp", "Jute", "Nylon")


async def asked(browser: Browser, post: int, **fields: Any) -> str:
    """Answers the address of the poll."""
    form = {"question": "Which rope?", "option": [*ANSWERS, "", ""]} | fields
    answer = await browser.post(f"/posts/{post}/poll", **form)
    assert answer.status_code == 303, answer.text
    return f"/posts/{post}/poll"


def votes_in(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<td class="num"><b>(\d+)</b>', page)]


async def test_who_voted_sees_the_results_and_at_the_end_everybody(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "Please choose.")
    poll = await asked(town.bo, post, multiple="yes")
    async with town.cy.tab() as cy:
        followed = await cy.follow("topic:5")
        await town.gus.post(f"{poll}/votes", choice=["0", "1"])
        await town.cy.post(f"{poll}/votes", choice="1")
        assert votes_in(await town.cy.open(poll)) == [1, 2, 0]
        await town.cy.post(f"{poll}/votes", choice="2")  # thought better of it
        assert votes_in(await town.cy.open(poll)) == [1, 1, 1]
        carried = (await town.visitor.get(f"{TOPIC}/export.json")).json()["posts"][0]["poll"]
        assert carried["options"] == list(ANSWERS) and carried["votes"] == []
        for browser in (town.visitor, town.dee, town.bo):
            assert votes_in(await browser.open(poll)) == []
            for path in (TOPIC, f"{TOPIC}/print"):
                assert votes_in(await browser.open(path)) == []
        assert "2 have voted" in await town.visitor.open(TOPIC)
        await town.bo.post(f"{poll}/end")
        await cy.until_rev("topic:5", 6)
        assert followed.shown == await town.cy.shown("topic:5")
    for path in (TOPIC, f"{TOPIC}/print"):
        assert votes_in(await town.visitor.open(path)) == [1, 1, 1]
    assert "Cy" not in await town.dee.open(poll)  # nobody was told that it would be said
    late = await town.dee.post(f"{poll}/votes", choice="0")
    assert late.status_code == 403 and "has ended" in late.text


async def test_what_cannot_be_asked_or_voted_is_refused_with_what_was_filled_in(
    town: Town,
) -> None:
    post = await answer_in(town.bo, TOPIC, "Please choose.")
    path = f"/posts/{post}/poll"
    for options, reason in ((["Hemp"], "2 to 10"), (["Hemp", "hemp"], "the same")):
        refused = await town.bo.post(path, question="Which?", option=options)
        assert refused.status_code == 422 and reason in refused.text and "Hemp" in refused.text
    past = await town.bo.post(path, question="Which?", option=ANSWERS, ends_at="2020-01-01T10:00")
    assert past.status_code == 422 and "past" in past.text
    assert (await town.cy.post(path, question="Which?", option=ANSWERS)).status_code == 403
    assert (await town.visitor.get(path)).status_code == 404
    await asked(town.bo, post)
    assert (await town.bo.post(path, question="Other?", option=ANSWERS)).status_code == 403
    await asked(town.bo, post)  # a double click is one
    for choice, status in (("0", 303), (["0", "1"], 422), ("7", 422), ([], 422)):
        assert (await town.cy.post(f"{path}/votes", choice=choice)).status_code == status, choice
    assert (await town.cy.post(f"{path}/end")).status_code == 403
    assert (await town.ada.post(f"{path}/end")).status_code == 303
    assert votes_in(await town.visitor.open(TOPIC)) == [1, 0, 0]


async def test_a_named_poll_says_so_before_anybody_votes(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "Please choose.")
    poll = await asked(town.bo, post, named="yes")
    assert "Everybody sees who chose what." in await town.visitor.open(TOPIC)
    await town.cy.post(f"{poll}/votes", choice="1")
    assert "Cy" not in await town.dee.open(poll)
    await town.dee.post(f"{poll}/votes", choice="0")
    assert re.search(r"Cy</a>: Jute", await town.dee.open(poll))


async def test_each_organisation_has_one_vote(town: Town) -> None:
    alone = await answer_in(town.cy, TOPIC, "From me.")
    refused = await town.cy.post(
        f"/posts/{alone}/poll", question="Which?", option=ANSWERS, of_organisations="yes"
    )
    assert refused.status_code == 422
    post = await answer_in(town.bo, TOPIC, "From our kitchen.", mandate=BO_FOR_DODOL)
    poll = await asked(town.bo, post, of_organisations="yes")
    assert (await town.bo.post(f"{poll}/votes", choice="0")).status_code == 409
    stranger = await town.cy.post(f"{poll}/votes", choice="0", mandate=GUS_FOR_LEATHER)
    assert stranger.status_code == 403
    for _ in range(2):
        await town.bo.post(f"{poll}/votes", choice="0", mandate=BO_FOR_DODOL)
    await town.gus.post(f"{poll}/votes", choice="1", mandate=GUS_FOR_LEATHER)
    assert votes_in(await town.gus.open(poll)) == [1, 1, 0]

    def unverify(tx: Any) -> None:
        tx.get_one(Organisation, DODOL).level = 0

    await town.db.act(unverify)
    later = await town.bo.post(f"{poll}/votes", choice="1", mandate=BO_FOR_DODOL)
    assert later.status_code == 403 and "verified" in later.text


async def test_a_poll_ends_by_itself(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = datetime.now(ZoneInfo("Asia/Jakarta")) + timedelta(hours=2)
    post = await answer_in(town.bo, TOPIC, "Please choose.")
    poll = await asked(town.bo, post, ends_at=f"{soon:%Y-%m-%dT%H:%M}")
    await town.cy.post(f"{poll}/votes", choice="1")
    await town.db.act(end_polls)
    assert votes_in(await town.visitor.open(TOPIC)) == []
    monkeypatch.setattr(clock, "ahead", timedelta(hours=3))
    await town.db.act(end_polls)
    assert votes_in(await town.visitor.open(TOPIC)) == [0, 1, 0]


async def test_a_poll_goes_with_its_post(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "Please choose.")
    poll = await asked(town.bo, post)
    await town.bo.post(f"/posts/{post}/withdrawal")
    assert "Which rope?" not in await town.visitor.open(TOPIC)
    for answer in (await town.cy.get(poll), await town.cy.post(f"{poll}/votes", choice="0")):
        assert answer.status_code == 404
