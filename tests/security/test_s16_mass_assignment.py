"""No form writes a column it was not made for (Discourse CVE-2026-28219, CVE-2026-28227)."""

import pytest
from msgspec import structs

from community.database import Base
from tests.conftest import Town
from tests.doors import FORM, everything, unsafe_doors
from tests.raw import raw

COLUMNS = sorted(
    {column.name for table in Base.metadata.tables.values() for column in table.columns}
)


@pytest.mark.slow
@pytest.mark.timeout(300)  # of one minute the end struck in the app, and was taken for its failure
async def test_no_form_takes_a_column_that_is_none_of_its_fields(generous: Town) -> None:
    """Every column there is, at every door, as the one who may do the most. A form is read before
    any row is asked for, so the other set-up is asked for an eighth at each door, all in all."""
    before = await everything(generous)
    share = 1 if generous.settings.embedded else 8
    headers = [*generous.fay.headers.items(), FORM]
    async with raw(generous.origin) as line:
        for n, door in enumerate(unsafe_doors()):
            known = {field.encode_name for form in door.forms for field in structs.fields(form)}
            for column in COLUMNS[n % share :: share] if door.forms else ():
                if column not in known:
                    body = door.filled() + f"&{column}=1".encode()
                    answer = await line.ask("POST", door.address({}), headers, body)
                    assert 400 <= answer.status < 500, (str(door), column)
    assert await everything(generous) == before


async def test_member_cannot_make_announcement_any_param(generous: Town) -> None:
    """Nor a banner of the site: a topic stays a topic whatever else it says it is."""
    topic = {"place": "new", "title": "ahoy", "body": "ahoy", "key": "k1", "category": "1"}
    before = await everything(generous)
    for name in ("official", "public", "banner", "pinned", "audience", "kind", "is_banner", "role"):
        answer = await generous.bo.post("/topics", **topic, **{name: "true"})
        assert answer.status_code == 422, name
    for mandate in ("1", "2", "3"):  # Bo's own is of a brand; the office is Dee's
        told = {"mandate": mandate, "key": f"a{mandate}", "title": "ahoy", "body": "ahoy"}
        answer = await generous.bo.post("/announcements/drafts", **told)
        assert answer.status_code in {403, 404, 422}, mandate
    assert await everything(generous) == before
