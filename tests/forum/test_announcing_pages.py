"""The same through the pages, without a script: read, acknowledge, follow up."""

import re
from datetime import timedelta

import pytest

from community import clock
from tests.cast import DEE, DEE_FOR_OFFICE
from tests.conftest import Town
from tests.forum.announcing import HARBOUR, announce, publish
from tests.moderation.reporting import as_


async def test_one_for_some_is_absent_for_others(town: Town) -> None:
    where = await announce(town.dee, public="")
    for reader in (town.bo, town.gus, town.dee):
        assert "Storm on Friday" in await reader.open(where)
    for stranger in (town.ada, town.cy, town.visitor):
        assert (await stranger.get(where)).status_code == 404
        assert "Storm" not in await stranger.open("/announcements")
    assert (await town.ada.post(f"{where}/acknowledgement")).status_code == 404


async def test_acknowledging_leads_back_and_twice_is_once(town: Town) -> None:
    where = await announce(town.dee)
    assert "1 waits for you" in await town.bo.open("/announcements")
    for _ in range(2):
        answer = await town.bo.post(f"{where}/acknowledgement", next="/announcements")
        assert answer.headers["location"] == "/announcements"
    assert "You acknowledged this on" in await town.bo.open(where)
    assert "waits for you" not in await town.bo.open("/announcements")
    assert (await town.bo.post(f"{where}/acknowledgement", next="//evil.test")).headers[
        "location"
    ] == "/"


async def test_it_is_acknowledged_from_home(town: Town) -> None:
    where = await announce(town.dee)
    assert f'action="{where}/acknowledgement"' in await town.bo.open("/")
    await town.bo.post(f"{where}/acknowledgement", next="/")
    assert where not in await town.bo.open("/")


async def test_progress_is_for_the_office_alone(town: Town) -> None:
    where = await announce(town.dee)
    await town.bo.post(f"{where}/acknowledgement")
    page = await town.dee.open(f"{where}/progress")
    assert "1 of 2" in page and "Gus" in page and "Leather Lane" in page
    assert "<b>Bo</b>" not in page  # has acknowledged
    for stranger in (town.bo, town.ada, town.fay):
        assert (await stranger.get(f"{where}/progress")).status_code == 404


async def test_the_deadline_is_in_the_zone_of_who_reads_it(town: Town) -> None:
    where = await announce(town.dee)  # in WIB, as Dee lives there
    assert "5 Jan 2099, 16:00 WIB" in await town.bo.open(where)
    await town.bo.post(
        "/settings/preferences", locale="en", zone="Asia/Jayapura", theme="auto", save_data=""
    )
    assert "5 Jan 2099, 18:00 WIT" in await town.bo.open(where)


@pytest.mark.parametrize(
    ("lens", "shown"),
    [("", True), ("?region=32.05", True), ("?region=32", True), ("?region=33", False),
     ("?cluster=food", True), ("?theme=policy", False)],
)  # fmt: skip
async def test_the_lens_shows_what_concerns_a_place(town: Town, lens: str, shown: bool) -> None:
    await announce(town.dee)
    assert ("Storm on Friday" in await town.visitor.open(f"/announcements{lens}")) is shown


async def test_older_ones_stand_on_the_next_page(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(21):
        monkeypatch.setattr(clock, "ahead", timedelta(hours=2 * n))  # not too many in a day
        told = HARBOUR._replace(title=f"Notice {n}.")
        await as_(town.db, DEE, publish, DEE_FOR_OFFICE, told, key=f"k{n}")
    first = await town.visitor.open("/announcements")
    assert "Notice 20." in first and "Notice 0." not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older and "Notice 0." in await town.visitor.open(older[1].replace("&amp;", "&"))


async def test_somebody_without_an_office_sees_no_way_to_follow_it(town: Town) -> None:
    where = await announce(town.dee)
    assert "/progress" in await town.dee.open(where)
    assert "/progress" not in await town.bo.open(where)
