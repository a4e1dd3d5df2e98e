"""The same through the pages, without a script: write, look at it once more, publish, read."""

import re

import pytest

from tests.conftest import Town
from tests.forum.announcing import STORM, announce


async def test_the_form_is_for_officials_and_says_so(town: Town) -> None:
    assert 'name="title"' in await town.dee.open("/announcements/new")
    answer = await town.bo.get("/announcements/new")
    assert answer.status_code == 403 and "Only officials publish announcements." in answer.text
    assert (await town.visitor.get("/announcements/new")).headers["location"].startswith("/sign-in")
    assert "/announcements/new" in await town.dee.open("/announcements")
    assert "/announcements/new" not in await town.bo.open("/announcements")


async def test_the_preview_shows_what_will_be_stored_and_whom_it_reaches(town: Town) -> None:
    answer = await town.dee.post("/announcements/previews", **STORM)
    page = answer.text
    assert answer.status_code == 200 and "It reaches 2 members" in page
    assert "<strong>lines</strong>" in page and "Harbour Office" in page
    assert re.search(r"Local brand</th><td class=\"num\">1<", page)
    assert re.search(r"Garut</th><td class=\"num\">2<", page)
    assert "No announcements yet" in await town.bo.open("/announcements")  # nothing is stored


async def test_from_the_preview_it_is_published_or_changed(town: Town) -> None:
    page = (await town.dee.post("/announcements/previews", **STORM)).text
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    carried.pop("locale", None), carried.pop("next", None)
    form = await town.dee.post("/announcements/drafts", **carried)
    assert 'value="Storm on Friday"' in form.text and "Double your **lines**." in form.text

    where = await announce(town.dee, **carried)
    assert await announce(town.dee, **carried) == where  # twice is once
    assert "Storm on Friday" in await town.visitor.open(where)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": " "}, "An announcement has a title."),
        ({"body": ""}, "There is nothing to announce yet."),
        ({"acknowledge_by": "soon"}, "Say by which day and hour."),
        ({"acknowledge_by": ""}, "Say by which day and hour."),
        ({"acknowledge_by": "2001-01-01T00:00"}, "has passed already."),
        ({"acknowledge_by": "0001-01-01T00:00"}, "Say by which day and hour."),
        ({"body": "https://contoh.id/ " * 51}, "too many links: at most 50."),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_lost(
    town: Town, changes: dict[str, str], complaint: str
) -> None:
    answer = await town.dee.post("/announcements/previews", **STORM | changes)
    assert answer.status_code == 422 and complaint in answer.text
    kept = "Double your" if "title" in changes or "acknowledge_by" in changes else "Storm on Friday"
    assert kept in answer.text


@pytest.mark.parametrize(
    "changes",
    [{"region": "99"}, {"cluster": "ships"}, {"kind": "pirates"}, {"mandate": "0"},
     {"mandate": str(2**63)}, {"key": "a b"}, {"official": "yes"}, {"theme": "storms"}],
)  # fmt: skip
async def test_what_the_form_cannot_send_is_refused(town: Town, changes: dict[str, str]) -> None:
    for path in ("/announcements/previews", "/announcements"):
        assert (await town.dee.post(path, **STORM | changes)).status_code == 422
    assert "No announcements yet" in await town.ada.open("/announcements")


async def test_no_member_makes_an_announcement_with_any_parameter(town: Town) -> None:
    for browser in (town.bo, town.ada, town.fay):
        for mandate in (1, 2, 3):
            answer = await browser.post("/announcements", **STORM | {"mandate": mandate})
            assert answer.status_code in {403, 404}
    assert (await town.visitor.post("/announcements", **STORM)).status_code == 401


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


async def test_older_ones_stand_on_the_next_page(town: Town) -> None:
    for n in range(21):
        await announce(town.dee, title=f"Notice {n}.", key=f"k{n}")
    first = await town.visitor.open("/announcements")
    assert "Notice 20." in first and "Notice 0." not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older and "Notice 0." in await town.visitor.open(older[1].replace("&amp;", "&"))


async def test_somebody_without_an_office_sees_no_way_to_follow_it(town: Town) -> None:
    where = await announce(town.dee)
    assert "/progress" in await town.dee.open(where)
    assert "/progress" not in await town.bo.open(where)
