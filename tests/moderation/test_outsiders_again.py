"""Whoever reported something without an account asks for another look behind the link of their
letters; and reports whatever a visitor reads."""

from datetime import timedelta

import pytest
from limits import RateLimitItemPerMinute

from community import clock
from community.errors import NotFound
from community.outbox import Mail
from forum.announcements.models import Audience, Draft
from forum.topics.models import Post
from moderation.appeals import LONGEST, OPEN_FOR, Appeal
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import rule
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Flag, Ruling
from moderation.outsiders import ask_again
from tests.cast import ADA, BO, CY, DEE, DEE_FOR_OFFICE, DODOL, EVA, QUAY
from tests.conftest import Posted, Town
from tests.forum.announcing import publish
from tests.letterbox import path_in, text_of
from tests.moderation.outside import link_of, nameless, proven, told
from tests.moderation.reporting import (
    HIDE,
    KEEP,
    as_,
    judge,
    report,
    rows,
    say,
    take,
    the,
    write,
)
from web import attempts

WARN = Judgement(Ruling.ACT, "spam", "For the second time.", acts=(Act(MeasureKind.WARN),))
OVERTURN = Judgement(Ruling.OVERTURN, "spam", "Three topics.", acts=HIDE.acts)


async def test_who_reported_it_from_outside_asks_for_another_look(posted: Posted) -> None:
    town, box = posted
    post = await write(town.db)
    page = link_of(town, await proven(town.db, told(f"/posts/{post}")))
    while path_in(await box.next()) != page:
        pass  # the letter that asks for a proof may have left before it was given
    await judge(town.db, ADA, 1, KEEP)
    assert path_in(await box.next()) == page
    assert "Ask for another look" in await town.visitor.open(page)
    sent = await town.visitor.post(f"{page}/appeal", flag="1", words="It <b>stands</b> in three.")
    assert sent.headers["location"] == f"{page}#another-look-1"

    receipt = await box.next()
    assert path_in(receipt) == page and "stands" not in text_of(receipt)
    assert "It &lt;b&gt;stands" in (asked := await town.visitor.open(page))
    assert "Ask for another look" not in asked
    (made,) = await rows(town.db, Appeal)
    assert (made.party, made.member_id, made.flag_id) == ("reporter", None, 1)

    version = await take(town.db, EVA, 1)
    await as_(town.db, EVA, rule, 1, OVERTURN, version=version, key="k1")
    assert path_in(await box.next()) == page
    answer = await town.visitor.open(page)
    assert "we have acted on it" in answer and "Three topics." in answer and "Eva" not in answer
    assert (await the(town.db, Post, post)).gone == "hidden"
    assert "stands" not in await town.bo.open("/decisions/2")


async def test_the_same_words_twice_are_one_and_other_words_are_kept_for_them(town: Town) -> None:
    page = await _kept(town)
    for _time in range(2):
        assert (await town.visitor.post(f"{page}/appeal", flag="1", words="Hm.")).status_code == 303
    other = await town.visitor.post(f"{page}/appeal", flag="1", words="And once more.")
    assert other.status_code == 403 and "asked for another look already" in other.text
    assert len(await rows(town.db, Appeal)) == 1
    assert [mail.kind for mail in await rows(town.db, Mail)].count("report_appealed") == 1
    assert other.headers["cache-control"] == "private, no-store"


async def test_too_many_words_or_none_are_given_back(town: Town) -> None:
    page = await _kept(town)
    empty = await town.visitor.post(f"{page}/appeal", flag="1", words=" ")
    assert empty.status_code == 422 and "Say why" in empty.text
    long = await town.visitor.post(f"{page}/appeal", flag="1", words="x" * (LONGEST + 1))
    assert long.status_code == 422
    assert not await rows(town.db, Appeal)


async def test_after_half_a_year_the_page_says_that_it_is_too_late(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await _kept(town)
    monkeypatch.setattr(clock, "ahead", OPEN_FOR + timedelta(minutes=1))
    shown = await town.visitor.open(page)
    assert "within 180 days" in shown and "Ask for another look" not in shown
    late = await town.visitor.post(f"{page}/appeal", flag="1", words="I was away.")
    assert late.status_code == 403 and "I was away." in late.text
    assert not await rows(town.db, Appeal)


async def test_what_waits_or_was_decided_as_they_wished_is_not_asked_about(town: Town) -> None:
    post = await write(town.db)
    page = link_of(town, await proven(town.db, told(f"/posts/{post}")))
    waiting = await town.visitor.post(f"{page}/appeal", flag="1", words="Hm.")
    assert waiting.status_code == 409 and "not decided yet" in waiting.text
    await judge(town.db, ADA, 1)
    assert "decided as you had asked for" in await town.visitor.open(page)
    assert (await town.visitor.post(f"{page}/appeal", flag="1", words="Hm.")).status_code == 403


async def test_one_of_two_who_reported_it_asks_for_both(town: Town) -> None:
    post = await write(town.db)
    pages = [
        link_of(town, await proven(town.db, told(f"/posts/{post}", email=f"{who}@elsewhere.test")))
        for who in ("gita", "hana")
    ]
    await judge(town.db, ADA, 1, KEEP)
    await town.visitor.post(f"{pages[0]}/appeal", flag="1", words="Canary.")
    second = await town.visitor.open(pages[1])
    assert "Somebody else who had reported it" in second and "Canary" not in second
    sent = await town.visitor.post(f"{pages[1]}/appeal", flag="2", words="Me, too.")
    assert sent.status_code == 403


async def test_nobody_asks_about_what_others_reported(town: Town) -> None:
    page = await _kept(town)
    other = await proven(town.db, told(f"/posts/{await write(town.db)}", email="h@elsewhere.test"))
    member = await report(town.db, await write(town.db), CY)
    await judge(town.db, ADA, member, KEEP)
    (flag,) = [one.id for one in await rows(town.db, Flag) if one.member_id == CY]
    for number in (1, flag, 999):
        with pytest.raises(NotFound):
            await town.db.act(ask_again, other.id, number, "Hm.")
    assert (await town.visitor.post(f"{page}/appeal", flag=str(flag), words="H")).status_code == 404
    made_up = await town.visitor.post("/reported/made-up/appeal", flag="1", words="Hm.")
    assert made_up.status_code == 410


async def test_a_network_asks_so_often_and_no_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await _kept(town)
    monkeypatch.setattr(attempts, "NETWORK", RateLimitItemPerMinute(2))
    answers = [
        (await town.visitor.post(f"{page}/appeal", flag="1", words=f"{n}")).status_code
        for n in range(3)
    ]
    assert answers == [303, 403, 429]


async def test_the_page_says_in_each_state_what_came_of_it(town: Town) -> None:
    post = await write(town.db)
    page = link_of(town, await proven(town.db, told(f"/posts/{post}")))
    assert "A moderator will look at it" in await town.visitor.open(page)
    await take(town.db, ADA, 1)
    assert "A moderator is looking at it" in await town.visitor.open(page)
    await judge(town.db, ADA, 1, WARN)
    warned = await town.visitor.open(page)
    assert "we have acted on it" in warned and "was hidden" not in warned
    assert "second time" not in warned  # what the author reads


async def test_what_visitors_read_is_reported_from_outside(town: Town) -> None:
    public = Draft("For all", "Read this.", public=True)
    told_all = await as_(town.db, DEE, publish, DEE_FOR_OFFICE, public, key="a1")
    await write(town.db, BO)  # so that visitors know the name
    pages = f"/announcements/{told_all.id}", f"/members/{BO}", f"/organisations/{DODOL}"
    for page in pages:
        assert f'href="{page}/flags"' in await town.visitor.open(page)
        sent = await town.visitor.get(f"{page}/flags")
        assert sent.headers["location"] == f"/report?page={page.replace('/', '%2F')}"
    shown = await town.visitor.open(link_of(town, await proven(town.db, told(*pages))))
    assert all(f'href="{page}"' in shown for page in pages)
    assert [case.subject for case in await rows(town.db, Case)] == [
        f"announcement:{told_all.id}", f"profile:{BO}", f"organisation:{DODOL}",
    ]  # fmt: skip


async def test_what_visitors_do_not_read_is_absent_whatever_it_is(town: Town) -> None:
    ours = Draft("For us", "Only.", Audience(kind="government"), public=False)
    told_us = await as_(town.db, DEE, publish, DEE_FOR_OFFICE, ours, key="a1")
    message = await say(town.db)
    places = (f"/announcements/{told_us.id}", f"/members/{EVA}", f"/messages/{message}",
              f"/channels/{QUAY}", "/members/999999", "/organisations/999999")  # fmt: skip
    assert (await town.visitor.get(f"/members/{EVA}")).status_code == 404
    answers = set[str]()
    for number, place in enumerate(places):
        notifier = await proven(town.db, told(place, email=f"w{number}@elsewhere.test"))
        shown = nameless(await town.visitor.open(link_of(town, notifier)))
        answers.add(shown.replace(place, ""))
    assert len(answers) == 1 and "nothing can be read without an account" in answers.pop()
    assert not await rows(town.db, Case)


async def _kept(town: Town) -> str:
    """The page of whoever reported what was found to break no rule."""
    post = await write(town.db)
    page = link_of(town, await proven(town.db, told(f"/posts/{post}")))
    await judge(town.db, ADA, 1, KEEP)
    return page
