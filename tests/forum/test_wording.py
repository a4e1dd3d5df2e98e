"""Words that stand in no post can be taken away, as posts are hidden."""

import re

from tests.conftest import Town
from tests.following import rev_of

TOPIC, STREAM = "/topics/5", "topic:5"
BAD = "umpatan"  # nobody else says it
BUTTON = re.compile(r'name="(line|conclusion)" value="(\d+)"')


async def test_reasons_tags_and_conclusions_can_be_taken_out_of_a_topic(town: Town) -> None:
    await town.gus.post(f"{TOPIC}/tags", tag=f"{BAD}-1", reason=f"{BAD}-2")
    await town.gus.post(f"{TOPIC}/tags", tag="rope")
    await town.gus.post(f"{TOPIC}/aim", aim="decision", reason=f"{BAD}-3")
    for number in (4, 5):
        await town.gus.post(f"{TOPIC}/conclusion", conclusion=f"{BAD}-{number}")
    pages = (TOPIC, f"{TOPIC}/conclusion/history")
    assert all([BAD in await town.visitor.open(page) for page in pages])
    for browser, status in ((town.gus, 403), (town.cy, 403), (town.visitor, 303)):
        assert (await browser.get(f"{TOPIC}/words")).status_code == status
    words = BUTTON.findall(await town.ada.open(f"{TOPIC}/words"))
    assert len(words) == 5  # both lines of tags, that of the kind, and two conclusions
    assert (await town.gus.post(f"{TOPIC}/words", line=words[0][1])).status_code == 403
    assert (await town.ada.post(f"{TOPIC}/words")).status_code == 422
    async with town.cy.tab() as cy:
        since = (await cy.follow(STREAM)).rev
        for kind, id in (*words, *words):  # a double click is one
            assert (await town.ada.post(f"{TOPIC}/words", **{kind: id})).status_code == 303
        assert rev_of(await town.cy.open(TOPIC)) == since + len(words)
        await cy.until_rev(STREAM, since + len(words))
    for page in pages:
        assert BAD not in await town.visitor.open(page), page
    assert "A moderator took it away" in await town.visitor.open(pages[1])
    assert not BUTTON.findall(await town.ada.open(f"{TOPIC}/words"))


async def test_who_looks_after_a_topic_gives_it_another_title(town: Town) -> None:
    assert (await town.gus.post(f"{TOPIC}/title", title="Berths")).status_code == 403
    done = await town.ada.post(f"{TOPIC}/title", title="Berths", reason="It was no question")
    assert done.status_code == 303
    page = await town.visitor.open(TOPIC)
    assert "<h1>Berths</h1>" in page and "Ada changed the title" in page
    assert "It was no question" in page and "Where to moor" not in page
