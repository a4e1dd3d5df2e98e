"""What becomes of what is theirs while somebody is suspended: it waits, and is kept."""

from datetime import timedelta

import pytest

from community import clock
from community.database import Database, Transaction
from community.errors import Conflict, Denied
from community.invitations.actions import accept as accept_invitation
from community.invitations.actions import invite
from community.invitations.models import Wanted
from community.members import actions as members
from community.members.models import Member
from community.notices.actions import GATHERED, notify, write_letters
from community.notices.models import NoticeKind
from community.organisations.granting import (
    accept_mandate,
    change_role,
    give_mandate,
    lay_down,
    offer_mandate,
    recover,
)
from community.organisations.models import Mandate, MandateRole, Organisation
from community.outbox import Letter, Mail, take
from moderation.measures import lift_ended
from tests.cast import ADA, BO, CY, DODOL, FAY, GUS, PASSWORD, email
from tests.conftest import Posted, Town
from tests.letterbox import text_of
from tests.moderation.reporting import (
    DAYS,
    SUSPEND,
    as_,
    judge,
    report,
    rows,
    suspended,
    write,
)
from web.news import still_news
from web.unsubscribing import refusal_for


async def test_the_letter_says_it_all_and_other_news_waits(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unsubscribing goes on working; no link in it needs a sign-in."""
    town, box = posted
    another = await report(town.db, await write(town.db, BO))
    await suspended(town.db)
    letter = await box.next()
    told = " ".join(text_of(letter).split())
    assert letter["to"] == email(BO) and "Spam or advertising" in told
    assert SUSPEND.facts in told and "Ask for another look" in told

    def news(tx: Transaction) -> None:
        notify(tx, [BO], NoticeKind.OFFER, title="Dodol", link="/mandates/1")

    await town.db.act(news)
    await judge(town.db, ADA, another)
    await as_(town.db, FAY, recover, DODOL, CY)
    monkeypatch.setattr(clock, "ahead", GATHERED)
    await town.db.act(write_letters)
    letters = [await box.next() for _who in (BO, CY)]
    (told,) = (text_of(one) for one in letters if one["to"] == email(BO))
    assert "decided about something you wrote" in told and "Who owns “Dodol”" in told
    await town.db.act(write_letters)
    refusal = refusal_for(town.settings.secret(), BO, [NoticeKind.OFFER])
    assert (await town.visitor.post(f"/unsubscribe/{refusal}")).status_code == 200
    assert box.letters.empty()
    monkeypatch.setattr(clock, "ahead", timedelta(days=DAYS, minutes=1))
    await town.db.act(news)
    await town.db.act(lift_ended)
    assert (await town.visitor.post("/sign-in", email=email(BO), password=PASSWORD)).is_redirect
    assert "You were suspended for what you wrote" in await town.visitor.open("/notices")


async def test_a_letter_that_waits_for_the_mail_server_waits_on(town: Town) -> None:
    """It was written out before; what it was to tell goes into another one afterwards."""

    def written(tx: Transaction) -> None:
        notify(tx, [BO], NoticeKind.OFFER, title="Dodol", link="/mandates/1")
        tx.info["now"] = clock.now(tx) + GATHERED
        write_letters(tx)

    await town.db.act(written)
    (mail,) = await rows(town.db, Mail)
    await suspended(town.db)
    assert await town.db.act(lambda tx: still_news(tx, tx.get_one(Mail, mail.id))) is None
    await town.db.act(write_letters)
    assert [one.kind for one in await rows(town.db, Mail)] == ["notices", "suspended"]
    await town.db.act(_let_in_again)
    await town.db.act(write_letters)
    assert [one.kind for one in await rows(town.db, Mail)][2:] == ["notices"]


async def test_invitations_wait_and_no_letter_says_what_is_over(db: Database) -> None:
    await as_(db, BO, invite, Wanted(DODOL, MandateRole.SPEAKER, "new@x.test"), a_day=9)
    await suspended(db)
    assert [one.kind for one in await _carried(db)] == ["suspended"]
    await db.act(_let_in_again)
    assert [one.kind for one in await _carried(db, timedelta(hours=1))] == ["invited_for"]
    await suspended(db)
    await db.act(_let_in_again)
    assert await _carried(db) == []


async def test_what_they_offered_rests_and_what_they_own_is_kept(db: Database) -> None:
    offer = await as_(db, BO, offer_mandate, DODOL, CY, MandateRole.SPEAKER)
    made = await as_(db, BO, invite, Wanted(DODOL, MandateRole.SPEAKER, ""), a_day=9)
    gus = await db.act(_gus_owns_dodol_too)
    await suspended(db)
    with pytest.raises(Denied, match="rests for now"):
        await as_(db, CY, accept_mandate, offer.id)
    with pytest.raises(Denied, match="suspended until"):
        await as_(db, BO, offer_mandate, DODOL, ADA, MandateRole.SPEAKER)
    with pytest.raises(Conflict):
        await as_(db, CY, accept_invitation, made.id)
    for leaving in (lay_down, _only_speaks):
        with pytest.raises(Denied, match="last owner"):
            await as_(db, GUS, leaving, gus.id)
    assert (await as_(db, GUS, offer_mandate, DODOL, ADA, MandateRole.SPEAKER)).id, "others go on"
    await db.act(_let_in_again)
    assert (await as_(db, CY, accept_mandate, offer.id)).live
    assert (await as_(db, CY, accept_invitation, made.id)).used == 1
    assert (await as_(db, GUS, lay_down, gus.id)).ended_at


async def _carried(db: Database, later: timedelta = timedelta()) -> list[Letter]:
    def work(tx: Transaction) -> Letter | None:
        tx.info["now"] = clock.now(tx) + later
        return take(tx, still_news)

    letters = []
    while letter := await db.act(work):
        letters.append(letter)
    return letters


def _gus_owns_dodol_too(tx: Transaction) -> Mandate:
    gus, dodol = tx.get_one(Member, GUS), tx.get_one(Organisation, DODOL)
    mandate = give_mandate(tx, gus, dodol, MandateRole.OWNER)
    tx.flush()
    return mandate


def _only_speaks(tx: Transaction, member: Member, mandate_id: int) -> Mandate:
    return change_role(tx, member, mandate_id, MandateRole.SPEAKER)


def _let_in_again(tx: Transaction) -> None:
    members.set_suspended_until(tx, tx.get_one(Member, BO), None)
