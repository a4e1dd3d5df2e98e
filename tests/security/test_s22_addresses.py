"""S22: an address is confirmed before anything is written with it, and there is one way to write
each (Discourse CVE-2024-45051, CVE-2026-33393); nobody's letter-box is filled (CVE-2022-31184)."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from community.addresses import canonical
from community.errors import Invalid
from community.outbox import Mail
from community.terms import TERMS
from tests.cast import MOORING, PASSWORD
from tests.conftest import Posted, Town
from tests.letterbox import path_in
from tests.moderation.reporting import rows

WHO = {"name": "Gita", "born": 1991}
GITA = "gita@weaving.example"
CONFIRMED = {"password": "tujuh gelombang sore 44", "name": "Gita", "terms": TERMS, "agreed": "yes"}

NO_ADDRESS = [
    "a@b@c.id",
    '"a b"@c.id',
    '"a@evil.example"@c.id',
    "=?utf-8?q?a=40evil.example?=@c.id",
    "a%40evil.example@c.id\n",
    "a%evil.example@c.id",
    "a@c.id\r\nBcc: all@harbour.test",
    "a@c.id,b@c.id",
    "a@c.id b@c.id",
    "<a@c.id>",
    "a@[127.0.0.1]",
    "a@c.id.",
    "a@.c.id",
    "a@-c.id",
    "a@c",
    ".a@c.id",
    "a..b@c.id",
    "а@c.id",
    "a@ｃ.id",
    f"{'a' * 250}@c.id",
    "\0a@c.id",
]


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_email_canonical_and_domain_exact(address: str) -> None:
    with pytest.raises(Invalid):
        canonical(address)


@pytest.mark.parametrize("address", ["Gita@Weaving.Example", " gita@weaving.example\n", GITA])
def test_one_address_is_written_one_way(address: str) -> None:
    assert canonical(address) == GITA


@given(st.text(max_size=40))
def test_whatever_is_taken_is_one_address_of_one_domain(text: str) -> None:
    try:
        address = canonical(text)
    except Invalid:
        return
    name, at, domain = address.partition("@")
    assert name and at and "." in domain and address.isascii() and address.count("@") == 1
    assert canonical(address) == address == address.lower()


async def test_nothing_is_written_before_the_address_is_confirmed(posted: Posted) -> None:
    town, box = posted
    await town.visitor.post("/join", **WHO, email=GITA)
    written = {"place": f"topic:{MOORING}", "body": "ahoy", "key": "k1"}
    assert (await town.visitor.post(f"/topics/{MOORING}/posts", **written)).status_code == 401
    answer = await town.visitor.post("/sign-in", email=GITA, password=PASSWORD)
    assert answer.status_code == 403
    assert (await town.visitor.post(path_in(await box.next()), **CONFIRMED)).status_code == 303
    assert (await town.visitor.post(f"/topics/{MOORING}/posts", **written)).status_code == 303


async def test_the_link_is_of_the_address_it_went_to(posted: Posted) -> None:
    """What else is sent along changes nothing (S16)."""
    town, box = posted
    await town.visitor.post("/join", **WHO, email=GITA)
    path = path_in(await box.next())
    answer = await town.visitor.post(path, **CONFIRMED, email="hana@weaving.example")
    assert answer.status_code == 422
    await town.visitor.post(path, **CONFIRMED)
    answer = await town.visitor.post("/sign-in", email=GITA, password="tujuh gelombang sore 44")
    assert answer.headers["location"] == "/"


async def test_an_address_gets_three_letters_an_hour(town: Town) -> None:
    spellings = (GITA, GITA.upper(), f" {GITA} ")
    asked = [town.visitor.post("/join", **WHO, email=one) for one in spellings * 3]
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {303}
    assert await town.db.look(lambda session: session.scalar(select(func.count(Mail.id)))) == 3
    assert {mail.address for mail in await rows(town.db, Mail)} == {GITA}
