"""A second step that is lost comes off by two administrators, and never in silence."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community import clock
from community.audit import AuditEntry
from community.database import Transaction
from community.factors.models import FactorReset, RecoveryCode
from community.factors.queries import RESET_LASTS, reset_asked_for
from community.factors.resetting import ask_for_reset, confirm_reset, end_resets
from community.letters import MailKind
from community.members.actions import appoint_at_first
from community.members.models import Grace, Member, Role
from community.members.queries import FRESH
from community.notices.models import Notice, NoticeKind
from community.outbox import Mail
from tests.authenticator import at_the_door, with_app
from tests.browsing import Browser, sign_in_as
from tests.cast import ADA, BO, EVA, FAY, GUS, email
from tests.conftest import Town
from tests.doors import everything
from tests.moderation.reporting import as_, rows
from web.orders import ResetSecondStep, carried_out

ADA_LOST_HERS = {"because": "She came by, with her passport."}
OF_ADA = select(RecoveryCode).where(RecoveryCode.member_id == ADA)


def page(member: int, deed: str = "") -> str:
    return f"/administration/members/{member}" + (f"/second-step/{deed}" if deed else "")


@pytest.fixture
async def eva(town: Town) -> Browser:
    """The second administrator. Ada, who moderates, signs in in two steps."""
    await town.db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, EVA), Role.ADMINISTRATOR))
    for member in (ADA, EVA):
        await with_app(town, member)
    await town.db.act(lambda tx: tx.query(Mail).delete() and None)
    eva = await sign_in_as(town.db, town.origin, EVA)
    town.eva.token, town.eva.headers["cookie"] = eva.token, eva.headers["cookie"]
    await eva.close()
    return town.eva


async def test_two_administrators_help_ada_back_in(town: Town, eva: Browser) -> None:
    asked = await town.fay.post(page(ADA, "reset"), **ADA_LOST_HERS)
    assert asked.status_code == 303
    assert "A second administrator has to confirm this." in await town.fay.open(page(ADA))
    assert (await town.ada.get("/topics")).status_code == 200, "nothing has changed yet"
    assert "Remove their second step" in await eva.open(page(ADA))
    async with town.ada.tab() as tab:
        assert (await eva.post(page(ADA, "confirmation"))).status_code == 303
        assert (await tab.closed())[0] == 4401
    async with at_the_door(town, ADA) as ada:
        assert 'data-member="1"' in await ada.open("/moderation"), "by the password alone"
    kept = await town.db.look(lambda session: session.scalars(OF_ADA).all())
    assert not kept
    letters = await town.db.look(_letters)
    for kind in (MailKind.RESET_ASKED, MailKind.FACTORS_RESET):
        assert letters[kind] == [email(one) for one in (ADA, EVA, FAY)]
    done = await town.db.look(_done)
    assert done == [("member.reset_asked", FAY), ("member.factors_reset", EVA)]


async def test_one_alone_does_not(town: Town, eva: Browser) -> None:
    """Nor anybody for themself, nor without having been asked."""
    await with_app(town, FAY)
    fay = await sign_in_as(town.db, town.origin, FAY)
    before = await everything(town)
    assert (await fay.post(page(FAY, "reset"), because="I lost mine.")).status_code == 403
    assert (await eva.post(page(ADA, "confirmation"))).status_code == 404
    assert (await town.bo.post(page(ADA, "reset"), **ADA_LOST_HERS)).status_code == 403
    assert await everything(town) == before
    await fay.post(page(ADA, "reset"), **ADA_LOST_HERS)
    assert (await fay.post(page(ADA, "confirmation"))).status_code == 403
    await eva.post(page(FAY, "reset"), because="He lost his.")
    assert (await fay.post(page(FAY, "confirmation"))).status_code == 403
    assert (await eva.post(page(ADA, "reset"), **ADA_LOST_HERS)).status_code == 409
    assert (await town.db.look(lambda s: s.get_one(Member, ADA))).protected
    await fay.close()


async def test_who_is_made_an_administrator_for_it_does_not_confirm(
    town: Town, eva: Browser
) -> None:
    await town.fay.post(page(ADA, "reset"), **ADA_LOST_HERS)
    await town.db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, EVA), Role.ADMINISTRATOR))
    again = await sign_in_as(town.db, town.origin, EVA)
    answer = await again.post(page(ADA, "confirmation"))
    assert answer.status_code == 403
    assert (await town.db.look(lambda s: s.get_one(Member, ADA))).protected
    await again.close()


async def test_a_request_ends_when_what_was_lost_is_found_or_nobody_stands_for_it(
    town: Town, eva: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await with_app(town, ADA)
    await town.fay.post(page(ADA, "reset"), **ADA_LOST_HERS)
    async with at_the_door(town, ADA) as ada:
        assert (await ada.post("/sign-in/second", code=app.code())).is_redirect
    assert await town.db.look(_asked) is None
    await town.fay.post(page(ADA, "reset"), **ADA_LOST_HERS)
    assert await town.db.look(_asked)
    await town.db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, FAY), Role.MEMBER))
    assert await town.db.look(_asked) is None
    await town.db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, FAY), Role.ADMINISTRATOR))
    assert await town.db.look(_asked)
    monkeypatch.setattr(clock, "ahead", RESET_LASTS)
    assert await town.db.look(_asked) is None


async def test_none_stands_up_again_once_another_is_confirmed(town: Town, eva: Browser) -> None:
    """Fay asked while he was an administrator, and is one again."""

    def made(tx: Transaction, role: Role) -> None:
        appoint_at_first(tx, tx.get_one(Member, FAY), role)

    await town.db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, GUS), Role.ADMINISTRATOR))
    await as_(town.db, FAY, ask_for_reset, ADA, "Lost.")
    await town.db.act(made, Role.MEMBER)
    await with_app(town, GUS)
    await as_(town.db, EVA, ask_for_reset, ADA, "Lost.")
    await as_(town.db, GUS, confirm_reset, ADA)
    await with_app(town, ADA)
    await town.db.act(made, Role.ADMINISTRATOR)
    assert await town.db.look(_asked) is None


async def test_what_nobody_confirms_is_ended_and_who_asked_is_told(
    town: Town, eva: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the worker, once; the letter takes its time as notices do."""
    await town.fay.post(page(ADA, "reset"), **ADA_LOST_HERS)
    for ahead, ended in ((RESET_LASTS - timedelta(minutes=1), False), (RESET_LASTS, True)):
        monkeypatch.setattr(clock, "ahead", ahead)
        for _round in range(2):
            await town.db.act(end_resets)
        (reset,) = await rows(town.db, FactorReset)
        assert bool(reset.ended_at) == ended
    assert (await town.db.look(_done))[-1] == ("member.reset_lapsed", None)
    told = [one for one in await rows(town.db, Notice) if one.kind == NoticeKind.RESET]
    assert [one.member_id for one in told] == [FAY] and told[0].mail_at
    assert "the second step of Ada be reset" in await town.fay.open("/notices")
    assert await town.db.look(_asked) is None


async def test_a_request_is_withdrawn(town: Town, eva: Browser) -> None:
    await town.fay.post(page(ADA, "reset"), **ADA_LOST_HERS)
    assert (await eva.post(page(ADA, "withdrawal"))).status_code == 303
    assert (await eva.post(page(ADA, "confirmation"))).status_code == 404
    assert (await town.fay.post(page(ADA, "reset"), **ADA_LOST_HERS)).status_code == 303


async def test_it_takes_a_fresh_proof(
    town: Town, eva: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "ahead", FRESH * 2)
    for deed, form in (("reset", ADA_LOST_HERS), ("confirmation", {}), ("withdrawal", {})):
        answer = await eva.post(page(ADA, deed), **form)
        assert answer.status_code == 403 and "Is it you?" in answer.text


async def test_afterwards_there_is_time_again(town: Town, eva: Browser) -> None:
    """Also where it had run out, had they not protected themselves then."""
    await town.db.act(_ada_rests)
    await with_app(town, ADA)
    await town.fay.post(page(ADA, "reset"), **ADA_LOST_HERS)
    await eva.post(page(ADA, "confirmation"))
    ada = await town.db.look(lambda session: session.get_one(Member, ADA))
    assert (ada.role, ada.grace in (Grace.NONE, Grace.BEGUN)) == (Role.MODERATOR, True)


async def test_who_has_none_needs_no_reset(town: Town) -> None:
    assert (await town.fay.post(page(BO, "reset"), because="Lost.")).status_code == 403
    assert "Ask for a reset" not in await town.fay.open(page(BO))


def _asked(session: Session) -> FactorReset | None:
    return reset_asked_for(session, session.get_one(Member, ADA))


def _ada_rests(tx: Transaction) -> None:
    ada = tx.get_one(Member, ADA)
    ada.role, ada.grace, ada.grace_ends_at = Role.MEMBER, Grace.OVER, clock.now(tx)


def _letters(session: Session) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for mail in session.scalars(select(Mail).order_by(Mail.address)):
        kinds.setdefault(mail.kind, []).append(mail.address)
    return kinds


def _done(session: Session) -> list[tuple[str, int | None]]:
    about = select(AuditEntry).where(AuditEntry.subject == f"member:{ADA}")
    return [(one.verb, one.actor_id) for one in session.scalars(about.order_by(AuditEntry.id))]


async def test_whoever_runs_the_community_helps_its_only_administrator(town: Town) -> None:
    """By the command line, in the log and with the same letter."""
    await with_app(town, FAY)
    answer = await carried_out(town.db, ResetSecondStep(email=email(FAY)))
    assert answer.done and "signs in with the password alone" in answer.sentence
    assert not (await town.db.look(lambda s: s.get_one(Member, FAY))).protected
    assert (await town.fay.get("/topics")).status_code == 200, "visitors read, too"
    assert (await town.fay.get("/settings")).is_redirect
    assert (await town.db.look(_letters))[MailKind.FACTORS_RESET] == [email(FAY)]
    again = await carried_out(town.db, ResetSecondStep(email=email(FAY)))
    assert not again.done
