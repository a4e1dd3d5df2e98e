"""Who reported does not reach whom they reported, nor moderators of something else (M8): in no
page, feed, list or table, no notice, no letter and no frame is there more of them than before.

A moderator of something else is one appointed for another region, cluster or category, and one who
does not read the channel, however senior.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from channels.joining import invite
from community.database import Transaction
from community.members.actions import appoint_at_first, join
from community.members.models import Member, Role, Scope
from community.notices.models import Notice
from community.outbox import Mail
from moderation.models import SubjectKind
from tests.browsing import Browser, sign_in_as
from tests.cast import ADA, BO, CABIN, EVA, FAY, GUS, MOORING, OFFICE, QUAY
from tests.conftest import Town
from tests.doors import SAFE, doors
from tests.hashing import hash_password
from tests.moderation.reporting import (
    KEEP,
    MESSAGE,
    POST,
    SUSPEND,
    as_,
    judge,
    report,
    rows,
    say,
    write,
)

MODERATOR = Role.MODERATOR
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


@pytest.mark.parametrize(
    "scope", [Scope(region="91.05"), Scope(cluster="crafts"), Scope(category_id=OFFICE)], ids=str
)
async def test_who_moderates_something_else_learns_nothing_of_who_reported(
    generous: Town, scope: Scope
) -> None:
    town = generous
    reporter = await town.db.act(_moved_in)
    await town.db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, GUS), MODERATOR, scope))
    gus = await sign_in_as(town.db, town.origin, GUS)
    post, message = await write(town.db, BO), await say(town.db, BO)
    await _is_known_to(town, town.ada, gus, [(POST, post), (MESSAGE, message)], reporter)


async def test_who_does_not_read_the_channel_learns_nothing_of_who_reported_there(
    generous: Town,
) -> None:
    """Eva is senior, everywhere, and not in the cabin."""
    town = generous
    reporter = await town.db.act(_moved_in)
    await as_(town.db, FAY, invite, CABIN, reporter)
    message = await say(town.db, BO, channel=CABIN)
    await _is_known_to(town, town.ada, town.eva, [(MESSAGE, message)], reporter)


async def _is_known_to(
    town: Town, theirs: Browser, other: Browser, about: Sequence[tuple[SubjectKind, int]],
    reporter: int,
) -> None:  # fmt: skip
    """Of two moderators only to the one whose case it is."""
    ids: dict[str, Any] = {kind: id for kind, id in about}
    ids |= {"topic": MOORING, "channel": QUAY, "member": BO, "slug": "market"}
    before = await _where(other, ids, reporter), await _where(theirs, ids, reporter)
    async with other.tab() as tab:
        await tab.watch("queue:1")
        cases = [await report(town.db, id, reporter, kind=kind) for kind, id in about]
        for case in cases:
            decision = await judge(town.db, ADA, case, KEEP)
            ids |= {"case": case, "flag": case, "decision": decision.id}
            assert await _where(other, ids, reporter) <= before[0]
            assert await _where(theirs, ids, reporter) > before[1], "there it stands"
        await tab.watch("queue:1")  # also what is answered to whoever was away
    assert not _told(str(tab.heard), reporter)
    notices = [one for one in await rows(town.db, Notice) if one.member_id in (EVA, GUS)]
    assert not _told(str([(one.about, one.link) for one in notices]), reporter)


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
