"""What members write under an announcement: read by whoever reads that, a topic in everything else,
and where it is for questions, answered by the office alone."""

import re
from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Transaction
from community.errors import Denied
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.models import Mandate
from forum.announcements.actions import hide_announcement, restore_announcement
from forum.announcements.models import Announcement, Discussion
from forum.categories import Category
from forum.mentions import Scene, mentionable
from forum.topics.actions import answer
from forum.topics.models import Post, Topic
from tests.browsing import Browser
from tests.cast import BO, CY, DEE, DEE_FOR_OFFICE, EVA
from tests.conftest import Town
from tests.forum.announcing import HARBOUR, announce, announced
from tests.forum.pages import answer_in, answer_to, titles_in
from tests.moderation.reporting import as_, judge, report, rows, the

ASKS = {"discussion": "questions"}
UNDER = re.compile(r'href="(/topics/\d+)(?:#reply)?"')
PRIVATE = {"kind": "brand", "public": "", "discussion": "open"}


async def under(reader: Browser, announcement: str) -> str:
    """Where it is discussed."""
    (where,) = set(UNDER.findall(await reader.open(announcement)))
    return str(where)


async def seen_by(path: str, *browsers: Browser) -> list[int]:
    return [(await browser.get(path)).status_code for browser in browsers]


async def test_closed_ones_have_no_discussion(town: Town) -> None:
    page = await town.bo.open(await announce(town.dee))
    assert not UNDER.search(page) and 'id="discussion"' not in page
    assert [one.announcement_id for one in await rows(town.db, Category)] == [None, None]


async def test_members_write_and_the_office_answers_on_top(town: Town) -> None:
    told = await announce(town.dee, discussion="open")
    topic = await under(town.cy, told)
    assert "Nobody has written yet." in await town.cy.open(told)
    async with town.bo.tab() as bo:
        await bo.follow(topic.strip("/").replace("topics/", "topic:"))
        asked = await answer_in(town.cy, topic, "Which pier?")
        await bo.until_rev(topic.strip("/").replace("topics/", "topic:"), 2)
    answered = await answer_in(town.dee, topic, "The **old** one.", mandate=DEE_FOR_OFFICE)
    for page in (await town.visitor.open(told), await town.visitor.open(topic)):
        on_top = rf'The old one\.</blockquote>\s*<p><a href="{topic}\?at=3#post-{answered}'
        assert re.search(on_top, page)
        assert 'href="/announcements' in page
    assert "Read 2 posts" in await town.visitor.open(told)
    notices = [one for one in await rows(town.db, Notice) if one.member_id == DEE]
    assert [one.kind for one in notices] == [NoticeKind.REPLY]  # the official hears of questions
    assert asked < answered


async def test_under_questions_others_ask_and_the_office_answers(town: Town) -> None:
    topic = await under(town.cy, await announce(town.dee, **ASKS))
    asked = await answer_in(town.cy, topic, "Which pier?")
    for who in (BO, CY):
        with pytest.raises(Denied, match="the office answers"):
            await as_(town.db, who, answer, asked, "The old one.", key=f"a{who}")
    with pytest.raises(Denied, match="the office answers"):  # nor for herself
        await as_(town.db, DEE, answer, asked, "The old one.", key="dee")
    with pytest.raises(Denied, match="no mandate"):
        await as_(town.db, BO, answer, asked, "Mine.", key="bo", mandate_id=DEE_FOR_OFFICE)
    await as_(town.db, DEE, answer, asked, "The old one.", key="d", mandate_id=DEE_FOR_OFFICE)
    page = await town.bo.open(topic)
    assert "data-asks" in page and "Ask your question by itself." in page
    assert "data-asks" not in await town.dee.open(topic)
    assert "the office answers" in await town.bo.open(f"/posts/{asked}/reply")
    (first,) = [one for one in await rows(town.db, Post) if one.seq == 1]
    await answer_to(town.bo, first.id, "And mine?")  # what the office said may be asked about


async def test_a_private_one_is_read_and_written_by_whom_it_is_for(town: Town) -> None:
    """And by the office. Nobody else finds it, is told of it, or can be named in it."""
    told = await announce(town.dee, **PRIVATE)
    topic = await under(town.bo, told)
    secret = await answer_in(town.bo, topic, "Our parrot whistles")
    outside = town.cy, town.ada, town.eva, town.fay, town.gus, town.visitor
    for path in (topic, f"/posts/{secret}", f"{topic}/find?words=parrot", f"{topic}/print"):
        assert await seen_by(path, town.bo, town.dee) == [200, 200], path
        for browser in outside:
            answered = await browser.get(path)
            assert answered.status_code in {404, 303, 401}, (path, answered.status_code)
            assert "parrot" not in answered.text
    for browser in outside:
        for path in ("/search?q=parrot", "/topics", "/", "/categories", f"{topic}/feed"):
            assert "parrot whistles" not in (await browser.get(path)).text
            assert topic not in (await browser.get(path)).text
        place = topic.strip("/").replace("topics/", "topic:")
        sent = await browser.post(f"{topic}/posts", body="Hm", place=place, key="k" * 32)
        assert sent.status_code in {401, 404}
    assert "whistles" in await town.bo.open("/search?q=parrot")
    (row,) = [one for one in await rows(town.db, Topic) if one.title == "Storm on Friday"]
    named = await town.db.look(_nameable, row.id)
    assert named == ["Bo"]


def _nameable(session: Session, topic_id: int) -> Sequence[str]:
    topic, dee = session.get_one(Topic, topic_id), session.get_one(Member, DEE)
    every = (mentionable(session, dee, Scene.of(topic), name) for name in "ABCEFG")
    return [one.name for some in every for one in some]


async def test_it_is_hidden_and_shown_with_its_announcement(town: Town) -> None:
    told = await announce(town.dee, discussion="open")
    topic, number = await under(town.bo, told), int(told.rsplit("/", 1)[1])
    readers = town.bo, town.dee, town.cy, town.visitor

    def hide(tx: Transaction) -> None:
        hide_announcement(tx, tx.get_one(Announcement, number))

    def show(tx: Transaction) -> None:
        restore_announcement(tx, tx.get_one(Announcement, number))

    await town.db.act(hide)
    assert await seen_by(topic, *readers) == [404, 404, 404, 404]
    await town.db.act(show)
    assert await seen_by(topic, *readers) == [200, 200, 200, 200]


async def test_no_list_of_topics_has_it_and_no_category_can_be_changed(town: Town) -> None:
    topic = await under(town.bo, await announce(town.dee, discussion="open"))
    (category,) = [one for one in await rows(town.db, Category) if one.announcement_id]
    for browser in (town.bo, town.fay, town.visitor):
        for path in ("/topics", "/topics?view=newest", "/categories", "/sitemap.xml"):
            assert "Storm on Friday" not in await browser.open(path)
        assert (await browser.get(f"/categories/{category.slug}")).status_code == 404
    assert "Storm on Friday" not in titles_in(await town.fay.open("/topics"))
    here = f"/administration/categories/{category.id}"
    for door, form in (
        ("", {"name": "Mine"}), ("/admissions", {}), ("/position", {"places": "1"}),
        ("/archive", {"archived": "no"}),
    ):  # fmt: skip
        refused = await town.fay.post(f"{here}{door}", **form)
        assert refused.status_code == 404, door
    assert (await town.fay.get(here)).status_code == 404
    started = await town.bo.post("/topics", category=category.id, title="Mine", body="x",
                                 key="k" * 32, place="new")  # fmt: skip
    assert started.status_code == 404
    assert (await the(town.db, Category, category.id)).restricted is False
    assert await seen_by(topic, town.visitor) == [200]


async def test_seniors_judge_what_is_reported_in_a_private_one(town: Town) -> None:
    """They see that alone, and each look is written down."""
    topic = await under(town.bo, await announce(town.dee, **PRIVATE))
    post = await answer_in(town.bo, topic, "Cheap parrots, call me")
    case = await report(town.db, post, by=DEE)
    assert await seen_by(f"/cases/{case}", town.ada) == [404]
    assert "parrots" in await town.eva.open(f"/cases/{case}")
    await judge(town.db, EVA, case)
    assert (await the(town.db, Post, post)).hidden_at
    assert "parrots" not in await town.dee.open(topic)
    assert await seen_by(topic, town.eva) == [404]


async def test_only_what_is_published_is_discussed_and_once(town: Town) -> None:
    draft = HARBOUR._replace(discussion=Discussion.OPEN)
    for _ in range(2):
        await town.db.act(announced, draft)
    assert len([one for one in await rows(town.db, Category) if one.announcement_id]) == 1


async def test_who_loses_the_office_loses_what_its_members_alone_read(town: Town) -> None:
    topic = await under(town.bo, await announce(town.dee, **PRIVATE))

    def end(tx: Transaction) -> None:
        tx.get_one(Mandate, DEE_FOR_OFFICE).ended_at = now(tx)

    await town.db.act(end)
    assert await seen_by(topic, town.dee, town.bo) == [404, 200]
