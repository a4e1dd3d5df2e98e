"""What is shown of what was sealed: words, and what hangs beside them as something to open."""

import re
from pathlib import Path

import pytest
from markupsafe import Markup

from channels.hosting import silence
from community.text import facts, paragraphs
from tests.cast import ADA, BO, QUAY
from tests.conftest import Town
from tests.forum.test_attachments import attached
from tests.moderation.reporting import MESSAGE, as_, report, say, write
from tests.painting import painted
from web.sealed import excerpt, sealed

HUNG = facts([("/rules#spam", "spam"), ("📎 /files/a-B_1", "a <rope> 0f0f")])


async def test_a_file_can_be_opened_from_its_case_and_stands_in_no_line_of_the_queue(
    town: Town,
) -> None:
    post = await write(town.db)
    (picture,) = await attached(town, town.bo, post, painted())
    case = await report(town.db, post)
    shown = await town.ada.open(f"/cases/{case}")
    assert f'<a href="{picture}">File 1</a>' in shown and f"📎 {picture}" not in shown
    queue = await town.ada.open("/moderation")
    assert "Buy my rope" in queue and picture not in queue


def test_of_what_is_sealed_the_words_stay_words() -> None:
    html = paragraphs("One\nTwo <b>") + HUNG
    assert sealed(html) == (
        paragraphs("One\nTwo <b>"),
        ["/rules#spam"],
        [("/files/a-B_1", Markup("a &lt;rope&gt; 0f0f"))],
    )
    assert excerpt(html) == "One Two <b>"
    assert excerpt(HUNG) == "a <rope> 0f0f"  # where there are no words
    asked = facts([("📊 Which?", "This · That")])
    assert sealed(asked).words == asked and excerpt(asked) == "📊 Which? This · That"


@pytest.mark.parametrize(("page", "sentence"), [("members", ""), ("posts", "Bo in “")])
async def test_what_is_to_be_reported_is_named_once(town: Town, page: str, sentence: str) -> None:
    await write(town.db)
    number = BO if page == "members" else 1
    shown = await town.cy.open(f"/{page}/{number}/flags")
    (about,) = re.findall(r'<blockquote class="reported">(.*?)</blockquote>', shown, re.DOTALL)
    assert sentence in about and (sentence or " in “" not in about)


async def test_a_channel_is_stopped_or_goes_on_as_it_is_now(town: Town) -> None:
    case = await report(town.db, await say(town.db, BO), kind=MESSAGE)
    stop, go_on = "Nothing can be said in its channel for now", "It goes on there"
    shown = await town.ada.open(f"/cases/{case}")
    assert stop in shown and go_on not in shown
    await as_(town.db, ADA, silence, QUAY)
    shown = await town.ada.open(f"/cases/{case}")
    assert go_on in shown and stop not in shown


def test_every_icon_is_drawn() -> None:
    drawn = set(re.findall(r'id="([\w-]+)"', Path("web/static/icons.svg").read_text()))
    pages = [path.read_text() for path in Path("web/templates").rglob("*.html")]
    assert {name for page in pages for name in re.findall(r'\bicon\("([\w-]+)"', page)} <= drawn
