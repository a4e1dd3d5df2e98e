"""The same through the pages: what stays in sight, what the office sees and takes away, who may."""

import csv
import re
from io import StringIO

import pytest
from starlette.routing import Route

from community.audit import AuditEntry
from community.database import Transaction
from community.lists import FORMULA
from community.organisations.models import Organisation
from forum.announcements.models import Purpose
from tests.cast import CY, DEE, DODOL, HARBOUR_OFFICE, QUAY
from tests.conftest import Town
from tests.doors import everything
from tests.forum.acknowledging import live_in, speaks
from tests.forum.announcing import announce, announced
from tests.forum.correcting import corrected
from tests.moderation.reporting import rows

PIN = "Urgent announcement"


async def call(town: Town, **changes: str) -> str:
    return await announce(town.dee, by_organisation="yes", **changes)


async def test_a_colleague_has_acknowledged_it_for_all(town: Town) -> None:
    await live_in(town.db, "32.05", CY)
    await speaks(town.db, CY, DODOL)
    where = await call(town)
    page = await town.bo.open(where)
    assert (
        "counts for the organisations you speak for" in page and "Nobody has acknowledged" in page
    )
    await town.cy.post(f"{where}/acknowledgement", said="From when on?")
    page = await town.bo.open(where)
    assert f'action="{where}/acknowledgement"' not in page
    assert "Cy" in page and "Nobody has acknowledged" not in page
    assert "waits for you" not in await town.bo.open("/announcements")


async def test_progress_counts_organisations_and_says_which_have_not(town: Town) -> None:
    def move(tx: Transaction) -> None:
        tx.get_one(Organisation, DODOL).region = "32.05"

    await town.db.act(move)
    where = await call(town)
    await town.bo.post(f"{where}/acknowledgement", said="From when on?")
    page = await town.dee.open(f"{where}/progress")
    assert "1 of 2" in page and "Leather Lane" in page and '<svg class="chart"' in page
    assert not re.search(r"<b><a [^>]*>Dodol<", page)
    bars = re.findall(r'<text x="0"[^>]*>([^<]+)</text>\s*<text[^>]*>([^<]+)<', page)
    assert bars == [
        ("Not stated", "0 of 1"), ("Kabupaten Garut", "1 of 1"),  # by region
        ("Not stated", "1 of 2"),  # by cluster
    ]  # fmt: skip
    assert "1 comment" in page
    assert "From when on?" in await town.dee.open(f"{where}/remarks")


async def test_progress_moves_while_it_is_looked_at(town: Town) -> None:
    where = await call(town)
    async with town.dee.tab() as tab:
        await town.bo.post(f"{where}/acknowledgement")
        frame = await tab.until("refresh")
        assert frame["target"] == f"progress-{where.rpartition('/')[2]}"
        assert frame["within"] == 1


async def test_an_urgent_one_stays_in_sight_until_it_is_acknowledged(town: Town) -> None:
    where = await announce(town.dee, purpose=Purpose.URGENT)
    for page in ("/", "/topics", "/announcements", "/settings"):
        assert PIN in await town.bo.open(page), page
        assert PIN not in await town.cy.open(page), page
    assert PIN not in await town.bo.open(where), "it is there itself"
    await _looks_at(town, where)
    assert PIN in await town.bo.open("/topics"), "to look at it is not enough"
    await town.bo.post(f"{where}/acknowledgement")
    assert PIN not in await town.bo.open("/topics")
    assert PIN in await town.gus.open("/topics")


async def test_an_urgent_one_for_information_stays_until_it_was_seen(town: Town) -> None:
    where = await announce(town.dee, purpose=Purpose.URGENT, acknowledge="", acknowledge_by="")
    assert PIN in await town.bo.open("/topics")
    await _looks_at(town, where)
    assert PIN not in await town.bo.open("/topics")
    await corrected(town.db, 1, key="c1")
    assert PIN not in await town.bo.open("/topics")
    await corrected(town.db, 1, key="c2", body="Leave the harbour at once.", material=True)
    assert PIN in await town.bo.open("/topics"), "it says something else"
    await _looks_at(town, where)
    assert PIN not in await town.bo.open("/topics")


async def _looks_at(town: Town, where: str) -> None:
    """Bo, with the script of the page."""
    async with town.bo.tab() as tab:
        await tab.send("read", stream=f"announcement:{where.rpartition('/')[2]}", seq=1)
        await tab.watch(f"channel:{QUAY}")  # what one tab asks for happens in turn


async def test_the_list_of_those_missing_names_them_and_holds_no_formula(town: Town) -> None:
    def call_it(tx: Transaction) -> None:
        tx.get_one(Organisation, DODOL).name = "=SUM(A1:A9)"

    await town.db.act(call_it)
    await live_in(town.db, "32.05", CY)
    where = await call(town)
    await town.gus.post(f"{where}/acknowledgement")
    answer = await town.dee.post(f"{where}/missing")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    head, *lines = csv.reader(StringIO(answer.text))
    assert head == ["kind", "id", "name", "region", "joined_at"]
    assert [line[:3] for line in lines] == [
        ["organisation", str(DODOL), "'=SUM(A1:A9)"],
        ["member", str(CY), "Cy"],
    ]
    assert not [cell for line in lines for cell in line if cell.startswith(FORMULA)]
    (entry,) = [one for one in await rows(town.db, AuditEntry) if one.verb == "announcement.listed"]
    assert entry.actor_id == DEE and entry.subject == f"announcement:{where.rpartition('/')[2]}"


@pytest.mark.parametrize("public", ["yes", ""])
async def test_what_the_office_sees_is_for_its_people_alone(generous: Town, public: str) -> None:
    """Whatever their role: members, other organisations, moderators, administrators, visitors."""
    town = generous
    where = await call(town, public=public)
    await town.bo.post(f"{where}/acknowledgement", said="From when on?")
    before = await everything(town)
    for path in (f"{where}/progress", f"{where}/remarks", f"{where}/delivery"):
        for stranger in (town.ada, town.bo, town.cy, town.eva, town.fay, town.gus):
            assert (await stranger.get(path)).status_code == 404
        assert (await town.visitor.get(path)).status_code == 303, "to sign in"
        assert (await town.dee.get(path)).status_code == 200
    for stranger in (town.ada, town.bo, town.cy, town.eva, town.fay, town.gus):
        assert (await stranger.post(f"{where}/missing")).status_code == 404
    assert (await town.visitor.post(f"{where}/missing")).status_code in (401, 303)
    assert await everything(town) == before


@pytest.mark.parametrize("public", ["yes", ""])
async def test_nobody_acknowledges_what_nobody_asks_them(generous: Town, public: str) -> None:
    """S26, by role: who holds no mandate of an organisation that was asked, and was not told."""
    town = generous
    where = await call(town, public=public)
    before = await everything(town)
    for stranger in (town.ada, town.cy, town.dee, town.eva, town.fay):
        assert (await stranger.post(f"{where}/acknowledgement")).status_code == 404
        for named in ({"organisation": DODOL}, {"member": 2}, {"mandate": 1}):
            answer = await stranger.post(f"{where}/acknowledgement", **named)
            assert answer.status_code == 422
    assert (await town.visitor.post(f"{where}/acknowledgement")).status_code in (401, 303)
    assert await everything(town) == before


async def test_no_door_changes_for_whom_an_announcement_is(generous: Town) -> None:
    """Of all that there are for one that is published, none takes a word of its audience."""
    where = await call(generous)
    for route in generous.akar.routes:
        if isinstance(route, Route) and route.path.startswith("/announcements/{announcement:id}"):
            for field in ("region", "cluster", "kind", "role", "acknowledge_by", "by_organisation"):
                path = route.path.replace("/announcements/{announcement:id}", where)
                answer = await generous.dee.post(path, **{field: "32"})
                assert answer.status_code in (403, 404, 405, 409, 422) or path.endswith("/missing")
    page = await generous.dee.open(f"{where}/progress")
    assert "0 of 2" in page


async def test_who_speaks_for_the_office_no_more_sees_nothing_of_it(town: Town) -> None:
    await speaks(town.db, CY, HARBOUR_OFFICE)
    where = f"/announcements/{(await town.db.act(announced)).id}"
    assert (await town.cy.get(f"{where}/progress")).status_code == 200
    await town.cy.post("/mandates/4/giving-up")
    await town.dee.post("/mandates/4/withdrawal")
    assert (await town.cy.get(f"{where}/progress")).status_code == 404
    assert (await town.cy.post(f"{where}/missing")).status_code == 404
