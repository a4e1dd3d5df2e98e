"""Questions have an answer, decisions a conclusion, and what offices say is marked as such."""

import re

from community.notices.models import Notice, NoticeKind
from forum.topics.actions import hide_post
from forum.topics.models import Post
from tests.cast import BO
from tests.conftest import Town
from tests.following import rev_of
from tests.forum.pages import answer_in, start_topic
from tests.moderation.reporting import rows

HEAD = re.compile(r'<div class="topic-head".*?</div>\n', re.DOTALL)
OUTCOME = 'class="outcome"'


async def test_the_answer_stands_above_the_question_until_it_is_taken_back(town: Town) -> None:
    topic = await start_topic(town.cy, "Which rope?", "For a brig.", aim="question")
    first = await answer_in(town.gus, topic, "Sisal, I think.")
    best = await answer_in(town.bo, topic, "Hemp, **tarred** twice.")
    for post in (first, best):
        assert (await town.gus.post(f"/posts/{post}/acceptance")).status_code == 403
        assert (await town.cy.post(f"/posts/{post}/acceptance")).status_code == 303
    page = await town.visitor.open(topic)
    head = HEAD.search(page)
    assert (
        head
        and OUTCOME in head[0]
        and "Hemp, tarred twice." in head[0]
        and f"#post-{best}" in head[0]
    )
    assert page.count("post-mark") == 1 and "Cy accepted #3 as the answer" in page
    told = [one.member_id for one in await rows(town.db, Notice) if one.kind == NoticeKind.ACCEPTED]
    assert len(told) == 2 and BO in told
    assert (await town.ada.post(f"/posts/{best}/acceptance/withdrawal")).status_code == 303
    page = await town.visitor.open(topic)
    assert OUTCOME not in page and "post-mark" not in page


async def test_what_is_hidden_or_changed_is_so_in_the_head_of_the_topic(town: Town) -> None:
    topic = await start_topic(town.cy, "Which rope?", "For a brig.", aim="question")
    best = await answer_in(town.bo, topic, "Hemp.")
    await town.cy.post(f"/posts/{best}/acceptance")
    address = topic.strip("/").replace("s/", ":")
    async with town.gus.tab() as gus:
        since = (await gus.follow(address)).rev
        await town.bo.post(f"/posts/{best}/edit", place=f"post:{best}", body="Tarred hemp.")
        await town.db.act(lambda tx: hide_post(tx, tx.get_one(Post, best)))
        page = await town.gus.open(topic)
        await gus.until_rev(address, rev_of(page))
        heads = [f["html"] for f in gus.heard if f.get("target") == "stream-heading"]
        assert rev_of(page) == since + 4
        assert "Tarred hemp." in heads[0] and OUTCOME not in heads[1] and OUTCOME not in page


async def test_a_decision_is_closed_with_its_conclusion(town: Town) -> None:
    topic = await start_topic(town.bo, "Which quay?", "East or west.", aim="decision")
    refused = await town.ada.post(f"{topic}/lock")
    assert refused.status_code == 403 and "needs its conclusion" in refused.text
    assert "needs its conclusion" in await town.ada.open(topic)
    assert (await town.cy.post(f"{topic}/conclusion", conclusion="Mine.")).status_code == 403
    long = "x" * 4_001
    assert (await town.bo.post(f"{topic}/conclusion", conclusion=long)).status_code == 422
    await town.bo.post(f"{topic}/conclusion", conclusion="**East**, from May.")
    await town.ada.post(f"{topic}/lock", reason="Decided.")
    page = await town.visitor.open(topic)
    assert "<strong>East</strong>, from May." in page and "Bo wrote the conclusion" in page
    assert "topic-aim" in await town.visitor.open("/topics")


async def test_what_was_concluded_before_stays_with_who_changed_it(town: Town) -> None:
    topic = await start_topic(town.bo, "Which quay?", "East or west.", aim="decision")
    assert "Nothing has been concluded" in await town.visitor.open(f"{topic}/conclusion/history")
    for who, words in ((town.bo, "East, from May."), (town.ada, "West, from May.")) * 2:
        answer = await who.post(f"{topic}/conclusion", conclusion=words)
        assert answer.status_code == 303
        await who.post(f"{topic}/conclusion", conclusion=words)  # twice is once
    page = await town.visitor.open(topic)
    assert page.count("Bo wrote the conclusion") == 1
    assert page.count("Ada changed the conclusion") == 2 and "/conclusion/history" in page
    history = await town.visitor.open(f"{topic}/conclusion/history")
    assert re.findall(r"<h2>(.*?)</h2>", history.partition("history")[2])[:4] == [
        "Changed by Ada", "Changed by Bo", "Changed by Ada", "Written by Bo",
    ]  # fmt: skip
    assert "East" in re.findall(r"<del>(.*?)</del>", history)[0]
    assert "West" in re.findall(r"<ins>(.*?)</ins>", history)[0]
    await town.bo.post(f"{topic}/aim", aim="discussion")
    assert "from May" not in await town.visitor.open(f"{topic}/conclusion/history")


async def test_a_kind_is_changed_by_who_started_it_and_who_looks_after_it(town: Town) -> None:
    topic = await start_topic(town.cy, "Which rope?", "For a brig.", aim="question")
    best = await answer_in(town.bo, topic, "Hemp.")
    await town.cy.post(f"/posts/{best}/acceptance")
    assert (await town.bo.post(f"{topic}/aim", aim="discussion")).status_code == 403
    await town.ada.post(f"{topic}/aim", aim="discussion", reason="No single answer.")
    page = await town.visitor.open(topic)
    assert "Ada made this a discussion" in page and "No single answer." in page
    assert OUTCOME not in page and "post-mark" not in page
    assert (await town.cy.post(f"/posts/{best}/acceptance")).status_code == 403


async def test_what_an_office_answers_is_marked(town: Town) -> None:
    topic = await start_topic(town.cy, "Which rope?", "For a brig.")
    await answer_in(town.dee, topic, "By the rules.", mandate="2")
    await answer_in(town.dee, topic, "I for myself.")
    assert (await town.visitor.open(topic)).count("Official answer") == 1
