"""Reports without an account: an address is proven first, and nobody learns more than they could
read."""

import re
from datetime import timedelta

import pytest

from community import clock
from community.database import Database
from community.outbox import Mail
from community.tickets import Ticket
from forum.topics import actions as topics
from moderation.models import Case, Evidence, Flag, Source
from moderation.notifiers import Notifier
from moderation.outsiders import MOST, ask_to_report, forget_notifiers, report_by
from tests.cast import ADA, BO, CABIN, DEE, LEDGER, MOORING
from tests.conftest import Posted, Town
from tests.letterbox import path_in, text_of
from tests.moderation.outside import WHO, nameless, proven, send, told
from tests.moderation.reporting import (
    HIDE,
    KEEP,
    as_,
    judge,
    report,
    reported,
    rows,
    say,
    the,
    write,
)

KEPT = timedelta(days=210)


async def test_a_report_from_outside_from_form_to_answer(posted: Posted) -> None:
    town, box = posted
    post = await write(town.db)
    sent = await send(town, f"{town.origin}/posts/{post}", name="Gita")
    assert sent.headers["location"] == "/letter"
    assert not await rows(town.db, Case)

    asking = await box.next()
    assert WHO in asking["to"] and "rope" not in text_of(asking) and "offers" not in text_of(asking)
    confirming = path_in(asking)
    page = await town.visitor.open(confirming)
    assert f"/posts/{post}" in page and "The same offers everywhere" in page
    await as_(town.db, BO, topics.edit, post, "Buy my net")
    done = await town.visitor.post(confirming)
    assert done.status_code == 303
    (evidence,) = await rows(town.db, Evidence)
    assert evidence.body == "Buy my net"  # as it was when the address was proven

    taken = await box.next()
    assert path_in(taken) == done.headers["location"]
    assert "A moderator will look at it" in await town.visitor.open(path_in(taken))
    case = await town.ada.open("/cases/1")
    assert "Somebody without an account" in case and "Gita" in case and WHO not in case

    await judge(town.db, ADA, 1, KEEP)
    decided = await box.next()
    answer = await town.visitor.open(path_in(decided))
    assert "does not break the rules and stays" in answer and "Ada" not in answer
    statement = await town.bo.open("/decisions/1")
    for hidden in ("Gita", WHO, "The same offers"):
        assert hidden not in statement
    again = await town.visitor.post(confirming)
    assert again.status_code == 410 and "used already" in again.text


async def test_what_only_some_can_read_is_answered_like_what_is_not_there(posted: Posted) -> None:
    """By the form and, once an address is proven, by the page behind its link."""
    town, box = posted
    hidden, case = await reported(town.db)
    await judge(town.db, ADA, case, HIDE)
    secret = await write(town.db, DEE, "Ink", LEDGER)
    message = await say(town.db, BO, "Ssh", CABIN)
    before = len(await rows(town.db, Case))
    places = (f"/posts/{hidden}", f"/posts/{secret}", f"/topics/{LEDGER}", f"/messages/{message}",
              "/posts/999999", "/topics/999999", "/search")  # fmt: skip
    answers = list[tuple[int, str, str]]()
    for number, place in enumerate(places):
        sent = await send(town, place, email=f"w{number}@elsewhere.test")
        form = (sent.status_code, sent.headers["location"], sent.text)
        done = await town.visitor.post(path_in(await box.next()))
        await box.next()
        page = (await town.visitor.open(done.headers["location"])).replace(place, "")
        answers.append((form[0], form[1], nameless(page)))
    assert len(set(answers)) == 1 and "nothing can be read without an account" in answers[0][2]
    assert len(await rows(town.db, Case)) == before


async def test_it_joins_the_open_case_once_for_each_address(db: Database) -> None:
    post, case = await reported(db)
    first = await proven(db, told(f"/posts/{post}"))
    await proven(db, told(f"/posts/{post}"))
    await proven(db, told(f"/posts/{post}", email="hana@elsewhere.test"))
    flags = [flag for flag in await rows(db, Flag) if flag.source == Source.OUTSIDER]
    assert [flag.case_id for flag in flags] == [case, case]
    assert flags[0].notifier_id == first.id and flags[0].member_id is None
    assert (await the(db, Case, case)).flags == 3


async def test_several_pages_in_one_report_and_a_topic_by_what_it_began_with(db: Database) -> None:
    first, second = await write(db, body="One"), await write(db, body="Two")
    pages = (f"/posts/{first}", f"/topics/{MOORING}#post-{second}", f"/topics/{MOORING}")
    await proven(db, told(*pages))
    assert sorted(case.subject_id for case in await rows(db, Case)) == sorted({first, second})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"pages": ""}, "at least one page"),
        ({"pages": "https://example.test/posts/1"}, "no page of this site"),
        ({"pages": "posts/1"}, "no page of this site"),
        ({"pages": "//harbour.test/posts/1"}, "no page of this site"),
        ({"pages": "http://[::1"}, "no page of this site"),
        ({"pages": "\n".join(f"/posts/{n}" for n in range(1, MOST + 2))}, "at most"),
        ({"note": " "}, "what is wrong"),
        ({"reason": "counterfeit_ip"}, "which right"),
        ({"reason": "legal_order"}, "not in use"),
        ({"email": "gita"}, "no e-mail address|not an e-mail"),
        ({"good_faith": ""}, "confirm that"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_lost(
    town: Town, wrong: dict[str, str], sentence: str
) -> None:
    refused = await send(town, **{"pages": "/posts/1"} | wrong)
    assert refused.status_code in (403, 422), refused.status_code
    assert re.search(sentence, refused.text)
    assert wrong.get("note") or "The same offers everywhere" in refused.text
    assert not await rows(town.db, Mail)


async def test_nobody_fills_a_letter_box_through_the_form(db: Database) -> None:
    for _number in range(5):
        await db.act(ask_to_report, told("/posts/1"))
    assert len(await rows(db, Mail)) == 3


async def test_the_first_link_stays_good_when_a_stranger_asks_with_the_same_address(
    db: Database,
) -> None:
    post = await write(db)
    await db.act(ask_to_report, told(f"/posts/{post}"))
    (ticket,) = await rows(db, Ticket)
    await db.act(ask_to_report, told("/posts/77"))
    assert (await db.act(report_by, ticket.id)).address == WHO
    assert len(await rows(db, Case)) == 1


async def test_who_they_are_is_forgotten_in_time_and_what_they_reported_stays(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = await write(db)
    notifier = await proven(db, told(f"/posts/{post}", name="Gita", right="Mark 12"))
    (case,) = await rows(db, Case)
    monkeypatch.setattr(clock, "ahead", KEPT * 2)
    await db.act(forget_notifiers, kept_for=KEPT)
    assert (await _again(db, notifier)).address == WHO  # nobody has decided it yet
    await judge(db, ADA, case.id)
    await db.act(forget_notifiers, kept_for=KEPT)
    assert (await _again(db, notifier)).address == WHO
    monkeypatch.setattr(clock, "ahead", KEPT * 3 + timedelta(days=1))
    await db.act(forget_notifiers, kept_for=KEPT)
    forgotten = await _again(db, notifier)
    assert forgotten.erased_at
    assert {forgotten.address, forgotten.name, forgotten.right} == {""}
    assert len(await rows(db, Flag)) == 1


async def test_a_link_that_is_none_of_ours_opens_nothing(town: Town) -> None:
    for path in ("/report/made-up", "/reported/made-up"):
        assert (await town.visitor.get(path)).status_code == 410


async def test_visitors_are_led_to_the_form_and_members_to_their_own(town: Town) -> None:
    post = await write(town.db)
    sent = await town.visitor.get(f"/posts/{post}/flags")
    assert sent.headers["location"] == f"/report?page=%2Fposts%2F{post}"
    assert f">\n/posts/{post}</textarea>" in await town.visitor.open(sent.headers["location"])
    assert f'href="/posts/{post}/flags"' in await town.visitor.open(f"/posts/{post}")
    message = await say(town.db)
    sent = await town.visitor.get(f"/messages/{message}/flags")
    assert sent.headers["location"].startswith("/sign-in")


async def test_a_members_report_and_one_from_outside_are_decided_together(db: Database) -> None:
    post = await write(db)
    await proven(db, told(f"/posts/{post}"))
    case = await report(db, post)
    await judge(db, ADA, case)
    kinds = [mail.kind for mail in await rows(db, Mail)]
    assert kinds.count("report_decided") == 1


async def _again(db: Database, notifier: Notifier) -> Notifier:
    (found,) = (one for one in await rows(db, Notifier) if one.id == notifier.id)
    return found
