"""S29: a name is text wherever it stands, in the pages of administrators, too (Zulip
CVE-2026-24050, CVE-2025-52559)."""

from channels.models import Channel
from community.database import Transaction
from community.members.models import Member
from community.organisations.models import Organisation
from forum.categories import Category
from tests.browsing import Browser
from tests.cast import BO, DODOL, MARKET, MOORING, QUAY
from tests.conftest import Town
from tests.doors import SAFE, doors
from tests.moderation.reporting import reported

NAME = "<img src=x onerror=alert(1)>\"'&"
MARK = "<img src=x"

Ids = dict[str, int | str]


def _rename(tx: Transaction) -> None:
    """As if an import had let them in; the doors refuse them."""
    bo, dodol = tx.get_one(Member, BO), tx.get_one(Organisation, DODOL)
    bo.name = dodol.name = NAME
    bo.rev, dodol.rev = bo.rev + 1, dodol.rev + 1
    tx.get_one(Channel, QUAY).name = tx.get_one(Category, MARKET).name = NAME


async def test_names_are_text_at_every_door(generous: Town) -> None:
    await generous.db.act(_rename)
    post, case = await reported(generous.db, author=BO)
    ids: Ids = {"post": post, "case": case, "topic": MOORING, "channel": QUAY, "member": BO,
                "category": MARKET, "slug": "market"}  # fmt: skip
    shown = 0
    for browser in (generous.fay, generous.ada, generous.bo, generous.visitor):
        shown += await _crawled(browser, ids)
    assert shown > 20, "the name stands on pages"


async def _crawled(browser: Browser, ids: Ids) -> int:
    """How many pages show the name, as text."""
    shown = 0
    for door in (door for door in doors() if door.method in SAFE):
        answer = await browser.get(f"{door.address(ids)}?{door.filled().decode()}")
        data = answer.headers.get("content-type") == "application/json"  # which nothing draws (S39)
        assert data or MARK not in answer.text, str(door)
        shown += "&lt;img src=x" in answer.text
    return shown
