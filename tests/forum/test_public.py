"""What leaves the forum: feeds, the map, cards of links, paper and files. What visitors do not see
goes nowhere, and what was hidden is gone from the next answer."""

import re
from datetime import datetime
from io import BytesIO
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from PIL import Image

from forum import carrying, public
from forum.topics.actions import hide_post
from forum.topics.models import Post
from tests.browsing import Browser
from tests.conftest import Town
from tests.forum.pages import answer_in, answer_to, start_topic

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


async def feed_of(browser: Browser, path: str) -> ElementTree.Element:
    answer = await browser.get(path)
    assert answer.headers["content-type"].startswith("application/atom+xml"), answer.text
    return ElementTree.fromstring(answer.text)


def entries_of(feed: ElementTree.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") or "" for entry in feed.findall(f"{ATOM}entry")]


async def places_in(browser: Browser, path: str) -> list[str]:
    tree = ElementTree.fromstring((await browser.get(path)).text)
    return [place.text or "" for place in tree.iter(f"{SITEMAP}loc")]


async def test_feeds_tell_everybody_what_visitors_see(town: Town) -> None:
    about = {"region": "32.05", "tag": "rope"}
    rope = await start_topic(town.bo, "Rope \x0b & line", "Forty **metres** \x1b.", **about)
    await start_topic(town.cy, "Tar", "A barrel.")
    await answer_in(town.dee, "/topics/6", "between us")
    secret = await start_topic(town.dee, "Secret", "Only us.", category=2, tag="us")
    for reader in (town.visitor, town.dee):
        feed = await feed_of(reader, "/topics/feed")
        assert entries_of(feed) == ["Tar", "Rope  & line"]
        assert entries_of(await feed_of(reader, "/topics/feed?region=32")) == ["Rope  & line"]
        assert entries_of(await feed_of(reader, "/categories/market/feed?region=32.73")) == []
        assert entries_of(await feed_of(reader, "/tags/rope/feed")) == ["Rope  & line"]
        hidden = ("/categories/office/feed", f"{secret}/feed", "/topics/6/feed", "/tags/us/feed")
        for path in (*hidden, f"{secret}/card.png", "/topics/6/card.png"):
            assert (await reader.get(path)).status_code == 404
    entry = feed.findall(f"{ATOM}entry")[1]
    assert entry.findtext(f"{ATOM}id") == f"{town.origin}{rope}"
    assert "<strong>metres</strong>" in (entry.findtext(f"{ATOM}content") or "")
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "").utcoffset() is not None
    for page in ("/topics", "/categories/market", "/tags/rope", rope):
        link = re.search(r'rel="alternate" type="application/atom\+xml"[^>]* href="([^"]*)"',
                         await town.visitor.open(page))  # fmt: skip
        assert link and len(await feed_of(town.visitor, link[1]))
    assert "atom+xml" not in await town.dee.open(secret)


async def test_a_feed_is_fetched_again_only_when_something_has_changed(town: Town) -> None:
    post = await answer_in(town.bo, "/topics/5", "ten metres")
    feed = "/topics/5/feed"
    first = await town.visitor.get(feed)
    assert first.headers["last-modified"].endswith("GMT")
    again = await town.visitor.get(feed, **{"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and not again.text
    await town.db.act(lambda tx: hide_post(tx, tx.get_one(Post, post)))
    since = {"if-none-match": first.headers["etag"],
             "if-modified-since": first.headers["last-modified"]}  # fmt: skip
    then = await town.visitor.get(feed, **since)
    assert then.status_code == 200 and "ten metres" not in then.text


async def test_the_map_shows_every_public_place_and_no_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "PART", 3)
    secret = await start_topic(town.dee, "Secret", "Only us.", category=2)
    rope = await start_topic(town.bo, "Rope", "Forty metres.")
    robots = await town.dee.open("/robots.txt")
    assert robots.endswith(f"Sitemap: {town.origin}/sitemap.xml\n")
    parts = await places_in(town.dee, "/sitemap.xml")
    listed = [await places_in(town.dee, part.removeprefix(town.origin)) for part in parts]
    assert all(len(places) <= 3 for part, places in zip(parts, listed, strict=True) if "?" in part)
    found = [place for places in listed for place in places]
    assert len(found) == len(set(found)) and {f"{town.origin}{rope}"} <= set(found)
    assert not {f"{town.origin}{secret}", f"{town.origin}/categories/office"} & set(found)
    for place in found:
        assert (await town.visitor.get(urlsplit(place).path)).status_code == 200, place


async def test_a_link_to_a_public_topic_has_a_card(town: Town) -> None:
    rope = await start_topic(town.bo, 'Rope "A"', "Forty **metres**,\n\n- strong\n- dry")
    page = await town.visitor.open(rope)
    card = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    assert card["title"] == "Rope &#34;A&#34;" and card["url"] == f"{town.origin}{rope}"
    assert card["description"].startswith("Forty metres ,") and card["locale"] == "en_GB"
    picture = await town.visitor.get(urlsplit(card["image"]).path)
    with Image.open(BytesIO(picture.content)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (1200, 630))
    again = {"if-none-match": picture.headers["etag"]}
    assert (await town.cy.get(f"{rope}/card.png", **again)).status_code == 304
    secret = await start_topic(town.dee, "Secret", "Only us.", category=2)
    assert "og:" not in await town.dee.open(secret)


async def test_a_topic_is_carried_away_by_whoever_reads_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "PART", 2)
    rope = await start_topic(town.bo, "Tali: murah/kuat\x0b", "Forty **metres**.", mandate=1)
    first = int(re.findall(r'id="post-(\d+)"', await town.bo.open(rope))[0])
    wrong = await answer_to(town.cy, first, "a mistake")
    await town.cy.post(f"/posts/{wrong}/withdrawal")
    await answer_in(town.cy, rope, "ten for me")
    answer = await town.visitor.get(f"{rope}/export.json")
    name = f"tali-murah-kuat-{rope.split('/')[-1]}.json"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-security-policy"].startswith("sandbox")
    told = answer.json()
    one, two = told["posts"]
    assert (one["organisation"], one["markdown"]) == ("Dodol", "Forty **metres**.")
    assert (two["answers"], two["gone"], two["markdown"], two["html"]) == (1, "withdrawn", "", "")
    further = (await town.visitor.get(told["next"].removeprefix(town.origin))).json()
    assert [post["markdown"] for post in further["posts"]] == ["ten for me"]
    assert further["next"] is None
    text = await town.visitor.open(f"{rope}/export.md")
    assert "Forty **metres**." in text and "a mistake" not in text and "?first=3>" in text
    paper = await town.visitor.open(f"{rope}/print")
    assert f"{town.origin}/posts/{first}" in paper and f"{rope}/print?first=3" in paper
    assert "a mistake" not in paper and "withdrawn by its author" in paper
    for path in ("print", "export.md", "export.json"):
        assert (await town.bo.get(f"/topics/6/{path}")).status_code == 404
        assert (await town.dee.get(f"/topics/6/{path}")).status_code == 200


async def test_what_was_said_is_found_in_its_topic(town: Town) -> None:
    post = await answer_in(town.bo, "/topics/5", "Ten metres of **hemp** rope, 100% <dry>")
    wrong = await answer_in(town.bo, "/topics/5", "hemp rope, a mistake")
    await town.bo.post(f"/posts/{wrong}/withdrawal")
    page = await town.visitor.open("/topics/5/find?words=ROPE+hemp")
    assert f"/topics/5?at=1#post-{post}" in page and "<mark>hemp</mark>" in page
    assert "1 post with these words" in page and "mistake" not in page
    assert "<mark>100%</mark> &lt;dry" in await town.visitor.open("/topics/5/find?words=100%25")
    for nothing in ("hemp+tar", "10%25s", "_en", "mistake"):
        page = await town.visitor.open(f"/topics/5/find?words={nothing}")
        assert "Nothing found" in page, nothing
    await answer_in(town.dee, "/topics/6", "between us")
    assert (await town.bo.get("/topics/6/find?words=between")).status_code == 404
