"""Another look, by forms alone, as a browser without JavaScript does it."""

import re
from datetime import timedelta

import pytest
from httpx2 import Response

from community import clock
from forum.topics.models import Post
from moderation.appeals import Appeal
from moderation.models import Flag
from tests.browsing import Browser
from tests.cast import ADA, BO, CY, DEE, EVA, PASSWORD, email
from tests.conftest import Town
from tests.moderation.reporting import HIDE, KEEP, judge, reported, rows, suspended, take, the

VERSION = re.compile(r'name="version" value="(\d+)"')
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


async def test_an_author_asks_and_a_moderator_overturns(town: Town) -> None:
    post, case = await reported(town.db)
    decision = await judge(town.db, ADA, case)
    page = f"/decisions/{decision.id}"
    assert "Ask for another look" in await town.bo.open(page)
    sent = await town.bo.post(f"{page}/appeal", words="It was <b>one</b> offer.")
    assert sent.status_code == 303
    asked = await town.bo.open(page)
    assert "It was &lt;b&gt;one" in asked and "Ask for another look" not in asked

    assert "Appeal" in await town.eva.open("/moderation")
    assert "somebody else takes another look" in await town.ada.open(f"/cases/{case}")
    version = await take(town.db, EVA, case)
    shown = await town.eva.open(f"/cases/{case}")
    for said in ("It was &lt;b&gt;one", HIDE.facts, 'value="uphold"', 'value="modify"'):
        assert said in shown
    ruled = await _rule(town.eva, case, version, "overturn")
    assert ruled.status_code == 303, ruled.text
    assert (await the(town.db, Post, post)).gone == ""
    answered = await town.bo.open(page)
    assert "Overturned" in answered and "I see it otherwise." in answered
    assert "Eva" not in answered and "Ada" not in answered
    assert "ended" in await town.bo.open(f"/decisions/{decision.id + 1}")


async def test_who_reported_it_asks_at_their_report_and_the_author_learns_nothing(
    town: Town,
) -> None:
    post, case = await reported(town.db, by=CY)
    decision = await judge(town.db, ADA, case, KEEP)
    (flag,) = await rows(town.db, Flag)
    assert "Ask for another look" in await town.cy.open(f"/flags/{flag.id}")
    assert "Ask for another look" not in await town.bo.open(f"/decisions/{decision.id}")
    sent = await town.cy.post(f"/flags/{flag.id}/appeal", words="Canary: it stands in three.")
    assert sent.status_code == 303
    version = await take(town.db, EVA, case)
    page = await town.eva.open(f"/cases/{case}")
    assert "Canary" in page and 'value="modify"' not in page
    assert (await _rule(town.eva, case, version, "overturn", measure="hide")).status_code == 303
    assert (await the(town.db, Post, post)).gone == "hidden"
    assert "It breaks the rules" in await town.cy.open(f"/flags/{flag.id}")
    for path in ("/notices", f"/decisions/{decision.id}", f"/decisions/{decision.id + 1}"):
        seen = await town.bo.open(path)
        assert "Canary" not in seen and "Cy" not in seen, path


async def test_whoever_is_kept_out_asks_with_a_ticket_and_no_session(town: Town) -> None:
    decision = await suspended(town.db)
    told = await _told(town)
    assert "Ask for another look" in told.text and "sid" not in told.cookies
    form = {"ticket": _found(TICKET, told.text), "words": "For so little?"}
    sent = await town.visitor.post("/appeal", **form)
    assert sent.status_code == 200, sent.text
    assert "We have got it" in sent.text and "sid" not in sent.cookies
    assert sent.headers["cache-control"] == "private, no-store"
    (made,) = await rows(town.db, Appeal)
    assert (made.member_id, made.decision_id) == (BO, decision.id)
    again = await town.visitor.post("/appeal", **form | {"words": "And once more."})
    assert again.status_code == 403 and "And once more." in again.text
    assert "For so little?" in (await _told(town)).text


async def test_a_ticket_is_for_one_member_one_decision_and_two_hours(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = await suspended(town.db)
    _, other = await reported(town.db, by=DEE, author=CY)
    theirs = await judge(town.db, ADA, other)
    ticket = _found(TICKET, (await _told(town)).text)
    forged = ticket.replace(f"{BO}.{decision.id}.", f"{BO}.{theirs.id}.", 1)
    for wrong in (forged, ticket[:-1], "x", f"{CY}{ticket[1:]}", "9" * 30):
        answer = await town.visitor.post("/appeal", ticket=wrong, words="Hm.")
        assert answer.status_code == 401, wrong
    monkeypatch.setattr(clock, "ahead", timedelta(hours=3))
    late = await town.visitor.post("/appeal", ticket=ticket, words="Hm.")
    assert late.status_code == 401 and "open for too long" in late.text
    assert not await rows(town.db, Appeal)


async def test_a_stale_answer_keeps_what_was_typed(town: Town) -> None:
    _, case = await reported(town.db)
    decision = await judge(town.db, ADA, case)
    await town.bo.post(f"/decisions/{decision.id}/appeal", words="Hm.")
    version = await take(town.db, EVA, case)
    assert (await _rule(town.eva, case, version, "uphold")).status_code == 303
    late = await _rule(town.fay, case, version, "overturn", key="another")
    assert late.status_code == 409
    assert "I see it otherwise." in late.text and "took another look" in late.text
    missing = await town.eva.post(f"/cases/{case}/ruling", ruling="uphold", reason="spam", key="x")
    assert missing.status_code == 422


async def _rule(who: Browser, case: int, version: int, ruling: str, **more: str) -> Response:
    form = {"reason": "spam", "facts": "I see it otherwise.", "key": "k1", **more}
    path = f"/cases/{case}/ruling"
    return await who.post(path, version=str(version), ruling=ruling, **form)


async def _told(town: Town) -> Response:
    return await town.visitor.post("/sign-in", email=email(BO), password=PASSWORD)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found
    return found[1]
