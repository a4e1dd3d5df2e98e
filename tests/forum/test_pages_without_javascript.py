"""Everything about topics, in a browser that has no scripts."""

import re

import pytest

from community import mentions as reaching
from community.clock import now
from community.histories import PAGE as HISTORY
from community.members.actions import set_muted_until
from community.members.models import Member
from forum import mentions
from forum.topics.actions import hide_post
from forum.topics.models import Post
from tests.cast import BO
from tests.conftest import Town
from tests.forum.pages import (
    answer_in,
    answer_to,
    fields_of,
    id_of,
    ids_in,
    start_topic,
    titles_in,
    write,
)

OURS = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "image"}
TOPIC = "/topics/5"


async def test_bo_starts_a_topic_and_cy_replies(town: Town) -> None:
    topic = await start_topic(town.bo, "Rope for sale", "Forty **metres**.")
    await answer_in(town.cy, topic, "I take ten.")
    page = await town.visitor.open(topic)
    assert "Rope for sale" in page and "<strong>metres</strong>" in page and "I take ten." in page
    assert titles_in(await town.visitor.open("/topics"))[0] == "Rope for sale"


async def test_a_reply_hangs_from_its_post_two_levels_deep_and_then_continues(town: Town) -> None:
    first = await answer_in(town.bo, TOPIC, "root")
    chain = [first]
    for level in range(4):
        chain.append(await answer_to(town.cy, chain[-1], f"level {level + 1}"))
    page = await town.visitor.open(TOPIC)
    assert ids_in(page) == chain[:3]
    assert f'href="/posts/{chain[2]}" data-folded="{chain[3]} {chain[4]} "' in page
    assert ids_in(await town.visitor.open(f"/posts/{chain[2]}")) == chain[2:]


async def test_a_topic_is_read_flat_by_its_address_or_as_it_was_read_last(town: Town) -> None:
    first = await answer_in(town.bo, TOPIC, "root")
    chain = [first, *[await answer_in(town.cy, TOPIC, f"other {n}") for n in range(3)]]
    chain.append(await answer_to(town.cy, first, "leaf"))
    assert ids_in(await town.visitor.open(TOPIC)) == [first, chain[4], *chain[1:4]]
    here = f"{TOPIC}?at=1&view=flat"
    linked = await town.bo.get(here, **{"sec-fetch-site": "cross-site"})
    assert ids_in(linked.text) == chain and "Answers #1 by Bo" in linked.text
    assert "view=flat" not in linked.headers.get("set-cookie", "")  # others choose nothing for him
    chosen = await town.bo.get(here, **{"sec-fetch-site": "same-origin"})
    assert "view=flat" in chosen.headers["set-cookie"]
    remembered = {"cookie": f"sid={town.bo.token}; view=flat"}
    assert (await town.bo.get(TOPIC, **remembered)).headers["location"] == here
    assert ids_in(await town.visitor.open(here)) == chain
    assert ids_in((await town.bo.get(f"{TOPIC}?view=tree", **remembered)).text) != chain


async def test_bo_edits_and_everybody_finds_what_was_said_before(generous: Town) -> None:
    town = generous
    post = await answer_in(town.bo, TOPIC, "ten metres")
    assert fields_of(await town.bo.open(f"/posts/{post}/edit"))["body"] == "ten metres"
    page = f"/posts/{post}/edit"
    await write(town.bo, page, page, "twelve metres", reason="I measured again")
    assert "twelve metres" in await town.cy.open(TOPIC)
    history = await town.visitor.open(f"/posts/{post}/history")
    assert "twelve metres" in history and "ten metres" in history and "measured again" in history
    assert re.search(r"<del>.*removed:.*ten.*</del><ins>.*added:.*twelve.*</ins> metres", history)
    for n in range(HISTORY):
        await write(town.bo, page, page, f"{n} metres")
    first = await town.visitor.open(f"/posts/{post}/history")
    assert f"Change {HISTORY + 1}<" in first and "Change 1<" not in first
    older = re.search(r'rel="next" href="([^"]*)"', first)
    assert older and "Change 1<" in await town.visitor.open(older[1])


async def test_bo_withdraws_and_a_tombstone_stays(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "a mistake")
    await town.bo.open(f"/posts/{post}/withdrawal")
    for _ in range(2):  # a double click is one
        assert (await town.bo.post(f"/posts/{post}/withdrawal")).status_code == 303
    page = await town.visitor.open(TOPIC)
    assert "a mistake" not in page and "withdrawn by its author" in page and post in ids_in(page)
    assert (await town.visitor.get(f"/posts/{post}/history")).status_code == 404
    assert "Bring it back" in await town.bo.open(f"/posts/{post}")
    assert (await town.cy.post(f"/posts/{post}/return")).status_code == 403
    for _ in range(2):
        assert (await town.bo.post(f"/posts/{post}/return")).status_code == 303
    assert "a mistake" in await town.visitor.open(TOPIC)
    await town.bo.post(f"/posts/{post}/withdrawal")
    await town.db.act(lambda tx: hide_post(tx, tx.get_one(Post, post)))
    assert (await town.bo.post(f"/posts/{post}/return")).status_code == 403


async def test_nobody_changes_what_another_wrote(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "mine")
    refused = await town.cy.post(f"/posts/{post}/edit", place=f"post:{post}", body="yours")
    assert refused.status_code == 403 and "Only the author" in refused.text
    assert (await town.cy.post(f"/posts/{post}/withdrawal")).status_code == 403
    assert "mine" in await town.visitor.open(TOPIC)


async def test_a_double_submit_is_one_post(town: Town) -> None:
    form = fields_of(await town.bo.open(TOPIC)) | {"body": "once"}
    first, second = [await town.bo.post(f"{TOPIC}/posts", **form) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert len(ids_in(await town.visitor.open(TOPIC))) == 1


async def test_what_cannot_be_stored_is_given_back_with_the_reason(town: Town) -> None:
    form = fields_of(await town.bo.open(TOPIC))
    for body, reason in (("!" * 3_001, "too many special characters"), ("  ", "write something")):
        refused = await town.bo.post(f"{TOPIC}/posts", **form | {"body": body})
        assert refused.status_code == 422 and reason in refused.text
        assert fields_of(refused.text)["body"].strip() == body.strip()
        assert fields_of(refused.text)["key"] == form["key"]


async def test_bo_speaks_for_dodol(town: Town) -> None:
    assert "Dodol" in await town.bo.open(TOPIC)
    await answer_in(town.bo, TOPIC, "from our kitchen", mandate=1)
    assert "Dodol" in await town.visitor.open(TOPIC)
    form = fields_of(await town.cy.open(TOPIC)) | {"body": "me too", "mandate": 1}
    refused = await town.cy.post(f"{TOPIC}/posts", **form)
    assert refused.status_code == 403 and fields_of(refused.text)["body"] == "me too"


async def test_a_preview_keeps_what_was_written(town: Town) -> None:
    form = fields_of(await town.bo.open(TOPIC)) | {"body": "**bold** words"}
    page = (await town.bo.post("/preview", **form)).text
    assert "<strong>bold</strong>" in page and fields_of(page) == form
    assert not ids_in(await town.visitor.open(TOPIC))


async def test_how_many_people_a_group_reaches_is_said_before_it_is_told(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "UNSAID", 2)
    form = fields_of(await town.bo.open(TOPIC)) | {"body": "@moderator, have a look"}
    preview = (await town.bo.post("/preview", **form)).text
    assert "The groups you name reach 3 people." in preview and not ids_in(preview)
    refused = await town.bo.post(f"{TOPIC}/posts", **form)
    assert refused.status_code == 409 and "reach 3 people. Send it again" in refused.text
    assert fields_of(refused.text) == form | {"reach": "3"}
    sent = await town.bo.post(f"{TOPIC}/posts", **fields_of(refused.text))
    assert sent.status_code == 303
    edited = {"place": f"post:{id_of(sent.headers['location'])}", "body": "@moderator, look"}
    page = f"/posts/{id_of(sent.headers['location'])}/edit"
    assert (await town.bo.post(page, **edited)).status_code == 303  # nobody is told twice
    monkeypatch.setattr(mentions, "MOST_REACHED", 2)
    refused = await town.bo.post(f"{TOPIC}/posts", **form | {"key": "k2", "reach": "3"})
    assert refused.status_code == 422 and "too many people: at most 2" in refused.text
    assert fields_of(refused.text)["body"] == form["body"]
    assert 'data-text="Cy"' in await town.bo.open("/mentions?place=topic:5&words=c")
    assert 'data-text="' not in await town.bo.open("/mentions?place=new&words=c")
    assert (await town.bo.get("/mentions?place=topic:6&words=c")).status_code == 404
    assert (await town.visitor.get("/mentions?place=topic:5&words=c")).status_code in {303, 401}


async def test_ada_locks_and_only_moderators_go_on(town: Town) -> None:
    assert (await town.bo.post(f"{TOPIC}/lock")).status_code == 403
    await town.ada.post(f"{TOPIC}/lock")
    page = await town.bo.open(TOPIC)
    assert "This topic is locked." in page and "<textarea" not in page
    refused = await town.bo.post(f"{TOPIC}/posts", place="topic:5", key="k", body="but")
    assert refused.status_code == 403 and "but" in refused.text
    await answer_in(town.ada, TOPIC, "the last word")
    await town.ada.post(f"{TOPIC}/unlock")
    await answer_in(town.bo, TOPIC, "thank you")


async def test_opening_a_topic_without_scripts_reads_it(town: Town) -> None:
    await answer_in(town.bo, TOPIC, "one")
    await answer_in(town.cy, TOPIC, "two")
    await answer_in(town.cy, TOPIC, "three")
    assert '<b class="unread">2' in await town.bo.open("/topics")
    page = await town.bo.open(TOPIC)
    assert 'id="unread">2 unread' in page and page.index('id="unread"') < page.index("two")
    picture = re.search(r'<noscript><img [^>]*src="([^"]*)"', page)
    assert picture
    assert (await town.bo.get(picture[1], **{"sec-fetch-site": "cross-site"})).status_code == 204
    assert '<b class="unread">2' in await town.bo.open("/topics")
    assert (await town.bo.get(picture[1], **OURS)).status_code == 204
    assert '<b class="unread">' not in await town.bo.open("/topics")


async def test_a_long_topic_has_pages_and_leads_to_the_first_unread(generous: Town) -> None:
    town = generous
    await answer_in(town.cy, TOPIC, "post 1")
    for number in range(2, 25):
        await answer_in(town.bo, TOPIC, f"post {number}")
    page = await town.cy.open(TOPIC)
    assert len(ids_in(page)) == 20 and f'href="{TOPIC}?page=2"' in page and 'href="#unread"' in page
    await town.cy.get(f"{TOPIC}/read?at=20", **OURS)
    assert f'href="{TOPIC}?at=21#unread"' in await town.cy.open(TOPIC)
    later = await town.cy.open(f"{TOPIC}?at=23")
    assert len(ids_in(later)) == 4 and 'data-from="21"' in later
    assert "<span data-at>24</span> of <span data-total>24</span>" in later


async def test_restricted_categories_are_not_there_for_others(town: Town) -> None:
    for path in ("/categories/office", "/topics/6"):
        assert (await town.bo.get(path)).status_code == 404
        assert (await town.visitor.get(path)).status_code == 404
        await town.dee.open(path)
    post = await answer_in(town.dee, "/topics/6", "between us")
    for path in (f"/posts/{post}", f"/posts/{post}/history", f"/posts/{post}/reply"):
        assert (await town.bo.get(path)).status_code == 404
    assert "Office" not in await town.bo.open("/categories")
    assert "Office" in await town.dee.open("/categories")
    assert "1 topic</div>" in await town.dee.open("/categories")  # in words, not a bare number


async def test_a_list_keeps_its_lens_through_its_pages(generous: Town) -> None:
    town = generous
    for number in range(22):
        await start_topic(town.bo, f"Garut {number}", "x", region="32.05", cluster="food")
    await start_topic(town.bo, "Bandung", "x", region="32.73")
    chosen = await town.visitor.get("/topics?province=32&region=&cluster=&theme=")
    assert chosen.headers["location"] == "/topics?region=32"
    page = await town.visitor.open("/topics?region=32")
    assert "Bandung" in titles_in(page) and len(titles_in(page)) == 20
    page = await town.visitor.open("/topics?region=32.05&cluster=food")
    older = re.search(r'rel="next" href="([^"]*)"', page)
    assert older and "region=32.05&amp;cluster=food&amp;before=" in older[1]
    rest = titles_in(await town.visitor.open(older[1].replace("&amp;", "&")))
    assert titles_in(page) + rest == [f"Garut {number}" for number in reversed(range(22))]
    assert (await town.visitor.get("/topics?region=99")).status_code == 422
    assert (await town.visitor.get("/topics?before=x")).status_code == 422


async def test_visitors_read_and_are_asked_to_sign_in_to_write(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "for everybody")
    page = await town.visitor.open(TOPIC)
    assert "<textarea" not in page and "/sign-in?next=/topics/5" in page
    for path in ("/topics/new", f"/posts/{post}/reply", f"/posts/{post}/edit"):
        assert (await town.visitor.get(path)).headers["location"].startswith("/sign-in?next=")
    came_from = {"referer": f"{town.origin}{TOPIC}?at=1"}
    sent = await town.visitor.post_with(came_from, f"{TOPIC}/posts", place="topic:5", body="x")
    assert sent.status_code == 401
    assert f'href="/sign-in?next={TOPIC}%3Fat%3D1"' in sent.text


async def test_an_answer_leads_to_the_post_it_became(town: Town) -> None:
    location = await write(town.bo, TOPIC, f"{TOPIC}/posts", "here I am")
    assert location.startswith(f"{TOPIC}?at=1#post-") and id_of(location) in ids_in(
        await town.bo.open(TOPIC)
    )


async def test_a_topic_without_a_category_is_asked_for_one_and_kept(town: Town) -> None:
    written = {"place": "new", "title": "Rope", "body": "Forty metres of it", "key": "k1"}
    answer = await town.bo.post("/topics", **written)
    assert answer.status_code == 422 and "Please choose a category." in answer.text
    assert "Forty metres of it" in answer.text


async def test_who_is_muted_is_told_before_writing_a_topic(town: Town) -> None:
    await town.db.act(lambda tx: set_muted_until(tx, tx.get_one(Member, BO), now(tx)))
    page = await town.bo.open("/topics/new")
    assert "You are muted until" in page and "<select" not in page
