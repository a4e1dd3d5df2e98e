"""The log is searched by who, what, about what and when, page by page, and taken as a file."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest

from channels import joining as channels
from community import clock
from community.audit import record
from community.chain import seal_entries
from community.database import Transaction
from community.members.models import Member
from community.settings import Settings
from forum.topics import actions as topics
from forum.topics.models import Topic
from moderation.records.log_search import MANY, PAGE
from tests.cast import ADA, CY, EVA, FAY, MOORING, QUAY
from tests.conftest import Town
from tests.moderation.reporting import MESSAGE, as_, judge, report, reported, say, write
from tests.tampering import keys_of

ROW = re.compile(r'<li class="log-row">.*?</li>', re.DOTALL)
OLDER = re.compile(r'rel="next" href="(\?[^"]+)"')


async def test_it_is_searched_by_who_what_about_what_and_all_of_them(town: Town) -> None:
    await as_(town.db, FAY, topics.lock, MOORING)
    await as_(town.db, FAY, topics.unlock, MOORING)
    await as_(town.db, EVA, topics.lock, MOORING)
    await as_(town.db, EVA, channels.remove, QUAY, CY)
    for query, many in (
        ("", 4),
        ("actor=fay", 2),
        ("actor=FA&verb=topic.locked", 1),
        ("verb=topic.locked", 2),
        ("subject=moor", 3),
        (f"subject=topic:{MOORING}", 3),
        ("subject=moor&actor=eva", 1),
        ("subject=quay", 1),
        ("actor=nobody", 0),
        ("subject=nothing&verb=topic.locked", 0),
    ):
        assert len(await lines(town, query)) == many, query


async def test_what_was_done_about_words_is_found_by_where_they_stand(town: Town) -> None:
    post, message = await write(town.db), await say(town.db)
    await town.db.act(done, f"post:{post}")
    await town.db.act(done, f"message:{message}")
    assert len(await lines(town, "subject=moor")) == 1
    assert len(await lines(town, "subject=quay")) == 1
    assert len(await lines(town, f"subject=message:{message}")) == 1


async def test_a_number_alone_is_that_of_a_case_and_no_part_of_a_name(town: Town) -> None:
    _, case = await reported(town.db)
    await town.db.act(lambda tx: setattr(tx.get_one(Topic, MOORING), "title", f"Pier {case}"))
    await as_(town.db, EVA, topics.lock, MOORING)
    assert len(await lines(town, "subject=pier")) == 1
    of_the_case = await lines(town, f"subject={case}")
    assert of_the_case and of_the_case == await lines(town, f"subject=case:{case}")


async def test_days_are_those_of_whoever_looks(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fay is in Jayapura: there a day begins nine hours before it does in UTC."""
    await town.fay.post("/settings/preferences", locale="en", zone="Asia/Jayapura", theme="auto")
    at = (await town.db.look(clock.now)).replace(hour=15, minute=30) + timedelta(days=2)
    monkeypatch.setattr(clock, "ahead", at - await town.db.look(clock.now))
    await town.db.act(done, "topic:1")  # 00:30 of the next day there
    day, next_day = at.date(), at.date() + timedelta(days=1)
    assert len(await lines(town, f"since={next_day}&until={next_day}")) == 1
    assert await lines(town, f"since={day}&until={day}") == []
    assert await lines(town, f"until={day}") == []
    assert "This is not a day." in (await town.fay.get("/moderation/log?since=2026-02-31")).text


async def test_pages_follow_each_other_without_gap_or_double(town: Town) -> None:
    for n in range(2 * PAGE + 1):
        await town.db.act(done, f"topic:{n + 1}")
    query, seen = "verb=topic.locked", []
    for many in (PAGE, PAGE, 1):
        page = await town.fay.open(f"/moderation/log?{query}")
        seen += re.findall(r"topics/(\d+)", "".join(ROW.findall(page)))
        older = OLDER.search(page)
        assert bool(older) == (many == PAGE)
        query = older[1][1:].replace("&amp;", "&") if older else ""
    assert seen == [str(n + 1) for n in reversed(range(2 * PAGE + 1))]


async def test_of_very_many_names_some_are_looked_at_and_it_is_said(town: Town) -> None:
    def named_alike(tx: Transaction) -> None:
        for n in range(MANY + 1):
            member = Member(name=f"Siti {n}", email=f"siti{n}@harbour.test", password_hash="-",
                            joined_at=clock.now(tx), agreed_to="")  # fmt: skip
            tx.add(member)
            tx.flush()
            record(tx, member, "topic.locked", "topic:5")

    await town.db.act(named_alike)
    assert len(await lines(town, "actor=siti")) == MANY
    assert "Write more of the name." in await town.fay.open("/moderation/log?actor=siti")
    assert "Write more" not in await town.fay.open("/moderation/log?actor=siti%2020")


async def test_a_line_says_whether_it_is_sealed(town: Town, settings: Settings) -> None:
    await town.db.act(done, "topic:5")
    await town.db.act(seal_entries, keys_of(settings))
    (line,) = await lines(town)
    assert 'aria-label="Sealed"' in line and "<dd>1 · <code" in line


async def test_who_wrote_it_does_not_learn_from_the_log_who_reported_it(town: Town) -> None:
    _post, case = await reported(town.db, by=CY, author=FAY)
    assert await lines(town, f"subject=case:{case}") == []
    assert "Cy reported it" not in await town.fay.open("/moderation/log")
    assert "Cy reported it" in await town.ada.open("/moderation/log")


async def test_moderators_see_their_cases_and_own_deeds_only(town: Town) -> None:
    _post, case = await reported(town.db)
    await judge(town.db, ADA, case)
    await as_(town.db, FAY, topics.lock, MOORING)
    log = await town.eva.open("/moderation/log")
    assert "Ada decided" in log and "locked a topic" not in log
    assert "locked a topic" not in await town.eva.open("/moderation/log?subject=moor")
    assert "locked a topic" not in await town.eva.open("/moderation/log?actor=fay")
    assert (await town.cy.get("/moderation/log")).status_code == 403


async def test_administrators_take_what_they_found_as_a_file(town: Town) -> None:
    await as_(town.db, FAY, topics.lock, MOORING)
    await report(town.db, await say(town.db), by=FAY, kind=MESSAGE)
    taken = await town.fay.post("/moderation/log/file", verb="topic.locked")
    assert taken.headers["content-type"].startswith("text/csv")
    assert taken.headers["content-disposition"].startswith("attachment")
    (row,) = csv.DictReader(StringIO(taken.text))
    assert (row["verb"], row["subject"], row["actor_id"]) == ("topic.locked", "topic:5", str(FAY))
    assert "Fay took lines of the log as a file" in await town.fay.open("/moderation/log")
    whole = list(csv.DictReader(StringIO((await town.fay.post("/moderation/log/file")).text)))
    assert [int(row["id"]) for row in whole] == [*range(len(whole), 0, -1)]


@pytest.mark.parametrize("who", ["ada", "eva", "cy"])
async def test_nobody_else_takes_it(town: Town, who: str) -> None:
    assert (await getattr(town, who).post("/moderation/log/file")).status_code == 403
    if who != "cy":
        assert "log/file" not in await getattr(town, who).open("/moderation/log")


def done(tx: Transaction, subject: str) -> None:
    record(tx, tx.get_one(Member, ADA), "topic.locked", subject)


async def lines(town: Town, query: str = "") -> list[str]:
    return ROW.findall(await town.fay.open(f"/moderation/log?{query}"))
