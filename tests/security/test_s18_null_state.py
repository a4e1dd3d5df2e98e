"""S18: what is missing is no yes (Flarum CVE-2023-22489): every state of a member, a guardian's
word and an invitation that is empty, half or from before is refused, never skipped."""

from itertools import product

import pytest
from sqlalchemy import select

from community.database import Transaction
from community.guardians import Guardianship
from community.invitations.models import Invitation
from community.members.models import Member
from community.members.policies import may_take_part, may_write
from community.organisations.models import Mandate
from community.terms import TERMS
from forum.topics.models import Post
from tests.cast import BO, CY, DODOL, MOORING
from tests.conftest import Town

WRITTEN = {"place": f"topic:{MOORING}", "body": "ahoy", "key": "k1"}


@pytest.mark.parametrize(
    ("agreed_to", "admitted", "paused"),
    list(product(["", "2020-01", TERMS], [True, False, None], [False, True])),
)
def test_of_all_states_one_lets_a_member_write(
    agreed_to: str, admitted: bool | None, paused: bool
) -> None:
    member = Member(agreed_to=agreed_to, admitted=admitted, paused=paused, muted_until=None)
    whole = agreed_to == TERMS and admitted is True and not paused
    assert bool(may_take_part(member)) is bool(may_write(member)) is whole


@pytest.mark.parametrize("change", [{"agreed_to": ""}, {"admitted": False}, {"paused": True}])
async def test_who_is_held_back_without_a_case_or_a_guardian_is_held_back(
    town: Town, change: dict[str, object]
) -> None:
    """The rows that would explain it are not there; the page is, and nothing is written."""

    def hold_back(tx: Transaction) -> None:
        for name, value in change.items():
            setattr(tx.get_one(Member, BO), name, value)

    await town.db.act(hold_back)
    assert (await town.bo.get("/taking-part")).status_code == 200
    assert (await town.bo.post(f"/topics/{MOORING}/posts", **WRITTEN)).status_code == 403
    assert (await town.bo.post("/invitations", organisation=DODOL)).status_code == 403
    assert await town.db.look(lambda session: session.scalar(select(Post))) is None


def test_a_word_that_was_not_given_is_none() -> None:
    assert not Guardianship(given_at=None, withdrawn_at=None).given


async def test_an_invitation_for_nothing_gives_no_mandate(town: Town) -> None:
    made = await town.fay.post("/invitations", role="owner")
    shown = await town.fay.open(made.headers["location"])
    link = "/invited/" + shown.split("/invited/")[1].split("<")[0]
    assert (await town.cy.post(link)).status_code == 303
    theirs = select(Mandate).where(Mandate.member_id == CY)
    assert await town.db.look(lambda session: session.scalar(theirs)) is None
    roles = await town.db.look(lambda session: session.scalars(select(Invitation.role)).all())
    assert list(roles) == [""]
