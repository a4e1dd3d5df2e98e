"""Templates: an office's own, made of a draft or of what it published; drafts begin with them."""

import re
from datetime import timedelta

import pytest

from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from forum.announcements.models import Audience, Draft, Purpose
from forum.manuscripts import templates
from forum.manuscripts.actions import drop, write
from forum.manuscripts.templates import (
    Template,
    keep_template,
    remove_template,
    rename_template,
)
from tests.cast import ADA, BO, DEE, DEE_FOR_OFFICE, FAY
from tests.conftest import Town
from tests.forum.announcing import HARBOUR, announce, drafted, publish
from tests.moderation.reporting import as_, rows

FULL = Draft(
    title="Call", body="Come **all**.", audience=Audience("32", "food", "brand", "owner"),
    theme="training", public=False, purpose=Purpose.CALL, number="7/2026",
    commodities=("batik", "leather"), language="en", other_title="Panggilan",
    other_body="Datanglah.", discussion="questions", late_joiners=True,
)  # fmt: skip


async def kept(db: Database, name: str = "Monthly", key: str = "t1", draft: Draft = FULL) -> int:
    manuscript = await as_(db, DEE, write, DEE_FOR_OFFICE, draft, key=f"of {key}"[:60])
    done = await as_(db, DEE, keep_template, name, key=key, manuscript_id=manuscript.id)
    return done.id


async def test_all_that_a_draft_says_is_kept_and_stays_so(db: Database) -> None:
    await kept(db)
    (one,) = await rows(db, Template)
    assert one.draft == FULL and one.name == "Monthly"


async def test_what_was_published_becomes_one_too(db: Database) -> None:
    told = await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key="k1")
    await as_(db, DEE, keep_template, "Storm", key="t1", announcement_id=told.id)
    (one,) = await rows(db, Template)
    assert one.draft == HARBOUR


async def test_twice_is_once(db: Database) -> None:
    assert await kept(db) == await kept(db)
    assert len(await rows(db, Template)) == 1
    with pytest.raises(Conflict, match="used for something else"):
        manuscript = await as_(db, DEE, write, DEE_FOR_OFFICE, HARBOUR, key="other")
        await as_(db, DEE, keep_template, "x", key="t1", manuscript_id=manuscript.id)


async def test_names_are_told_apart(db: Database) -> None:
    await kept(db)
    with pytest.raises(Conflict, match="of this name already"):
        await kept(db, "monthly ", "t2")
    other = await kept(db, "Yearly", "t3")
    with pytest.raises(Conflict, match="of this name already"):
        await as_(db, DEE, rename_template, other, "MONTHLY")
    for _ in range(2):
        assert (await as_(db, DEE, rename_template, other, " Weekly ")).name == "Weekly"


async def test_there_is_an_end_to_them(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MOST", 1)
    await kept(db)
    with pytest.raises(Invalid, match="at most"):
        await kept(db, "Yearly", "t2")


async def test_they_are_the_offices_alone(db: Database) -> None:
    told = await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key="k1")
    one = await kept(db)
    for stranger in (ADA, BO, FAY):
        with pytest.raises(NotFound):
            await as_(db, stranger, rename_template, one, "Mine")
        with pytest.raises(NotFound):
            await as_(db, stranger, remove_template, one)
        for source in ({"announcement_id": told.id}, {"manuscript_id": 1}, {}):
            with pytest.raises(NotFound):
                await as_(db, stranger, keep_template, "Mine", key="t9", **source)
    await as_(db, DEE, remove_template, one)
    assert await rows(db, Template) == []


async def test_of_what_was_deleted_there_is_nothing_to_keep(db: Database) -> None:
    manuscript = await as_(db, DEE, write, DEE_FOR_OFFICE, FULL, key="k1")
    await as_(db, DEE, drop, manuscript.id, version=1)
    with pytest.raises(Denied, match="was deleted"):
        await as_(db, DEE, keep_template, "x", key="t1", manuscript_id=manuscript.id)


async def test_a_draft_begins_with_it_and_chooses_passed_minutes_anew(town: Town) -> None:
    where = await drafted(town.dee, number="SE-7", other_title="Badai", other_body="Ikat.")
    assert "template" in await town.dee.open(where)
    form = await town.dee.open("/desk/templates/new?manuscript=1")
    assert 'value="Storm on Friday"' in form
    answer = await town.dee.post("/desk/templates", manuscript=1, name="Storm", key="t1")
    assert answer.headers["location"] == "/desk/templates?saved=kept"
    assert "/announcements/new?template=1" in await town.dee.open("/desk/templates")
    begun = await town.dee.open("/announcements/new?template=1")
    for words in ('value="SE-7"', 'value="Badai"', "Double your **lines**.", "2099-01-05T16:00"):
        assert words in begun

    def passed(tx: Transaction) -> None:
        tx.get_one(Template, 1).acknowledge_by = now(tx) - timedelta(hours=1)

    await town.db.act(passed)
    begun = await town.dee.open("/announcements/new?template=1")
    asked = re.search(r'name="acknowledge_by"[^>]*value="([^"]*)"', begun)
    assert asked and asked[1] == "" and "Double your **lines**." in begun
    assert (await town.bo.get("/announcements/new?template=1")).status_code == 404


async def test_on_the_pages_too_it_is_named_kept_and_removed(town: Town) -> None:
    where = await announce(town.dee)
    assert "/desk/templates/new?announcement=1" in await town.dee.open(where)
    assert "/desk/templates/new" not in await town.bo.open(where)
    for page in ("/desk/templates/new?announcement=1", "/desk/templates/new"):
        assert (await town.bo.get(page)).status_code == 404
    for name in ("Storm", "storm"):
        answer = await town.dee.post("/desk/templates", announcement=1, name=name, key=name)
    assert answer.status_code == 409 and "of this name already" in answer.text
    await town.dee.post("/desk/templates/1", name="Gale")
    assert "Gale" in await town.dee.open("/desk/templates")
    await town.dee.post("/desk/templates/1/removal")
    assert "No templates yet" in await town.dee.open("/desk/templates")
    assert "No templates yet" in await town.bo.open("/desk/templates")
