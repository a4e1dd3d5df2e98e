"""The link of a letter: one mandate holder, one announcement, once, until the deadline, and a small
page without a script. Through a real mail server."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from httpx2 import Response

from community import clock
from community.database import Transaction
from community.members.actions import set_suspended_until
from community.members.models import Member
from community.notices.actions import GATHERED, write_letters
from community.proofs import prove
from forum.announcements.acknowledging import acknowledge
from forum.announcements.actions import hide_announcement
from forum.announcements.delivery import Delivery, delivery_for
from forum.announcements.models import Announcement, Audience
from forum.announcements.passes import Pass, passes_for
from forum.announcements.remarks import Remark
from tests.cast import BO, BO_FOR_DODOL, CY, DEE, DODOL, GUS, GUS_FOR_LEATHER, LEATHER, email
from tests.conftest import Posted, Town
from tests.doors import everything
from tests.forum.acknowledging import DAYS, acknowledged, answered, called, ended, live_in, speaks
from tests.letterbox import text_of
from tests.moderation.reporting import as_, rows
from web.acknowledging import SALT, acknowledgement_for

LINK = re.compile(r"https?://\S+/acknowledgements/\S+")
KB = 1_000
MOST = 10 * KB
REFUSED = "550 no such box"


async def letters(posted: Posted, many: int) -> dict[str, EmailMessage]:
    """As many, by whom they are for."""
    clock.ahead += GATHERED
    await posted.town.db.act(write_letters)
    found = [await posted.box.next() for _letter in range(many)]
    return {letter["to"]: letter for letter in found}


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ahead", timedelta())


def links_in(letter: EmailMessage) -> list[str]:
    return [urlsplit(link).path for link in LINK.findall(text_of(letter))]


def link_of(town: Town, *shown: int) -> str:
    return acknowledgement_for(town.settings.secret(), str(Pass(*shown)))


async def delivered(town: Town, announcement: int) -> Delivery:
    return await as_(town.db, DEE, delivery_for, announcement)


async def test_it_acknowledges_for_the_organisation_without_signing_in(posted: Posted) -> None:
    town = posted.town
    english = {"other_title": "Storm", "other_body": "Double them."}
    call = await town.db.act(lambda tx: called(tx, **english))
    letter = (await letters(posted, 2))[email(BO)]
    assert letter["subject"] == "Harbour Office published “Storm on Friday”."
    (link,) = links_in(letter)
    assert "Acknowledge it for Dodol here" in text_of(letter)
    page = await town.visitor.open(link)
    assert "Bo, for Dodol" in page and "Double your lines." in page
    assert "read in English, too" in page and "Only those who speak for the office read" in page
    assert await town.db.look(answered) == {DODOL: None, LEATHER: None}, "to look changes nothing"
    done = await town.visitor.post(link, said="From when on?")
    assert done.status_code == 200 and "It is acknowledged." in done.text
    assert "set-cookie" not in done.headers
    assert await town.db.look(answered) == {DODOL: BO, LEATHER: None}
    assert [(one.member_id, one.body) for one in await rows(town.db, Remark)] == [
        (BO, "From when on?")
    ]
    before = await everything(town)
    again = await town.visitor.post(link, said="Once more.")
    assert "It is acknowledged." in again.text and "<form" not in await town.visitor.open(link)
    assert await everything(town) == before, "it is good once"
    assert call.id in {one.announcement_id for one in await rows(town.db, Remark)}


async def test_the_page_is_small_whatever_it_says_and_runs_no_script(generous: Town) -> None:
    for key, body in (("k1", "a" * 16_000), ("k2", "𐓀 " * 8_000), ("k3", "**b** " * 600)):
        call = await generous.db.act(_called(key, body))
        answer = await generous.visitor.get(link_of(generous, call.id, BO, BO_FOR_DODOL))
        assert answer.status_code == 200 and "<script" not in answer.text
        (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', answer.text)
        sheet = await generous.visitor.get(style)
        assert "src=" not in answer.text, "and nothing else is fetched"
        assert len(answer.content) + len(sheet.content) <= MOST, key


def _called(key: str, body: str) -> Callable[[Transaction], Announcement]:
    return lambda tx: called(tx, key, body=body)


async def test_it_is_bound_to_one_mandate(generous: Town) -> None:
    town = generous
    await speaks(town.db, BO, LEATHER)
    call = await town.db.act(called)
    passes = await as_(town.db, BO, passes_for, call.id)
    assert [(one.mandate, name) for one, name in passes] == [
        (BO_FOR_DODOL, "Dodol"), (4, "Leather Lane"),
    ]  # fmt: skip
    await town.visitor.post(link_of(town, call.id, BO, BO_FOR_DODOL))
    assert await town.db.look(answered) == {DODOL: BO, LEATHER: None}
    forged = (
        (call.id, BO, GUS_FOR_LEATHER),  # another's
        (call.id, CY, 0),  # whom nobody asks
        (call.id, 10**9, 0),
        (10**9, BO, BO_FOR_DODOL),
    )
    before = await everything(town)
    for shown in forged:  # as if we had made such a link
        answer = await town.visitor.post(link_of(town, *shown))
        assert answer.status_code in (404, 410), shown
    text = f"{call.id}:{GUS}:{GUS_FOR_LEATHER}"
    for proof in (text, prove(b"x" * 32, SALT, text), prove(town.settings.secret(), "x", text)):
        assert (await town.visitor.post(f"/acknowledgements/{proof}")).status_code == 404
    assert await everything(town) == before


Ending = Callable[[Transaction, int], None]


def _hidden(tx: Transaction, announcement: int) -> None:
    hide_announcement(tx, tx.get_one(Announcement, announcement))


def _suspended(tx: Transaction, _announcement: int) -> None:
    bo = tx.get_one(Member, BO)
    set_suspended_until(tx, bo, bo.joined_at + timedelta(days=999))


def _ended(tx: Transaction, _announcement: int) -> None:
    ended(tx, BO_FOR_DODOL)


def _passed(_tx: Transaction, _announcement: int) -> None:
    clock.ahead += timedelta(days=DAYS)


@pytest.mark.parametrize("ends", [_hidden, _suspended, _ended, _passed])
async def test_it_ends_with_what_it_stands_for(generous: Town, ends: Ending) -> None:
    town = generous
    call = await town.db.act(called)
    link = link_of(town, call.id, BO, BO_FOR_DODOL)
    assert "Bo, for Dodol" in await town.visitor.open(link)
    await town.db.act(ends, call.id)
    for answer in (await town.visitor.get(link), await town.visitor.post(link, said="Ahoy")):
        _is_over(answer)
    assert await town.db.look(answered) == {DODOL: None, LEATHER: None}
    assert await town.db.look(acknowledged) == set()
    assert await rows(town.db, Remark) == []
    assert BO_FOR_DODOL not in {
        one.mandate for one, _ in await as_(town.db, BO, passes_for, call.id)
    }


def _is_over(answer: Response) -> None:
    assert answer.status_code == 410 and "This link is over" in answer.text
    for said in ("Bo", "Dodol", "Storm"):
        assert said not in answer.text, "whose it was, it does not say"


async def test_what_each_acknowledges_for_themself_has_a_link_of_theirs(posted: Posted) -> None:
    town = posted.town
    await live_in(town.db, "32.05", CY)
    await town.db.act(lambda tx: called(tx, by_organisation=False))
    (link,) = links_in((await letters(posted, 3))[email(CY)])
    assert "Cy · " in await town.visitor.open(link)
    await town.visitor.post(link)
    assert await town.db.look(acknowledged) == {CY}


async def test_one_of_somebody_suspended_is_over_without_a_mandate_too(generous: Town) -> None:
    call = await generous.db.act(lambda tx: called(tx, by_organisation=False))
    link = link_of(generous, call.id, BO, 0)
    assert "Bo · " in await generous.visitor.open(link)
    await generous.db.act(_suspended, call.id)
    _is_over(await generous.visitor.post(link))
    assert await generous.db.look(acknowledged) == set()


async def test_who_is_asked_as_a_brand_is_bound_to_its_mandate(generous: Town) -> None:
    call = await generous.db.act(
        lambda tx: called(tx, by_organisation=False, audience=Audience(kind="brand"))
    )
    ((shown, name),) = await as_(generous.db, BO, passes_for, call.id)
    assert (shown.mandate, name) == (BO_FOR_DODOL, "Dodol")
    await generous.db.act(ended, BO_FOR_DODOL)
    _is_over(await generous.visitor.get(link_of(generous, *shown)))


async def test_there_is_none_where_a_colleague_was_first(posted: Posted) -> None:
    town = posted.town
    await live_in(town.db, "32.05", CY)
    await speaks(town.db, CY, DODOL)
    call = await town.db.act(called)
    link = link_of(town, call.id, BO, BO_FOR_DODOL)
    await as_(town.db, CY, acknowledge, call.id)
    assert "It is acknowledged." in await town.visitor.open(link)
    assert links_in((await letters(posted, 2))[email(BO)]) == []


async def test_the_office_sees_what_was_mailed_refused_and_seen(posted: Posted) -> None:
    town = posted.town
    call = await town.db.act(called)
    assert (await delivered(town, call.id))[1:] == (2, 0, 0, 0, 2)
    await as_(town.db, GUS, acknowledge, call.id)
    assert (await delivered(town, call.id))[1:] == (2, 1, 0, 0, 1)
    posted.box.answer = REFUSED
    assert list(await letters(posted, 1)) == [email(BO)], "Gus has read it"
    while not (report := await delivered(town, call.id)).refused:
        pass
    assert report[1:] == (2, 1, 0, 1, 1)
    page = await town.dee.open(f"/announcements/{call.id}/delivery")
    told = re.findall(r'<th scope="row">([^<]+)</th><td class="num">(\d+)<', page)
    assert [many for _what, many in told] == ["1", "0", "1", "1"]


async def test_a_letter_holds_nothing_that_tells_us_it_was_opened(posted: Posted) -> None:
    call = await posted.town.db.act(called)
    for letter in (await letters(posted, 2)).values():
        html = letter.get_body(("html",))
        assert html
        assert not re.search(r"<img|<iframe|url\(|@import|<link", html.get_content())
    while (await delivered(posted.town, call.id)).mailed < 2:
        pass
    assert (await delivered(posted.town, call.id)).seen == 0
