"""post -> an official response is asked for -> the office's bell -> seen to -> an answer for the
office -> the asker's bell; every open page of the topic sees each step."""

from tests.browsing import Tab
from tests.cast import DEE, DEE_FOR_OFFICE, HARBOUR_OFFICE, MOORING
from tests.conftest import Town
from tests.forum.pages import answer_in, answer_to

TOPIC = f"/topics/{MOORING}"


async def test_bo_asks_the_harbour_office_and_dee_answers_for_it(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "May I moor here at night?")
    async with town.gus.tab() as gus, town.dee.tab() as dee, town.bo.tab() as bo:
        await gus.watch(f"topic:{MOORING}")
        form = await town.bo.open(f"/posts/{post}/response")
        assert "Harbour Office" in form and "5 working days" in form
        asked = await town.bo.post(f"/posts/{post}/response", agency=HARBOUR_OFFICE, term=5)
        assert asked.headers["location"].endswith(f"#post-{post}")
        where = "/responses/1"
        await _shows(gus, "An official response is asked for", "Received · due on")
        await _rings(dee)
        assert "asked for an official response" in await town.dee.open("/notices")

        await town.dee.post(f"{where}/owner", owner=DEE)
        await _shows(gus, "Being worked on")
        await _rings(bo)

        answer = await answer_to(town.dee, post, "You may.", mandate=DEE_FOR_OFFICE)
        await town.dee.post(f"{where}/answer", post=answer)
        await _shows(gus, f'<a href="/posts/{answer}">Read the answer</a>')
        await _shows(gus, "Official response to a question")

    page = await town.visitor.open(where)
    assert "Dee answered for Harbour Office" in page and "on the day it came" in page
    assert where in await town.visitor.open("/responses?show=answered")
    assert where not in await town.visitor.open("/responses")


async def _shows(tab: Tab, *words: str) -> None:
    """Sooner or later, in one frame."""
    html = ""
    while not all(one in html for one in words):
        html = (await tab.until("put"))["html"]


async def _rings(tab: Tab) -> None:
    while (await tab.until("put")).get("target") != "bell":
        pass
