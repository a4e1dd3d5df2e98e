"""What is done with a topic stands between its posts: who, when and why."""

import re

from tests.cast import MARKET, OFFICE
from tests.conftest import Town
from tests.following import rev_of
from tests.forum.pages import answer_in, start_topic
from web.frames import RESTARTING

TOPIC, STREAM = "/topics/5", "topic:5"
LINE = re.compile(r'<li class="topic-line".*?</li>', re.DOTALL)


async def test_a_line_stands_where_it_happened_and_every_open_page_gets_it(town: Town) -> None:
    await answer_in(town.bo, TOPIC, "a quiet word")
    await town.gus.post(f"{TOPIC}/reading", seq=1)
    async with town.gus.tab() as gus:
        since = (await gus.follow(STREAM)).rev
        await town.ada.post(f"{TOPIC}/lock", reason="It gets <loud>.")
        await answer_in(town.ada, TOPIC, "the last word")
        await town.ada.post(f"{TOPIC}/unlock")
        page = await town.gus.open(TOPIC)
        followed = await gus.until_rev(STREAM, rev_of(page))
        told = [frame for frame in gus.heard if frame.get("stream") == STREAM and "rev" in frame]
        puts = [frame for frame in told if frame["verb"] == "put"]
        assert [frame["rev"] for frame in puts] == list(range(since + 1, rev_of(page) + 1))
        assert followed.seqs == [1, 2]
    locked, unlocked = LINE.findall(page)
    assert [f["html"].strip() for f in puts if f.get("target") == STREAM] == [locked, unlocked]
    assert "Ada locked this topic" in locked and "<q>It gets &lt;loud&gt;.</q>" in locked
    places = [page.index(words) for words in ("a quiet word", locked, "the last word", unlocked)]
    assert places == sorted(places)
    assert 'id="unread">1 unread' in page


async def test_whoever_was_away_catches_up_with_the_lines_too(town: Town) -> None:
    await answer_in(town.bo, TOPIC, "ahoy")
    since = rev_of(await town.gus.open(TOPIC))
    await town.ada.post(f"{TOPIC}/lock", reason="Enough.")
    await answer_in(town.ada, TOPIC, "aye")
    async with town.gus.tab() as gus:
        await gus.watch(STREAM, since, await town.gus.shown(STREAM))
        revs = [frame["rev"] for frame in gus.heard if frame.get("stream") == STREAM]
        assert revs == [since + 1, since + 2, since + 3, since + 3]  # the last is caught_up
        assert any("Enough." in frame.get("html", "") for frame in gus.heard)


async def test_who_may_not_read_where_a_topic_moves_to_hears_no_more_of_it(town: Town) -> None:
    topic = await start_topic(town.bo, "Whose berth?", "Ours.")
    stream = topic.strip("/").replace("s/", ":")
    assert (await town.ada.post(f"{topic}/category", category=str(OFFICE))).status_code == 404
    assert (await town.bo.post(f"{topic}/category", category=str(MARKET))).status_code == 403
    async with town.bo.tab() as bo:
        await bo.follow(stream)
        answer = await town.fay.post(f"{topic}/category", category=str(OFFICE), reason="Papers.")
        assert answer.status_code == 303
        assert (await bo.closed())[0] == RESTARTING
    assert (await town.bo.get(topic)).status_code == 404
    assert "Fay moved this topic to another category" in await town.dee.open(topic)
    assert (await town.fay.post(f"{topic}/category", category=str(OFFICE))).status_code == 409
    async with town.bo.tab() as bo:
        await bo.send("watch", stream=stream, rev=0, epoch=bo.epoch)
        assert (await bo.until("refused", "caught_up"))["verb"] == "refused"


async def test_similar_topics_are_those_the_writer_may_see(town: Town) -> None:
    for browser, title, where in (
        (town.bo, "Hemp rope for brigs", MARKET),
        (town.dee, "Hemp", OFFICE),
    ):
        await start_topic(browser, title, "Ahoy.", category=str(where))
    assert "Hemp rope" in await town.cy.open("/topics/similar?title=Which+hemp+rope")
    for title in ("which", "", "%22%20OR"):
        assert "rows-link" not in await town.cy.open(f"/topics/similar?title={title}")
    assert (await town.cy.open("/topics/similar?title=hemp")).count("rows-link") == 1
    assert (await town.dee.open("/topics/similar?title=hemp")).count("rows-link") == 2
