"""Administrators set right on which days offices do not work; others are told they may not."""

from sqlalchemy import select

from community.audit import AuditEntry
from tests.cast import FAY
from tests.conftest import Town
from tests.moderation.reporting import rows

PAGE = "/administration/holidays"


async def test_a_day_is_added_taken_away_and_brought_back(town: Town) -> None:
    assert "Hari Buruh Internasional" in await town.fay.open(f"{PAGE}?year=2027")
    answer = await town.fay.post(PAGE, day="2027-03-29", name="Hari <Kapal>")
    assert answer.headers["location"] == f"{PAGE}?saved=2027-03-29"
    assert "Hari &lt;Kapal&gt;" in await town.fay.open(f"{PAGE}?year=2027")
    await town.fay.post(f"{PAGE}/removal", day="2027-05-01")
    page = await town.fay.open(f"{PAGE}?year=2027")
    assert "No holidays any more" in page and "Bring back: Hari Buruh Internasional" in page
    await town.fay.post(PAGE, day="2027-05-01", name="Hari Buruh Internasional")
    assert "No holidays any more" not in await town.fay.open(f"{PAGE}?year=2027")
    done = [one for one in await rows(town.db, AuditEntry) if one.verb.startswith("holiday.")]
    assert [(one.actor_id, one.subject) for one in done] == [
        (FAY, "day:20270329"), (FAY, "day:20270501"), (FAY, "day:20270501")
    ]  # fmt: skip


async def test_what_is_no_day_or_has_no_name_is_refused(town: Town) -> None:
    for form in ({"day": "", "name": "x"}, {"day": "2027-02-31", "name": "x"},
                 {"day": "2027-03-29"}, {"day": "2099-03-29", "name": "x"}):  # fmt: skip
        assert (await town.fay.post(PAGE, **form)).status_code == 422, form
    assert (await town.fay.get(f"{PAGE}?year=99999")).status_code == 422


async def test_nobody_else_sees_or_changes_them(town: Town) -> None:
    for other in (town.ada, town.eva, town.dee, town.bo):
        assert (await other.get(PAGE)).status_code == 403
        for path in (PAGE, f"{PAGE}/removal"):
            answer = await other.post(path, **_filled(path))
            assert answer.status_code == 403, path
    assert (await town.visitor.get(PAGE)).status_code == 303
    changed = await town.db.look(lambda session: session.scalars(select(AuditEntry.verb)).all())
    assert not [verb for verb in changed if verb.startswith("holiday.")]


def _filled(path: str) -> dict[str, str]:
    day = {"day": "2027-05-01"}
    return day if path.endswith("removal") else day | {"name": "Mine"}
