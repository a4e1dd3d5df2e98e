"""Moderators move posts by forms; whoever reads meanwhile sees the same as a fresh page."""

import re

from tests.browsing import Browser, Tab
from tests.cast import MARKET, OFFICE
from tests.conftest import Town
from tests.following import rev_of
from tests.forum.pages import answer_in, answer_to, fields_of, start_topic

SECRET = "Sealed letters"
PLACES = ["/search?q=letter", "/search?q=sealed", "/topics", "/topics/feed", "/notices", "/"]
PARTS = ["", "?at=2", "/print", "/export.json", "/export.md", "/feed", "/find?q=letter"]


async def test_what_moves_is_shown_before_and_followed_by_every_open_page(town: Town) -> None:
    here = await start_topic(town.bo, "Ropes", "Which rope?")
    there = await start_topic(town.gus, "Nets", "Which net?")
    hemp = await answer_in(town.gus, here, "Hemp.")
    wide = await answer_in(town.gus, here, "A wide net.")
    left = await answer_to(town.bo, wide, "How wide?")
    assert "Only moderators" in await town.bo.open(f"{here}/moving")
    assert f'value="{wide}" checked' in await town.ada.open(f"{here}/moving?post={wide}")
    asked = {"post": [str(wide)], "to": "there", "where": "nets which", "reason": "About nets."}
    page = (await town.ada.post(f"{here}/moving/preview", **asked)).text
    assert "Gus (" in page and f'value="{wide}"' in page and "Nets</a> · Market" in page
    since = rev_of(await town.cy.open(here))
    async with town.cy.tab() as cy, town.bo.tab() as bo:
        for tab, topic in ((cy, here), (bo, there)):
            await tab.follow(_stream(topic))
        form = fields_of(page)
        for _twice in range(2):
            answer = await town.ada.post(f"{here}/moving", **form)
            assert answer.status_code == 303, answer.text
        for tab, topic in ((cy, here), (bo, there)):
            await _shows_what_is_there(tab, topic)
        assert cy.streams[_stream(here)].seqs == [1, 2, 3, 4]
    async with town.cy.tab() as cy:
        await cy.watch(_stream(here), since, await _before(town.cy, here, wide))
        await _shows_what_is_there(cy, here)
    page = await town.cy.open(here)
    assert "moved #3 to another topic" in page and "About nets." in page and "3 posts" not in page
    assert f"#post-{wide}" in await _leads(town.visitor, f"{here}?at=3")
    assert (await town.visitor.get(f"{here}?page=1")).status_code == 200
    stub = re.search(rf'id="post-(\d+)" data-seq="3" [^>]*data-was="{wide}"', page)
    assert stub and f"#post-{wide}" in await _leads(town.visitor, f"/posts/{stub[1]}")
    for path in ("replies", "reactions", "bookmark", "flags", "withdrawal", "unread"):
        sent = {"place": f"reply:{stub[1]}", "body": "ahoy", "key": "k", "word": "agree"}
        assert (await town.cy.post(f"/posts/{stub[1]}/{path}", **sent)).status_code in {404, 422}
    assert f'data-parent="{stub[1]}"' in page and f'id="post-{left}"' in page
    assert "It stood in" in await town.cy.open(f"/posts/{wide}")
    assert f'id="post-{hemp}"' not in await town.cy.open(there)


async def test_nothing_tells_where_to_that_not_everybody_reads(town: Town) -> None:
    here = await start_topic(town.bo, "Ropes", "Which rope?")
    moved = await answer_in(town.gus, here, "The letter of the harbour office says so.")
    form = {"post": [str(moved)], "title": SECRET, "category": str(OFFICE), "reason": "Not here."}
    async with town.bo.tab() as bo:
        await bo.follow(_stream(here))
        made = (await town.fay.post(f"{here}/moving", **form)).headers["location"]
        await _shows_what_is_there(bo, here)
        assert not any(SECRET in str(frame) or "letter" in str(frame) for frame in bo.heard)
    secret = made.partition("?")[0]
    for reader in (town.bo, town.gus, town.visitor):
        for path in PLACES + [f"{here}{part}" for part in PARTS]:
            page = (await reader.get(path)).text
            assert SECRET not in page and "Office" not in page.split("<main")[-1], path
            assert "letter of" not in page, path
        assert (await reader.get(f"{here}?at=2")).status_code == 200
        stub = re.search(
            rf'id="post-(\d+)" data-seq="2" [^>]*data-was="{moved}"', await reader.open(here)
        )
        for path in (f"/posts/{moved}", secret, f"/posts/{stub[1]}" if stub else ""):
            assert (await reader.get(path)).status_code == 404, path
    assert secret in await _leads(town.dee, f"{here}?at=2")
    assert "letter" in await town.dee.open("/search?q=harbour+in%3AOffice")
    await town.fay.post(
        f"{here}/moving", to="merge", target=secret.rsplit("/", 1)[1], reason="All."
    )
    assert (await town.bo.get(here)).status_code == 404
    assert secret in await _leads(town.dee, here)


async def test_a_merged_topic_leads_to_the_other_and_says_so_where_it_is_open(town: Town) -> None:
    here = await start_topic(town.bo, "Ropes", "Which rope?")
    there = await start_topic(town.gus, "Hemp", "Which hemp?")
    last = await answer_in(town.gus, here, "Hemp.")
    asked = {"to": "merge", "where": there.rsplit("/", 1)[1], "reason": "The same."}
    page = (await town.ada.post(f"{here}/moving/preview", **asked)).text
    form = fields_of(page)
    async with town.cy.tab() as cy:
        await cy.follow(_stream(here))
        assert (await town.ada.post(f"{here}/moving", **form)).status_code == 303
        assert "merged with another one" in (await cy.until("revoked"))["reason"]
    assert f"#post-{last}" in await _leads(town.visitor, f"{here}?at=2")
    assert (await _leads(town.visitor, here)).startswith(f"{there}?at=2#post-")
    assert "Ropes" not in await town.visitor.open("/topics")
    assert "merged another topic" in await town.visitor.open(there)
    writing = {"place": here.strip("/").replace("s/", ":"), "body": "Still here.", "key": "late"}
    answer = await town.cy.post(f"{here}/posts", **writing)
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"{there}?")
    assert (await town.ada.get(f"{there}/moving")).status_code == 200
    for wrong in (
        {"post": ["1"], "title": "x", "category": str(MARKET)},
        {"to": "there", "where": "nothing is called so", "post": [str(last)], "reason": "x"},
        {"to": "merge", "where": "99999", "reason": "x"},
    ):
        answer = await town.ada.post(f"{there}/moving/preview", **wrong)
        assert answer.status_code in {409, 422}, wrong


async def _shows_what_is_there(tab: Tab, topic: str) -> None:
    page = await tab.browser.open(topic)
    followed = await tab.until_rev(_stream(topic), rev_of(page))
    assert followed.shown == await tab.browser.shown(_stream(topic))


async def _before(reader: Browser, topic: str, moved: int) -> list[str]:
    """As it was shown when that post stood there, with the rev it had."""
    shown = await reader.shown(_stream(topic))
    stub = next(html for html in shown if f'data-was="{moved}"' in html)
    number = re.search(r'id="post-(\d+)"', stub)
    assert number
    old = stub.replace(f"post-{number[1]}", f"post-{moved}")
    return [
        re.sub(r'data-rev="\d+"', 'data-rev="1"', old) if html is stub else html for html in shown
    ]


async def _leads(reader: Browser, path: str) -> str:
    answer = await reader.get(path)
    assert answer.status_code == 303, (path, answer.status_code)
    return str(answer.headers["location"])


def _stream(topic: str) -> str:
    return topic.strip("/").replace("s/", ":")
