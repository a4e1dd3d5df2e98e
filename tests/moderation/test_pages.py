"""Everything by forms alone, as a browser without JavaScript does it."""

import re
from datetime import timedelta

import pytest
from httpx2 import Response

from community import clock
from community.database import Database
from community.members.models import Member
from forum.topics.models import Post
from moderation.decisions.claiming import release_claims
from moderation.reasons import Reason
from tests.browsing import Browser
from tests.cast import ADA, BO, CY, DEE
from tests.conftest import Town
from tests.forum.test_attachments import attached
from tests.forum.test_polls import asked
from tests.moderation.reporting import judge, report, reported, say, take, the, write
from tests.painting import painted


async def test_a_member_reports_and_is_told_what_came_of_it(town: Town) -> None:
    post = await write(town.db)
    form = await town.cy.open(f"/posts/{post}/flags")
    assert "Spam or advertising" in form and "Order of an authority" not in form

    sent = await town.cy.post(f"/posts/{post}/flags", reason="spam", note="<b>Again</b>")
    assert sent.status_code == 303
    receipt = await town.cy.open(sent.headers["location"])
    assert "Thank you" in receipt and "&lt;b&gt;Again" in receipt

    await judge(town.db, ADA, 1)
    answer = await town.cy.open(sent.headers["location"])
    assert "we have acted on it" in answer and "Ada" not in answer
    assert "Buy my rope" not in answer  # hidden is hidden, from who reported it too
    assert (await town.bo.get(sent.headers["location"])).status_code == 404


async def test_a_message_is_reported_the_same_way(town: Town) -> None:
    message = await say(town.db)
    sent = await town.cy.post(f"/messages/{message}/flags", reason="hoax")
    assert sent.status_code == 303
    assert "False information" in await town.ada.open("/cases/1")


async def test_what_hung_at_a_post_was_reported_with_it(town: Town) -> None:
    """Also where its author takes it away before anybody looks; everybody sees that they did."""
    post = await write(town.db)
    (picture,) = await attached(town, town.bo, post, painted())
    await asked(town.bo, post)
    await town.cy.post(f"/posts/{post}/flags", reason="spam")
    before = await town.ada.open("/cases/1")
    assert picture in before and "Hemp · Jute" in before and "Unchanged since" in before
    form = {"place": f"post:{post}", "body": "Buy my rope", "away": picture.split("/")[-1]}
    assert (await town.bo.post(f"/posts/{post}/edit", **form)).status_code == 303
    after = await town.ada.open("/cases/1")
    assert after.count(picture) == 1 and "has changed it since" in after
    assert "post-edited" in await town.visitor.open("/topics/5")


async def test_one_does_not_report_oneself_and_is_told_so(town: Town) -> None:
    post = await write(town.db)
    assert "your own words" in await town.bo.open(f"/posts/{post}/flags")
    assert (await town.bo.post(f"/posts/{post}/flags", reason="spam")).status_code == 403
    assert (await town.visitor.get(f"/posts/{post}/flags")).status_code == 303


async def test_claim_decide_and_read_the_statement(town: Town) -> None:
    post, case = await reported(town.db)
    assert f'id="case-{case}"' in await town.ada.open("/moderation")
    page = await town.ada.open(f"/cases/{case}")
    assert "Claim the case first" in page and "Cy" in page

    claimed = await town.ada.post(f"/cases/{case}/claim", version=_version(page))
    assert claimed.status_code == 303
    page = await town.ada.open(f"/cases/{case}")
    assert 'value="spam"' in page and 'value="unanswered"' not in page
    decided = await _decide(town.ada, case, page)
    assert decided.status_code == 303, decided.text
    assert (await the(town.db, Post, post)).gone == "hidden"

    statement = await town.bo.open("/decisions/1")
    for said in ("Three topics, one offer.", "Spam or advertising", "a moderator", "180 days"):
        assert said in statement
    assert "Ada" not in statement and "Cy" not in statement
    assert (await town.cy.get("/decisions/1")).status_code == 404
    assert "Three topics, one offer." in await town.ada.open(f"/cases/{case}")


async def test_the_second_moderator_sees_the_first_ones_decision_and_keeps_their_note(
    town: Town,
) -> None:
    _, case = await reported(town.db)
    await take(town.db, ADA, case)
    page = await town.ada.open(f"/cases/{case}")
    await _decide(town.ada, case, page)

    late = await _decide(town.eva, case, page, key="another", facts="My own long note")
    assert late.status_code == 409
    for said in ("Ada decided this case at", "My own long note", "Three topics, one offer."):
        assert said in late.text


async def test_a_decision_without_version_is_refused_and_without_facts_asked_again(
    town: Town,
) -> None:
    _, case = await reported(town.db)
    await take(town.db, ADA, case)
    page = await town.ada.open(f"/cases/{case}")
    fields = {"ruling": "act", "measure": "hide", "reason": "spam", "facts": "x", "key": "k"}
    assert (await town.ada.post(f"/cases/{case}/decision", **fields)).status_code == 422
    again = await _decide(town.ada, case, page, facts="", ground="Rule 4, as I see it")
    assert again.status_code == 422
    assert "Say what you found" in again.text and "Rule 4, as I see it" in again.text


async def test_members_have_no_queue_and_no_case(town: Town) -> None:
    _, case = await reported(town.db)
    assert (await town.cy.get("/moderation")).status_code == 403
    assert (await town.cy.get("/moderation/log")).status_code == 403
    for path in (f"/cases/{case}", f"/cases/{case}/row"):
        assert (await town.cy.get(path)).status_code == 404
    assert (await town.cy.post(f"/cases/{case}/claim", version=1)).status_code == 404


async def test_the_queue_is_filtered_and_the_most_pressing_comes_first(town: Town) -> None:
    post = await write(town.db, body="First rope")
    await report(town.db, post, by=CY, reason="off_topic")
    await report(town.db, await write(town.db, body="Second rope"), by=DEE, reason="doxxing")

    page = await town.ada.open("/moderation")
    assert page.index("Second rope") < page.index("First rope")
    assert "Urgent" in page and "4 hours left" in page
    only = await town.ada.open("/moderation?reason=doxxing&priority=1")
    assert "Second rope" in only and "First rope" not in only
    assert "No case fits" in await town.ada.open("/moderation?cluster=food")
    assert (await town.ada.get("/moderation?show=all")).status_code == 422


async def test_a_line_that_was_drawn_before_shows_what_has_changed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its author's name, its reason's, who holds it for whom, and what its clock says."""
    case = await report(town.db, await write(town.db), CY, "doxxing")
    first = await town.ada.open("/moderation")
    assert "</svg> Bo</span>" in first and "4 hours left" in first

    await town.db.act(lambda tx: setattr(tx.get_one(Member, BO), "name", "Bodhi"))
    assert "</svg> Bodhi</span>" in await town.ada.open("/moderation")
    label = "Told where they live"
    await town.db.act(lambda tx: setattr(tx.get_one(Reason, "doxxing"), "label_en", label))
    assert f"{label}</a></h2>" in await town.ada.open("/moderation")
    monkeypatch.setattr(clock, "ahead", timedelta(hours=1))
    assert "3 hours left" in await town.ada.open("/moderation")
    await take(town.db, ADA, case)
    assert "Claimed by you" in await town.ada.open("/moderation")
    assert "Claimed by Ada" in await town.eva.open("/moderation")


async def test_seniors_take_over(town: Town) -> None:
    _, case = await reported(town.db)
    await take(town.db, ADA, case)
    page = await town.eva.open(f"/cases/{case}")
    assert "Ada holds this case" in page and "Take over" in page
    taken = await town.eva.post(f"/cases/{case}/takeover", version=_version(page))
    assert taken.status_code == 303
    assert (await town.ada.post(f"/cases/{case}/claim/renewal")).status_code == 403
    assert (await town.eva.post(f"/cases/{case}/claim/renewal")).status_code == 204


async def test_the_log_tells_moderators_their_cases_and_administrators_everything(
    town: Town, db: Database
) -> None:
    _, case = await reported(town.db)
    await judge(town.db, ADA, case)
    log = await town.ada.open("/moderation/log")
    assert "Ada decided: Breaks the rules" in log and "Cy reported it" in log
    assert "Cy reported it" not in await town.fay.open("/moderation/log?verb=case.decided")
    assert "Ada decided" not in await town.fay.open("/moderation/log?actor=cy")
    assert "Nothing fits" in await town.fay.open("/moderation/log?subject=case:99")


async def _decide(
    browser: Browser, case: int, page: str, *, facts: str = "Three topics, one offer.", **more: str
) -> Response:
    hide = {"ruling": "act", "measure": "hide"}
    form = {**hide, "reason": "spam", "version": _version(page), "key": "k1"}
    return await browser.post(f"/cases/{case}/decision", **{**form, "facts": facts, **more})


def _version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


async def test_a_claim_that_ended_is_taken_again_without_losing_a_word(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, case = await reported(town.db)
    await take(town.db, ADA, case)
    page = await town.ada.open(f"/cases/{case}")
    monkeypatch.setattr(clock, "ahead", timedelta(minutes=16))
    await town.db.act(release_claims)

    late = await _decide(town.ada, case, page, facts="My own long note")
    assert late.status_code == 409 and "My own long note" in late.text
    again = await town.ada.post(
        f"/cases/{case}/claim", version=_version(late.text), facts="My own long note", key="k1",
        ruling="act", measure="hide", reason="spam",
    )  # fmt: skip
    assert again.status_code == 200 and "My own long note" in again.text
    sent = await _decide(town.ada, case, again.text, facts="My own long note")
    assert sent.status_code == 303
