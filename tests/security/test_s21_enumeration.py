"""S21: nobody learns at a door who is a member: the same answer, the same rows, the same work
(equal work instead of equal time: one hash, whoever is asked about)."""

import re
from collections.abc import Awaitable, Callable

import pytest
from httpx2 import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community.database import Base
from community.passwords import Passwords
from tests.cast import ADA, DODOL, PASSWORD, email
from tests.conftest import Posted, Town
from tests.tampering import BY_THE_WORKER

NOBODY = "nobody@harbour.test"
VARIES = {"date", "x-request-id", "set-cookie", "content-length"}
GUARDED = {"name": "Gita", "born": 2012}

Ask = Callable[[Town, str], Awaitable[Response]]

DOORS: dict[str, Ask] = {
    "join": lambda town, address: town.visitor.post("/join", email=address, name="Gita", born=1991),
    "forgot": lambda town, address: town.visitor.post("/forgot", email=address),
    "move": lambda town, address: town.bo.post(
        "/settings/account/address", current=PASSWORD, email=address
    ),
    "invitation": lambda town, address: town.bo.post(
        "/invitations", organisation=DODOL, email=address
    ),
    "guardian": lambda town, address: town.visitor.post(
        "/join", **GUARDED, email=address, guardian=f"mum.of.{address}"
    ),
    "guardian asked": lambda town, address: town.visitor.post(
        "/join", **GUARDED, email=f"child.of.{address}", guardian=address
    ),
}


@pytest.mark.parametrize("door", DOORS)
async def test_who_is_a_member_is_told_to_nobody(posted: Posted, door: str) -> None:
    town, _box = posted
    await town.fay.post("/administration/site/joining", guardian_consent="yes")
    answers, changes = [], []
    for address in (NOBODY, email(ADA)):
        before = await town.db.look(_counted)
        answer = await DOORS[door](town, address)
        after = await town.db.look(_counted)
        changes.append({name: after[name] - before[name] for name in after})
        headers = {name: value for name, value in answer.headers.items() if name not in VARIES}
        where = re.sub("[0-9]+", "", headers.pop("location"))
        answers.append((answer.status_code, answer.text.replace(address, ""), where, headers))
    assert answers[0] == answers[1] and answers[0][0] == 303
    assert changes[0] == changes[1] and sum(changes[0].values()) > 0


async def test_signing_in_says_and_does_the_same_for_whoever(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One comparison, also where there is nothing to compare with."""
    compared: list[bool] = []
    match = Passwords.match

    async def counting(self: Passwords, password: str, hash: str | None) -> bool:
        compared.append(await match(self, password, hash))
        return compared[-1]

    monkeypatch.setattr(Passwords, "match", counting)
    pages = []
    for address in (NOBODY, email(ADA)):
        answer = await town.visitor.post("/sign-in", email=address, password="not this one")
        pages.append((answer.status_code, answer.text.replace(address, "")))
    assert pages[0] == pages[1] and compared == [False, False]


async def test_nobody_is_told_whether_a_link_was_a_members(town: Town) -> None:
    """A link that never was, and one that is over, read alike."""
    pages = {(await town.visitor.get(f"/reset/{link}")).text for link in ("x", "y.z")}
    assert len({page.replace("/reset/x", "").replace("/reset/y.z", "") for page in pages}) == 1


def _counted(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalars(select(func.count()).select_from(table)).one()
        for table in Base.metadata.sorted_tables
        if table.name not in BY_THE_WORKER
    }
