"""What the pages say of an announcement that does not hold any more, and of a draft of one."""

import re
from datetime import timedelta

import pytest

from community import clock
from forum.announcements.correcting import end_expired
from forum.announcements.models import Announcement
from tests.conftest import Town
from tests.forum.announcing import announce, drafted
from tests.moderation.reporting import rows

ENGLISH = {"accept-language": "en"}
GONE = {"valid_until": "2025-12-31"}
BETTER = {
    "key": "c1", "of_version": "1", "reason": "Fenders were forgotten.",
    "title": "Storm on Friday", "body": "Double your **lines** and fenders.",
}  # fmt: skip


async def test_what_held_until_a_day_gone_by_is_not_said_to_hold(town: Town) -> None:
    where = await announce(town.dee, **GONE)
    (one,) = await rows(town.db, Announcement)
    page = await town.visitor.open(f"/v/{one.code}", **ENGLISH)
    assert "Genuine, but it held until 31 Dec 2025." in page
    assert "Read how it stands now" in page and "as it reads now" not in page
    assert "Held until 31 Dec 2025" in await town.visitor.open("/announcements", **ENGLISH)
    page = await town.visitor.open(where, **ENGLISH)
    assert page.index("It held until 31 Dec 2025") < page.index("<article")


async def test_of_what_is_not_for_everybody_the_day_is_not_said(town: Town) -> None:
    await announce(town.dee, public="", **GONE)
    (one,) = await rows(town.db, Announcement)
    page = await town.visitor.open(f"/v/{one.code}", **ENGLISH)
    assert "the time for which it held is over" in page and "31 Dec 2025" not in page


async def test_what_holds_is_not_said_to_be_over(town: Town) -> None:
    where = await announce(town.dee, valid_until="2099-12-31")
    for page in (where, "/announcements"):
        assert not re.search("held until", await town.visitor.open(page, **ENGLISH), re.I)


async def test_who_approves_sees_all_that_comes_with_it(town: Town) -> None:
    page = await town.dee.open(await drafted(town.dee, theme="training", discussion="questions",
        by_organisation="yes", late_joiners="yes", expires_at="2099-03-01T16:00"))  # fmt: skip
    facts = page.partition("Who acknowledges")[2].partition("</dl>")[0]
    for words in ("One for each organisation", "1 Mar 2099", "Questions alone; the office answers",
                  "is told of it, too"):  # fmt: skip
        assert words in facts


async def test_what_became_of_it_stands_above_its_words(town: Town) -> None:
    where = await announce(town.dee)
    draft = (await town.dee.post(f"{where}/correction", **BETTER)).headers["location"]
    await town.dee.post(f"{draft}/handing-in", version=1)
    page = await town.visitor.open(where, **ENGLISH)
    assert page.index("What was changed, and why") < page.index("<article")
    await town.dee.post(f"{where}/withdrawal", version=2, because="The storm went by.")
    page = await town.visitor.open(where, **ENGLISH)
    assert page.index("The storm went by.") < page.index("<article") < page.index("As a letter")


async def test_of_a_draft_that_is_published_nothing_is_counted_now(town: Town) -> None:
    where = await drafted(town.dee)
    assert "It reaches 2 members" in await town.dee.open(where)
    await town.dee.post(f"{where}/handing-in", version=1)
    page = await town.dee.open(where)
    assert "It reaches" not in page and "/announcements/1/progress" in page


async def test_a_draft_of_a_correction_is_marked_as_one(town: Town) -> None:
    await town.dee.post(f"{await announce(town.dee)}/correction", **BETTER)
    for page in ("/announcements/drafts", "/desk"):
        assert "Correction</span>" in await town.dee.open(page)


async def test_what_is_past_stays_past_through_a_filter(town: Town) -> None:
    page = await town.visitor.open("/announcements?past=yes&theme=training", **ENGLISH)
    assert '<input type="hidden" name="past" value="yes">' in page
    assert 'href="/announcements?past=yes">Clear' in page
    assert 'name="past"' not in await town.visitor.open("/announcements")


async def test_how_to_tell_whether_one_is_genuine_is_found(town: Town) -> None:
    for page in ("/more", "/help", "/announcements"):
        assert 'href="/v"' in await town.visitor.open(page)
    await announce(town.dee, public="")
    (one,) = await rows(town.db, Announcement)
    assert f"/sign-in?next=/v/{one.code}" in await town.visitor.open(f"/v/{one.code}")
    assert "/sign-in?" not in await town.bo.open(f"/v/{one.code}")


async def test_who_has_not_acknowledged_is_fetched_below_their_heading(town: Town) -> None:
    page = await town.dee.open(f"{await announce(town.dee)}/progress")
    section = page.partition("Not yet")[2].partition("</section>")[0]
    assert 'action="/announcements/1/missing"' in section


async def test_a_letter_says_when_it_expired(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    where = await announce(town.dee, acknowledge_by="2099-01-05T16:00",
                           expires_at="2099-03-01T16:00")  # fmt: skip
    (one,) = await rows(town.db, Announcement)
    assert "Expired on" not in await town.visitor.open(f"{where}/letter", **ENGLISH)
    assert one.expires_at
    monkeypatch.setattr(clock, "ahead", timedelta(days=365 * 74))
    await town.db.act(end_expired)
    assert "Expired on" in await town.visitor.open(f"{where}/letter", **ENGLISH)
    page = await town.visitor.open(f"/v/{one.code}", **ENGLISH)
    assert "Read how it stands now" in page
