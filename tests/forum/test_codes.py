"""Who holds an announcement finds out by its code whether it is one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from sqlalchemy import select

from community.database import Database, Transaction
from forum.announcements.actions import hide_announcement
from forum.announcements.codes import ALPHABET, LENGTH, drawn_code, read_code
from forum.announcements.models import Announcement
from forum.announcements.versions import AnnouncementVersion
from tests.cast import DEE, DEE_FOR_OFFICE
from tests.conftest import Town
from tests.forum.announcing import HARBOUR, announce, publish
from tests.moderation.reporting import as_, rows
from web import attempts

ENGLISH = {"accept-language": "en"}


@given(st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH), st.sampled_from(" -.\t"))
def test_a_code_is_read_in_small_letters_and_with_gaps(code: str, gap: str) -> None:
    assert read_code(code) == code
    assert read_code(f"{gap}{code[:3].lower()}{gap}{code[3:]} ") == code


@given(st.text(max_size=12))
def test_what_is_read_is_a_code_or_nothing(typed: str) -> None:
    assert re.fullmatch(f"([{ALPHABET}]{{{LENGTH}}})?", read_code(typed))
    assert not set(ALPHABET) & set("01OIL")
    assert read_code(drawn_code())


async def test_each_announcement_has_one_of_its_own(db: Database) -> None:
    for n in range(5):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key=f"k{n}")
    codes = {one.code for one in await rows(db, Announcement)}
    assert len(codes) == 5 and all(map(read_code, codes))
    assert {one.code for one in await rows(db, AnnouncementVersion)} == codes


async def test_anybody_is_told_that_it_is_genuine(town: Town) -> None:
    code = await code_of(town, number="SE-12/2026", valid_until="2099-12-31")
    page = await town.visitor.open(f"/v/{code}", **ENGLISH)
    for words in ("Genuine, and as it reads now.", "Harbour Office", "Storm on Friday",
                  "SE-12/2026", "31 Dec 2099", code):  # fmt: skip
        assert words in page
    typed = f"{code[:3].lower()}-{code[3:]}"
    answer = await town.visitor.get(f"/v?code={typed}")
    assert answer.headers["location"] == f"/v/{code}"
    assert "Genuine" in await town.bo.open(f"/v/{typed}")


async def test_of_one_for_few_nobody_learns_what_it_says(town: Town) -> None:
    code = await code_of(town, public="", number="SE-12/2026")
    for reader in (town.visitor, town.ada, town.bo):
        page = await reader.open(f"/v/{code}", **ENGLISH)
        for words in ("Genuine", "Harbour Office", "SE-12/2026", "can be copied"):
            assert words in page
        for words in ("Storm", "lines", "/announcements/1"):
            assert words not in page


async def test_what_moderators_have_hidden_is_not_shown_here(town: Town) -> None:
    code = await code_of(town, number="SE-12/2026")

    def hide(tx: Transaction) -> None:
        (one,) = tx.scalars(select(Announcement))
        hide_announcement(tx, one)

    await town.db.act(hide)
    page = await town.bo.open(f"/v/{code}")
    assert "Do not rely on it." in page
    assert not any(words in page for words in ("Genuine", "Storm", "SE-12"))


@pytest.mark.parametrize("code", ["AAAAAA", "aaa-aaa", "0OIL11", "AAAAAAA", "%00%00", "a" * 300])
async def test_what_is_no_code_is_said_to_be_none(town: Town, code: str) -> None:
    answer = await town.bo.get(f"/v/{code}")
    assert answer.status_code == 404 and "No announcement bears this code." in answer.text
    answer = await town.bo.get(f"/v?code={code}")
    assert answer.status_code in {303, 404, 422}
    assert (await town.bo.get("/v")).status_code == 200


async def test_codes_are_not_tried_without_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "NETWORK", RateLimitItemPerMinute(7))
    tried = [(await town.visitor.get(f"/v/AAAAA{one}")).status_code for one in ALPHABET[:9]]
    assert tried == [404] * 7 + [429] * 2


async def test_as_a_letter_it_bears_number_dates_code_and_who_published_it(town: Town) -> None:
    where = await announce(town.dee, number="SE-12/2026", valid_from="2026-12-01", public="")
    page = await town.bo.open(f"{where}/letter")
    (one,) = await rows(town.db, Announcement)
    for words in ("Harbour Office", "SE-12/2026", "1 Dec 2026", "<strong>lines</strong>", one.code,
                  f"/v/{one.code}</a>", "<svg", "for Harbour Office", "<b>Dee</b>"):  # fmt: skip
        assert words in page, words
    assert (await town.ada.get(f"{where}/letter")).status_code == 404
    assert one.code in await town.bo.open(where)


async def code_of(town: Town, **changes: str) -> str:
    await announce(town.dee, **changes)
    return (await rows(town.db, Announcement))[-1].code
