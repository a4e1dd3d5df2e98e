"""Power over power: nobody acts on their like, the last administrator stays, nothing is silent."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community.audit import AuditEntry
from community.clock import now
from community.database import Transaction
from community.errors import Denied
from community.letters import MailKind
from community.members.actions import appoint, appoint_at_first, end_appointments
from community.members.models import Grace, Member, Role
from community.members.policies import RANK, may_mute, may_resign, may_suspend
from community.notices.models import Notice, NoticeKind
from community.outbox import Mail
from tests.cast import ADA, BO, CY, EVA, FAY, email
from tests.conftest import Town
from tests.doors import everything
from tests.moderation.reporting import MUTE, as_, judge, reported
from web.orders import GiveRole, carried_out


@pytest.mark.parametrize("acting", Role)
@pytest.mark.parametrize("about", Role)
def test_nobody_restrains_their_equal_or_their_better(acting: Role, about: Role) -> None:
    """Also while what the other was given rests; not with powers of their own that rest."""
    above = RANK[acting] > RANK[about]
    resting = Member(role=Role.MEMBER, granted=acting)
    for member in (Member(role=about, granted=about), Member(role=Role.MEMBER, granted=about)):
        moderator = Member(role=acting, granted=acting)
        assert bool(may_mute(moderator, member)) == above
        assert bool(may_suspend(moderator, member)) == (above and acting != Role.MODERATOR)
        for may in (may_mute, may_suspend):
            assert not may(resting, member)


async def test_nor_by_deciding_about_what_they_wrote(town: Town) -> None:
    for moderator, author in ((ADA, EVA), (EVA, FAY)):
        _post, case = await reported(town.db, by=CY, author=author)
        with pytest.raises(Denied, match="same or a higher role"):
            await judge(town.db, moderator, case, MUTE)


async def test_only_administrators_give_roles_and_never_to_themselves(town: Town) -> None:
    before = await everything(town)
    for browser in (town.bo, town.ada, town.eva):
        for member in (BO, ADA, FAY):
            path = f"/administration/members/{member}/appointment"
            assert (await browser.post(path, role="administrator")).status_code == 403
    mine = await town.fay.post(f"/administration/members/{FAY}/appointment", role="member")
    assert mine.status_code == 403 and "Somebody else has to change" in mine.text
    assert await everything(town) == before


def test_the_last_administrator_stays() -> None:
    """The pages let nobody dismiss themself; the command line asks this."""
    assert not may_resign(0) and may_resign(1)


async def test_nor_does_the_last_go_while_what_they_may_do_rests(town: Town) -> None:
    """Or while the only other one cannot come in."""

    def fay_rests(tx: Transaction) -> None:
        fay = tx.get_one(Member, FAY)
        fay.role, fay.grace = Role.MEMBER, Grace.OVER

    def eva_cannot_come_in(tx: Transaction) -> None:
        eva = tx.get_one(Member, EVA)
        appoint_at_first(tx, eva, Role.ADMINISTRATOR)
        eva.suspended_until = now(tx)

    for meanwhile in (fay_rests, eva_cannot_come_in):
        await town.db.act(meanwhile)
        answer = await carried_out(town.db, GiveRole(email=email(FAY), role=Role.MEMBER))
        assert not answer.done and "last administrator" in answer.sentence
    assert (await carried_out(town.db, GiveRole(email=email(EVA), role=Role.MEMBER))).done


async def test_nor_does_the_last_administrator_go_by_date(town: Town) -> None:
    with pytest.raises(Denied, match="no last day"):
        await as_(town.db, FAY, appoint, EVA, Role.ADMINISTRATOR, ends_at=datetime.now(UTC))

    def over(tx: Transaction) -> None:
        appoint_at_first(tx, tx.get_one(Member, FAY), Role.ADMINISTRATOR, ends_at=now(tx))
        tx.flush()
        end_appointments(tx)

    await town.db.act(over)
    assert (await town.db.look(lambda session: session.get_one(Member, FAY))).administers


def given(tx: Transaction) -> None:
    appoint(tx, tx.get_one(Member, FAY), BO, Role.MODERATOR)


def taken_back(tx: Transaction) -> None:
    appoint_at_first(tx, tx.get_one(Member, BO), Role.MODERATOR)
    appoint(tx, tx.get_one(Member, FAY), BO, Role.MEMBER)


def ended_by_time(tx: Transaction) -> None:
    appoint_at_first(tx, tx.get_one(Member, BO), Role.MODERATOR, ends_at=now(tx))
    tx.flush()
    end_appointments(tx)


@pytest.mark.parametrize("change", [given, taken_back, ended_by_time])
async def test_every_change_of_power_is_written_down_and_told(
    town: Town, change: Callable[[Transaction], None]
) -> None:
    await town.db.act(change)
    assert len(await town.db.look(_about_bo)) == 1
    letters = await town.db.look(lambda session: session.scalars(select(Mail)).all())
    assert [(one.kind, one.address) for one in letters] == [(MailKind.ROLE, email(BO))]
    notices = await town.db.look(lambda session: session.scalars(select(Notice)).all())
    assert [(one.kind, one.member_id) for one in notices] == [(NoticeKind.ROLE, BO)]


async def test_who_is_no_administrator_any_more_gives_nothing(town: Town) -> None:
    await town.db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, FAY), Role.MEMBER))
    with pytest.raises(Denied):
        await as_(town.db, FAY, appoint, BO, Role.ADMINISTRATOR)


def _about_bo(session: Session) -> list[str]:
    about = select(AuditEntry.verb).where(AuditEntry.subject == f"member:{BO}")
    return list(session.scalars(about))
