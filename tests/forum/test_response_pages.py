"""The same through the pages, without a script: asked, seen to, answered, and shown at the post."""

import re

from community.places import Lens
from forum.topics.actions import start
from tests.browsing import Browser
from tests.cast import DEE, DEE_FOR_OFFICE, HARBOUR_OFFICE, MOORING, OFFICE
from tests.conftest import Town
from tests.forum.asking import asked, open_customs, said_officially
from tests.moderation.reporting import as_, write

TOPIC = f"/topics/{MOORING}"


async def ask(browser: Browser, post: int, **about: int) -> str:
    """Where the request is followed."""
    form = {"agency": HARBOUR_OFFICE, "term": 5} | about
    answer = await browser.post(f"/posts/{post}/response", **form)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].endswith(f"#post-{post}")
    found = re.search(r'href="(/responses/\d+)"', await browser.open(f"/posts/{post}"))
    assert found
    return found[1]


async def test_the_author_asks_and_everybody_sees_by_when(town: Town) -> None:
    post = await write(town.db)
    assert f"/posts/{post}/response" in await town.bo.open(f"/posts/{post}")
    form = await town.bo.open(f"/posts/{post}/response")
    assert re.search(r'<optgroup label="Offices for this place">\s*<option value="1"', form)
    for _twice in range(2):  # is once
        where = await ask(town.bo, post)
    for reader in (town.bo, town.visitor):
        shown = await reader.open(TOPIC)
        assert "An official response is asked for" in shown and "Received · due on" in shown
        assert "WIB (5 working days)" in shown and f'href="{where}"' in shown
        page = await reader.open(where)
        assert "Bo asked Harbour Office for an official response" in page
        assert "For your office" not in page
    assert "waits for an official response already" in await town.bo.open(f"/posts/{post}/response")


async def test_others_are_told_why_they_cannot_ask(town: Town) -> None:
    post = await write(town.db)
    assert "Its author and officials" in await town.cy.open(f"/posts/{post}/response")
    answer = await town.cy.post(f"/posts/{post}/response", agency=HARBOUR_OFFICE, term=5)
    assert answer.status_code == 403 and "Its author and officials" in answer.text
    assert (await town.visitor.get(f"/posts/{post}/response")).status_code == 303


async def test_the_office_sees_to_it_and_answers(town: Town) -> None:
    where = await ask(town.bo, await write(town.db))
    assert "asked for an official response in “Where to moor”" in await town.dee.open("/notices")
    assert "Write the answer" not in await town.dee.open(where)
    assert (await town.dee.post(f"{where}/owner", owner=DEE)).headers["location"] == where
    assert "Write the answer" in await town.dee.open(where)
    answer = await said_officially(town.db)
    assert f'<option value="{answer}"' in await town.dee.open(where)
    assert (await town.dee.post(f"{where}/answer", post=answer)).status_code == 303

    shown = await town.visitor.open(TOPIC)
    assert "Official response to a question" in shown
    assert f'<a href="/posts/{answer}">Read the answer</a>' in shown
    assert "due on" not in shown
    done = await town.dee.post(f"{where}/implementation", reason="Lit since today.")
    assert done.status_code == 303
    page = await town.visitor.open(where)
    assert "Carried out" in page and "Lit since today." in page and "on the day it came" in page
    assert "There is news of the official response" in await town.bo.open("/notices")


async def test_what_was_typed_is_kept_where_it_is_refused(town: Town) -> None:
    await town.db.act(open_customs)
    where = f"/responses/{await asked(town.db)}"
    for path, form, complaint in (
        ("owner", {}, "Please choose one first."),
        ("refusal", {"reason": " "}, "Say why: everybody reads this."),
        ("agency", {"reason": "Theirs <b>."}, "Please choose one first."),
        ("pause", {"until": "2099-01-01", "reason": "We wait."}, "Nobody of the office sees"),
        ("pause", {"reason": "We wait."}, "Say until which day."),
        ("implementation", {"reason": "Done."}, "Nobody of the office sees"),
    ):
        answer = await town.dee.post(f"{where}/{path}", **form)
        assert answer.status_code in {403, 409, 422}, path
        assert complaint in answer.text, path
    handed = await town.dee.post(f"{where}/agency", reason="Theirs <b>.")
    assert handed.text.count("Theirs &lt;b&gt;.") == 1, "and in no other form"


async def test_open_pages_see_how_it_goes(town: Town) -> None:
    post = await write(town.db)
    async with town.gus.tab() as gus:
        await gus.watch(f"topic:{MOORING}")
        where = await ask(town.bo, post)
        assert "An official response is asked for" in (await gus.until("put"))["html"]
        await town.dee.post(f"{where}/owner", owner=DEE)
        assert "Being worked on" in (await gus.until("put"))["html"]


async def test_it_is_told_where_it_stands_and_nowhere_else(town: Town) -> None:
    """In a topic for offices alone."""
    begun = await as_(town.db, DEE, start, OFFICE, "Rope", "For us", Lens(), key="k1",
                      mandate_id=DEE_FOR_OFFICE)  # fmt: skip
    where = await ask(town.dee, begun.id)
    assert "For us" in await town.dee.open(where)
    for stranger in (town.visitor, town.gus):
        assert (await stranger.get(where)).status_code == 404
