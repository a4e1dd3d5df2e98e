"""A mute in one channel: by hosts in theirs, by moderators anywhere; it ends by itself."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from channels.actions import say
from channels.direct import begin
from channels.models import Channel, Membership
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.models import Member
from community.notices.models import Notice
from community.restrictions import Restriction
from moderation.measures import lift_ended
from moderation.muting import lift_channel_mutes, mute_in, unmute_in
from tests.cast import ADA, BO, CABIN, CY, EVA, GUS, QUAY
from tests.conftest import Town
from tests.moderation import reporting
from tests.moderation.reporting import as_, rows, the

WHY: dict[str, Any] = {"hours": 1, "because": "Again and again."}


async def test_who_is_muted_says_nothing_there_and_in_its_threads_and_goes_on_elsewhere(
    db: Database,
) -> None:
    id = await reporting.say(db, BO)
    await db.act(_begin_thread)
    await as_(db, ADA, mute_in, id, **WHY)
    for channel in (QUAY, 70):
        with pytest.raises(Denied, match="muted in this channel"):
            await as_(db, BO, say, channel, "ahoy", key=f"k{channel}")
    await as_(db, BO, say, CABIN, "ahoy", key="elsewhere")
    await as_(db, CY, say, QUAY, "ahoy", key="another")
    (told,) = await rows(db, Notice)
    assert (told.member_id, told.kind, told.about["reason"]) == (BO, "muted", "Again and again.")
    await db.act(lift_ended)
    await db.act(lift_channel_mutes)
    assert (await the(db, Channel, QUAY)).mutes
    await db.act(lambda tx: tx.execute(_long_ago()) and None)
    await db.act(lift_channel_mutes)
    assert not (await the(db, Channel, QUAY)).mutes
    await as_(db, BO, say, QUAY, "ahoy", key="again")


async def test_hosts_mute_in_their_channel_and_end_what_hosts_began(db: Database) -> None:
    id = await reporting.say(db, BO)
    with pytest.raises(Denied, match="Only hosts"):
        await as_(db, CY, mute_in, id, **WHY)
    await db.act(_make_host)
    await as_(db, CY, mute_in, id, **WHY)
    await as_(db, ADA, mute_in, id, hours=24, because="Longer.")
    with pytest.raises(Denied, match="muted in this channel"):
        await as_(db, BO, say, QUAY, "ahoy", key="k")
    await as_(db, CY, unmute_in, QUAY, BO)
    assert (await the(db, Channel, QUAY)).mutes  # the other one holds still
    with pytest.raises(Conflict, match="moderators end it"):
        await as_(db, CY, unmute_in, QUAY, BO)
    for _twice in range(2):
        await as_(db, ADA, unmute_in, QUAY, BO)
    assert not (await the(db, Channel, QUAY)).mutes
    assert all(one.lifted_at for one in await rows(db, Restriction))
    by_ada = await reporting.say(db, ADA, "ahoy")
    by_host = await reporting.say(db, CY, "ahoy")
    for who, message in ((CY, by_ada), (CY, by_host), (EVA, by_ada)):
        with pytest.raises(Denied, match="Nobody mutes"):
            await as_(db, who, mute_in, message, **WHY)
    for wrong in ({"hours": 0}, {"hours": 1_000}, {"because": " "}):
        with pytest.raises(Invalid):
            await as_(db, ADA, mute_in, id, **WHY | wrong)
    secret = await reporting.say(db, BO, "psst", CABIN)
    for who in (CY, EVA, GUS):
        with pytest.raises(NotFound):
            await as_(db, who, mute_in, secret, **WHY)


async def test_nobody_mutes_in_rooms_of_a_few_and_no_host_who_is_muted(db: Database) -> None:
    room = await as_(db, ADA, lambda tx, ada: begin(tx, ada, BO).id)
    psst = await reporting.say(db, BO, "psst", room)
    with pytest.raises(Denied, match="nobody is host"):
        await as_(db, ADA, mute_in, psst, **WHY)
    by_host, by_bo = await reporting.say(db, CY), await reporting.say(db, BO)
    await db.act(_make_host)
    await as_(db, ADA, mute_in, by_host, **WHY)
    for refused in (partial(mute_in, **WHY), partial(unmute_in, channel_id=QUAY)):
        args = {"message_id": by_bo} if refused.func is mute_in else {"member_id": CY}
        with pytest.raises(Denied, match="You are muted"):
            await as_(db, CY, refused, **args)


async def test_the_page_says_until_when_and_the_open_one_is_told(town: Town) -> None:
    id = await reporting.say(town.db, BO)
    assert "/mute" not in await town.cy.open(f"/messages/{id}")
    assert f"/messages/{id}/mute" in await town.ada.open(f"/messages/{id}")
    async with town.bo.tab() as bo:
        answer = await town.ada.post(f"/messages/{id}/mute", hours="24", because="Enough.")
        assert answer.status_code == 303
        while not any(frame.get("target") == "composer" for frame in bo.heard):
            await bo.until("refresh")
        refused = await bo.say("ahoy", "k1")
        assert refused["verb"] == "refused" and "muted in this channel" in refused["reason"]
    page = await town.bo.open(f"/channels/{QUAY}")
    assert "You are muted in this channel until" in page and "how to object" in page
    assert " <q>Enough.</q>" in page
    own = await town.bo.open(f"/messages/{id}")
    assert f"/messages/{id}/withdrawal" in own and "<textarea" not in own
    assert (await town.bo.post(f"/messages/{id}/withdrawal")).status_code == 303
    muted = await town.ada.open(f"/channels/{QUAY}/mutes")
    assert muted.count("until") == 1 and "Ada: Enough." in muted
    assert (await town.cy.get(f"/channels/{QUAY}/mutes")).status_code == 403
    for wrong in ({"hours": "0"}, {"hours": "9999"}, {"hours": "1"}, {"hours": "x"}):
        assert (await town.ada.post(f"/messages/{id}/mute", **wrong)).status_code == 422
    assert (await town.cy.post(f"/messages/{id}/mute", because="x")).status_code == 403
    await town.ada.post(f"/channels/{QUAY}/mutes/end", member=str(BO))
    assert "muted" not in await town.bo.open(f"/channels/{QUAY}")


def _make_host(tx: Transaction) -> None:
    tx.get_one(Membership, (QUAY, CY)).role = "host"


def _begin_thread(tx: Transaction) -> None:
    assert tx.get_one(Member, BO)
    tx.add(Channel(id=70, type="thread", name="", parent_id=QUAY))


def _long_ago() -> Any:
    return update(Restriction).values(ends_at=datetime(2020, 1, 1, tzinfo=UTC))


async def test_hosts_learn_no_name_of_a_moderator(town: Town) -> None:
    await town.db.act(_make_host)
    id = await reporting.say(town.db, BO)
    await as_(town.db, EVA, mute_in, id, **WHY)
    await as_(town.db, CY, mute_in, id, hours=2, because="And louder.")
    page = await town.cy.open(f"/channels/{QUAY}/mutes")
    assert "a senior moderator, until" in page and "Again and again." in page
    assert "Cy, until" in page and "Eva" not in page
    page = await town.ada.open(f"/channels/{QUAY}/mutes")
    assert "Eva, until" in page and "Cy, until" in page


async def test_who_may_end_it_sees_by_whom_and_why_and_who_is_muted_why(town: Town) -> None:
    id = await reporting.say(town.db, BO)
    await as_(town.db, ADA, mute_in, id, **WHY)
    await as_(town.db, EVA, mute_in, id, hours=24, because="And louder.")
    page = await town.ada.open(f"/channels/{QUAY}/mutes")
    assert "Ada, until" in page and "Again and again." in page
    assert "Eva, until" in page and "And louder." in page
    page = await town.bo.open(f"/channels/{QUAY}")
    closed = page[page.index('class="composer-closed"') :]
    assert "Again and again. · And louder." in closed and "how to object" in closed
    assert "Ada, until" not in page
    await town.db.act(_begin_thread)
    page = await town.bo.open("/channels/70")
    assert "Again and again." in page and "how to object" in page
    assert "Again and again." not in await town.cy.open(f"/channels/{QUAY}")
    assert (await town.cy.get(f"/channels/{QUAY}/mutes")).status_code == 403
