"""What is an office's is done by who speaks for it alone: its desk, its templates and deputies, who
answers what, until when its mandates hold. Role by role, door by door, with what it would take."""

from datetime import timedelta
from typing import Any

import pytest

from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.organisations.answering import give_field
from community.organisations.deputies import name_deputy
from community.organisations.granting import give_mandate
from community.organisations.models import Mandate, MandateRole, Organisation
from community.places import Lens
from forum.manuscripts.actions import write
from forum.manuscripts.templates import keep_template
from tests.cast import CY, DEE, DEE_FOR_OFFICE, HARBOUR_OFFICE
from tests.conftest import Town
from tests.doors import everything
from tests.forum.announcing import HARBOUR

CYS = 4
STRANGERS = ("ada", "bo", "eva", "fay", "gus", "visitor")
ANSWERING = f"/organisations/{HARBOUR_OFFICE}/answering"
DAYS = {"begins": "2099-01-01", "ends": "2099-01-09"}
READ = ("/desk", "/desk/templates", "/desk/deputies", ANSWERING,
        "/desk/templates/new?manuscript=1", "/announcements/new?template=1")  # fmt: skip
# And who of its own people may not either.
OF_THE_OFFICE: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("/desk/templates", {"manuscript": 1, "name": "Mine", "key": "n1"}, ()),
    ("/desk/templates", {"announcement": 1, "name": "Mine", "key": "n2"}, ()),
    ("/desk/templates/1", {"name": "Mine"}, ()),
    ("/desk/templates/1/removal", {}, ()),
    ("/desk/deputies", {"absent": DEE_FOR_OFFICE, "present": CYS, "key": "n3"} | DAYS, ("cy",)),
    ("/desk/deputies/1/ending", {}, ()),
    (ANSWERING, {"mandate": CYS, "key": "n4"}, ("cy",)),
    ("/answering/1/removal", {}, ("cy",)),
    (f"/mandates/{CYS}/term", {"until": "2099-01-09"}, ("cy",)),
]  # fmt: skip


@pytest.fixture
async def office(generous: Town) -> Town:
    """With one of each; Cy speaks for it, too, and owns nothing of it."""

    def furnish(tx: Transaction) -> None:
        at, dee = now(tx), tx.get_one(Member, DEE)
        organisation = tx.get_one(Organisation, HARBOUR_OFFICE)
        give_mandate(tx, tx.get_one(Member, CY), organisation, MandateRole.SPEAKER)
        tx.flush()
        assert tx.get_one(Mandate, CYS).member_id == CY
        manuscript = write(tx, dee, DEE_FOR_OFFICE, HARBOUR, key="m1")
        keep_template(tx, dee, "Ours", key="t1", manuscript_id=manuscript.id)
        tx.forget_turns()
        name_deputy(tx, dee, DEE_FOR_OFFICE, CYS, at, at + timedelta(days=1), key="d1")
        tx.forget_turns()
        give_field(tx, dee, HARBOUR_OFFICE, CYS, Lens(), key="f1")

    await generous.db.act(furnish)
    return generous


async def test_nobody_else_does_what_is_the_offices(office: Town) -> None:
    before = await everything(office)
    for path, told, not_even in OF_THE_OFFICE:
        for name in (*STRANGERS, *not_even):
            answer = await getattr(office, name).post(path, **told)
            assert answer.status_code in {401, 403, 404}, (name, path, answer.status_code)
    assert await everything(office) == before


async def test_nobody_else_reads_it(office: Town) -> None:
    for name in STRANGERS:
        browser = getattr(office, name)
        for path in READ:
            page = (await browser.get(path)).text
            for words in ("Storm on Friday", "Ours", "Cy stands in for", "Everything else"):
                assert words not in page, (name, path)
    assert "Ours" in await office.cy.open("/desk/templates")
    assert "Cy stands in for Dee" in await office.cy.open("/desk/deputies")


@pytest.mark.parametrize("forged", ["organisation", "organisation_id", "kept_by_id", "ended_at"])
async def test_no_field_of_a_form_is_taken_that_it_does_not_have(office: Town, forged: str) -> None:
    before = await everything(office)
    for path, told, _not_even in OF_THE_OFFICE:
        if told:
            answer = await office.dee.post(path, **told, **{forged: "1"})
            assert answer.status_code == 422, path
    assert await everything(office) == before
