"""What is said again and again: kept by seniors in both tongues, put below what is typed."""

import re

import pytest

from community.audit import AuditEntry
from community.database import Database, Transaction
from community.errors import Denied, Invalid, NotFound
from community.members.models import Member
from moderation.queue.canned import (
    MOST,
    Canned,
    Field,
    Wording,
    add_text,
    change_text,
    offered_for,
    remove_text,
)
from moderation.reasons import BUILT_IN, CLOSED, UNANSWERED
from tests.browsing import Browser
from tests.cast import ADA, BO, CY, EVA
from tests.conftest import Town
from tests.moderation.reporting import as_, reported, rows, take, the

WORDING = Wording("spam", Field.FACTS, "Di “{place}”, {date}.", "In “{place}”, {date}.", 1)


async def test_there_is_a_first_text_for_every_reason_in_both_tongues(db: Database) -> None:
    texts = await rows(db, Canned)
    assert {text.reason_code for text in texts} == {*BUILT_IN, None} - {UNANSWERED, CLOSED}
    assert all(text.words_id and text.words_en for text in texts)


async def test_seniors_keep_them_and_others_may_not(db: Database) -> None:
    for who in (ADA, CY):
        with pytest.raises(Denied):
            await as_(db, who, add_text, WORDING)
    text = await as_(db, EVA, add_text, WORDING)
    await as_(db, EVA, change_text, text.id, WORDING._replace(reason="", words_en="Read it."))
    kept = await the(db, Canned, text.id)
    assert (kept.reason_code, kept.words_en) == (None, "Read it.")
    with pytest.raises(Denied):
        await as_(db, ADA, remove_text, text.id)
    await as_(db, EVA, remove_text, text.id)
    with pytest.raises(NotFound):
        await as_(db, EVA, change_text, text.id, WORDING)
    verbs = [one.verb for one in await rows(db, AuditEntry) if one.subject == text.address]
    assert verbs == ["text.added", "text.changed", "text.removed"]
    assert "Read it." not in str([one.details for one in await rows(db, AuditEntry)])


@pytest.mark.parametrize(
    "half", [WORDING._replace(words_id=" "), WORDING._replace(words_en="\n")], ids=["en", "id"]
)
async def test_a_text_in_one_tongue_alone_is_none(db: Database, half: Wording) -> None:
    with pytest.raises(Invalid, match="both languages"):
        await as_(db, EVA, add_text, half)


async def test_of_one_reason_there_are_as_many_as_one_can_read(db: Database) -> None:
    with pytest.raises(Invalid, match="already"):
        for _number in range(MOST + 1):
            await as_(db, EVA, add_text, WORDING)
    assert len([one for one in await rows(db, Canned) if one.reason_code == "spam"]) == MOST


async def test_they_are_said_in_the_authors_tongue_with_place_and_day(db: Database) -> None:
    text = await as_(db, EVA, add_text, WORDING)
    _post, case = await reported(db)
    for locale, begins in (("en", "In"), ("id", "Di")):
        await db.act(_speaks, locale)
        offered = await as_(db, ADA, offered_for, case, "spam")
        words = {one.text.id: one.words for one in offered.texts}
        said = words[text.id]
        assert re.fullmatch(rf"{begins} “Where to moor”, \d\d-\d\d-\d{{4}}\.", said)
        assert offered.locale == locale and "{" not in "".join(words.values())
    with pytest.raises(NotFound):
        await as_(db, CY, offered_for, case, "spam")


async def test_without_scripts_a_text_goes_below_what_is_typed(town: Town) -> None:
    _post, case = await reported(town.db)
    version = await take(town.db, ADA, case)
    shown = await town.ada.open(f"/cases/{case}")
    number, words = _first_for(shown, "facts")
    typed = {"facts": "I looked.", "ground": "Rule 3", "reason": "spam", "key": "k9"}
    again = await town.ada.post(
        f"/cases/{case}/texts", insert=number, version=str(version), **typed
    )
    assert again.status_code == 200
    assert f"I looked.\n{words}</textarea>" in again.text
    for kept in ("Rule 3</textarea>", 'value="k9"', 'value="spam" selected'):
        assert kept in again.text


async def test_another_reason_brings_its_own_texts(town: Town) -> None:
    _post, case = await reported(town.db)
    version = await take(town.db, ADA, case)
    again = await town.ada.post(f"/cases/{case}/texts", version=str(version), reason="hoax")
    piece = await town.ada.open(f"/cases/{case}/texts?reason=hoax")
    for shown in (again.text, piece):
        assert "contradicted by this source" in shown and "several places" not in shown
    assert (await town.cy.get(f"/cases/{case}/texts?reason=hoax")).status_code == 404
    other = await town.ada.post(f"/cases/{case}/texts", version=str(version), insert="9999")
    assert other.status_code == 404


async def test_the_page_of_texts_is_for_moderators_and_its_forms_for_seniors(town: Town) -> None:
    assert (await town.cy.get("/moderation/texts")).status_code == 403
    assert "New text" not in await town.ada.open("/moderation/texts")
    assert "New text" in await town.eva.open("/moderation/texts")
    form = {"reason": "spam", "field": "ground", "words_id": "Aturan 1", "words_en": ""}
    refused = await town.eva.post("/moderation/texts", **form)
    assert refused.status_code == 422 and "Aturan 1</textarea>" in refused.text
    sent = await town.eva.post("/moderation/texts", **form | {"words_en": "<b>Rule</b>"})
    assert sent.headers["location"] == "/moderation/texts#spam"
    listed = await town.ada.open("/moderation/texts")
    assert "&lt;b&gt;Rule" in listed
    number = max(one.id for one in await rows(town.db, Canned))
    assert await _changes(town.ada, number) == 403
    assert await _changes(town.eva, number) == 303
    assert (await town.eva.post(f"/moderation/texts/{number}/removal")).status_code == 303


async def _changes(reader: Browser, number: int) -> int:
    form = {"field": "ground", "words_id": "Aturan 2", "words_en": "Rule 2"}
    return (await reader.post(f"/moderation/texts/{number}", **form)).status_code


def _first_for(page: str, field: str) -> tuple[str, str]:
    item = rf'<p class="canned-words">([^<]+)</p>.*?value="(\d+)"[^>]*data-field="{field}"'
    found = re.search(item, page, re.DOTALL)
    assert found
    return found[2], found[1]


def _speaks(tx: Transaction, locale: str) -> None:
    tx.get_one(Member, BO).locale = locale
