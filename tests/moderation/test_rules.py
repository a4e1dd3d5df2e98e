"""The rules page: what the reasons mean, and how soon somebody looks."""

import re

from moderation.reasons import APPLICATIONS, BUILT_IN, ReasonChange, change_reason
from tests.browsing import Browser
from tests.cast import ADA, FAY
from tests.conftest import Town
from tests.moderation.reporting import as_, judge, reported, write

GIVEN = set(BUILT_IN) - set(APPLICATIONS)


async def test_every_reason_has_a_place_to_lead_to_in_both_tongues(town: Town) -> None:
    reader = Browser(town.origin, locale="id")
    for one in (town.visitor, reader):
        page = await one.open("/rules")
        assert set(re.findall(r'<section class="rule" id="(\w+)"', page)) == GIVEN
        assert set(re.findall(r'<a href="#(\w+)"', page)) >= GIVEN
    await reader.close()


async def test_it_says_the_deadlines_and_words_that_administrators_set(town: Town) -> None:
    change = ReasonChange(
        priority=2, hours=5, in_use=True, position=1, label_en="Junk", hint_id="Sampah",
        hint_en="<b>Unasked</b> offers.",
    )  # fmt: skip
    await as_(town.db, FAY, change_reason, "spam", change)
    rule = _rule(await town.visitor.open("/rules"), "spam")
    for said in ("Junk", "within 5 hours", "&lt;b&gt;Unasked", "Important"):
        assert said in rule
    assert "Sampah" not in rule and "senior" not in rule
    assert "by senior moderators" in _rule(await town.visitor.open("/rules"), "csam")


async def test_form_answer_and_statement_lead_to_the_rule(town: Town) -> None:
    here = '<a href="/rules#spam">'
    assert here in await town.cy.open(f"/posts/{await write(town.db)}/flags")
    _post, case = await reported(town.db)
    assert here in await town.cy.open("/flags/1")
    await judge(town.db, ADA, case)
    assert (await town.cy.open("/flags/1")).count(here) == 2
    assert here in await town.bo.open("/decisions/1")


def _rule(page: str, code: str) -> str:
    return page.split(f'id="{code}"', 1)[1].split("</section>", 1)[0]
