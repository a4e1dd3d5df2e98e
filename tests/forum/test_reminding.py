"""Who has not acknowledged it is reminded in time, and others hear of it after: each once, whatever
stops and starts in between, wherever whoever set the deadline lives."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from community import clock
from community.database import Database, Transaction
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.actions import found_organisation
from community.organisations.granting import give_mandate
from community.organisations.models import Kind, MandateRole, Organisation
from forum.announcements import reminding
from forum.announcements.acknowledging import acknowledge
from forum.announcements.actions import hide_announcement, restore_announcement
from forum.announcements.models import Announcement, Audience
from forum.announcements.reminding import remind_due
from tests.cast import ADA, BO, CY, DODOL, EVA, GUS, LEATHER
from tests.conftest import Town
from tests.forum.acknowledging import DAYS, called, live_in, speaks, told_by_notice
from tests.forum.announcing import announce
from tests.moderation.reporting import as_, rows

REMINDED, OWNERS, OFFICE = NoticeKind.REMINDER, NoticeKind.UNANSWERED, NoticeKind.REGION
ZONES = ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]

At = Callable[[float], None]  # a share of the time they have


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    return lambda share: monkeypatch.setattr(clock, "ahead", timedelta(days=DAYS * share, hours=1))


async def remind(db: Database) -> None:
    """As the worker does, round after round, and once more as after a restart."""
    for _round in range(2):
        while await db.act(remind_due):
            pass


async def test_three_times_and_then_the_owner_and_then_the_office_of_the_region(
    db: Database, at: At
) -> None:
    await live_in(db, "32.05", CY)
    await speaks(db, CY, DODOL)
    await db.act(_office_of_the_region)
    await db.act(called)
    expected = {
        0.49: (0, 0, 0), 0.5: (3, 0, 0), 0.79: (3, 0, 0), 0.8: (6, 0, 0), 0.99: (6, 0, 0),
        1: (9, 2, 0), 1.09: (9, 2, 0), 1.1: (9, 2, 1), 2: (9, 2, 1),
    }  # fmt: skip
    for share, counts in expected.items():
        at(share)
        await remind(db)
        told = [len(await db.look(told_by_notice, one)) for one in (REMINDED, OWNERS, OFFICE)]
        assert tuple(told) == counts, share
    assert await db.look(told_by_notice, OWNERS) == [BO, GUS], "and not who only speaks for it"
    assert await db.look(told_by_notice, OFFICE) == [EVA]
    (regional,) = [one for one in await rows(db, Notice) if one.kind == OFFICE]
    assert regional.about["reason"] == "2"


async def test_nobody_is_reminded_of_what_was_acknowledged_for_them(db: Database, at: At) -> None:
    await live_in(db, "32.05", CY)
    await speaks(db, CY, DODOL)
    call = await db.act(called)
    await as_(db, CY, acknowledge, call.id)
    at(0.5)
    await remind(db)
    assert await db.look(told_by_notice, REMINDED) == [GUS]
    await as_(db, GUS, acknowledge, call.id)
    at(2)
    await remind(db)
    assert await db.look(told_by_notice, REMINDED) == [GUS]
    assert await db.look(told_by_notice, OWNERS) == []
    assert await db.look(told_by_notice, OFFICE) == []


async def test_who_acknowledged_for_themself_is_not_reminded(db: Database, at: At) -> None:
    call = await db.act(lambda tx: called(tx, by_organisation=False))
    await as_(db, BO, acknowledge, call.id)
    at(0.5)
    await remind(db)
    assert await db.look(told_by_notice, REMINDED) == [GUS]


async def test_of_several_that_nobody_was_there_to_send_the_last_one_is(
    db: Database, at: At
) -> None:
    await db.act(called)
    at(1.5)
    await remind(db)
    assert await db.look(told_by_notice, REMINDED) == [BO, GUS]
    assert await db.look(told_by_notice, OWNERS) == [BO, GUS]


async def test_what_each_acknowledges_for_themself_nobody_else_hears_of(
    db: Database, at: At
) -> None:
    await db.act(_office_of_the_region)
    await db.act(lambda tx: called(tx, by_organisation=False))
    at(2)
    await remind(db)
    assert await db.look(told_by_notice, REMINDED) == [BO, GUS]
    assert await db.look(told_by_notice, OWNERS) == await db.look(told_by_notice, OFFICE) == []


async def test_what_is_not_public_no_other_office_hears_of(db: Database, at: At) -> None:
    await db.act(_office_of_the_region)
    await db.act(lambda tx: called(tx, public=False))
    at(2)
    await remind(db)
    assert await db.look(told_by_notice, OWNERS) == [BO, GUS]
    assert await db.look(told_by_notice, OFFICE) == []


async def test_nobody_is_reminded_of_what_is_hidden(db: Database, at: At) -> None:
    def hide(tx: Transaction) -> None:
        hide_announcement(tx, tx.get_one(Announcement, call.id))

    def restore(tx: Transaction) -> None:
        restore_announcement(tx, tx.get_one(Announcement, call.id))

    call = await db.act(called)
    await db.act(hide)
    at(0.5)
    await remind(db)
    assert await db.look(told_by_notice, REMINDED) == []
    await db.act(restore)
    await remind(db)
    assert await db.look(told_by_notice, REMINDED) == [BO, GUS]


class Stopped(Exception):
    """The worker dies when the rows are written and before they are committed."""


async def test_many_are_reminded_bit_by_bit_and_each_once_whatever_stops(
    db: Database, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remind_and_stop(tx: Transaction) -> None:
        remind_due(tx)
        raise Stopped

    monkeypatch.setattr(reminding, "BATCH", 2)
    await db.act(lambda tx: called(tx, audience=Audience(), by_organisation=False))
    at(0.5)
    for told in ([1, 2], [1, 2, 3, 5], [1, 2, 3, 5, 6, 7]):
        with pytest.raises(Stopped):
            await db.act(remind_and_stop)
        await db.act(remind_due)
        assert await db.look(told_by_notice, REMINDED) == told
    await remind(db)
    assert len(await db.look(told_by_notice, REMINDED)) == 6


@pytest.mark.parametrize("zone", ZONES)
async def test_the_deadline_is_where_the_official_lives(
    generous: Town, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """Four days from now at noon on their clock; half of the time to it is on nobody's clock."""
    town = generous
    await town.dee.post("/settings/preferences", locale="en", zone=zone, theme="auto", save_data="")
    begun = datetime.now(ZoneInfo(zone))
    noon = begun.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=4)
    deadline = noon.strftime("%Y-%m-%dT%H:%M")
    await announce(town.dee, acknowledge_by=deadline, by_organisation="yes")
    time = noon - begun
    for share, told in ((0.5, 2), (0.8, 4), (1, 6)):
        for before in (True, False):
            late = timedelta(minutes=-5 if before else 5)
            monkeypatch.setattr(clock, "ahead", time * share + late)
            await remind(town.db)
            reminded = len(await town.db.look(told_by_notice, REMINDED))
            assert reminded == (told - 2 if before else told), (share, before)


def _office_of_the_region(tx: Transaction) -> None:
    """Eva speaks for an office of the regency, Ada for one of another province."""
    for member, region in ((EVA, "32.05"), (ADA, "33")):
        office = found_organisation(tx, slug=f"office-{region}", kind=Kind.GOVERNMENT,
                                    name=f"Office of {region}")  # fmt: skip
        office.level, office.region = 2, region
        give_mandate(tx, tx.get_one(Member, member), office, MandateRole.SPEAKER)
    for organisation in (DODOL, LEATHER):
        tx.get_one(Organisation, organisation).region = "32.05"
