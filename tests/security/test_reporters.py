"""Who reported does not reach whom they reported (M8): in no page, feed, list or table, no notice,
no letter and no frame is there more of them than before."""

from typing import Any

from sqlalchemy import select

from community.database import Transaction
from community.members.actions import join
from community.notices.models import Notice
from community.outbox import Mail
from tests.browsing import Browser
from tests.cast import ADA, BO, EVA, MOORING, QUAY
from tests.conftest import Town
from tests.doors import SAFE, doors
from tests.hashing import hash_password
from tests.moderation.reporting import KEEP, MESSAGE, SUSPEND, judge, report, rows, say, write

NAME = "Wulandari Pelapor"


async def test_the_author_learns_nothing_of_who_reported(generous: Town) -> None:
    town = generous
    reporter = await town.db.act(_moved_in)
    post, message = await write(town.db, BO), await say(town.db, BO)
    ids = {"topic": MOORING, "channel": QUAY, "member": BO, "post": post, "message": message,
           "slug": "market"}  # fmt: skip
    before = await _where(town.bo, ids, reporter)
    async with town.bo.tab() as tab:
        await tab.follow(f"channel:{QUAY}")
        kept = await report(town.db, post, reporter)
        acted = await report(town.db, message, reporter, kind=MESSAGE)
        first = await judge(town.db, ADA, kept, KEEP)
        ids |= {"case": kept, "flag": 1, "decision": first.id}
        assert await _where(town.bo, ids, reporter) <= before
        await judge(town.db, EVA, acted, SUSPEND)
        await tab.closed()
    assert tab.heard and not _told(str(tab.heard), reporter)
    mine = select(Notice).where(Notice.member_id == BO)
    told = await town.db.look(lambda session: session.scalars(mine).all())
    letters = [one for one in await rows(town.db, Mail) if one.member_id == BO]
    assert told and letters
    assert not _told(str([(one.about, one.link) for one in told]), reporter)
    assert not _told(str([one.about for one in letters]), reporter)


async def _where(browser: Browser, ids: dict[str, Any], reporter: int) -> set[str]:
    """The doors behind which something tells of them."""
    asked = {"q": NAME, "words": NAME, "title": NAME, "stream": f"topic:{MOORING}"}
    found = set[str]()
    for door in (door for door in doors() if door.method in SAFE):
        answer = await browser.get(f"{door.address(ids)}?{door.filled(**asked).decode()}")
        if answer.status_code == 422:
            answer = await browser.get(door.address(ids))
        if _told(answer.text.replace(f'value="{NAME}"', ""), reporter):
            found.add(str(door))
    return found


def _told(text: str, reporter: int) -> bool:
    return NAME in text or f"/members/{reporter}" in text or f"member:{reporter}" in text


def _moved_in(tx: Transaction) -> int:
    password = hash_password("tali-temali-kapal-91")
    return join(tx, name=NAME, email="wulandari@harbour.test", password_hash=password).id
