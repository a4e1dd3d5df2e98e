"""Reactions to messages: one of each per member and message, exact in page, frame and catch-up."""

from typing import Any

from channels.hosting import archive
from channels.joining import remove
from channels.reactions import react
from community.database import Transaction
from community.members.models import Member
from community.reactions import Word
from tests.cast import ADA, BO, CABIN, FAY, QUAY
from tests.conftest import Town
from tests.forum.test_noticing import told
from tests.moderation.reporting import as_

HERE = f"/channels/{QUAY}"
STREAM = f"channel:{QUAY}"


async def said(town: Town, body: str = "who has rope?", channel: int = QUAY) -> int:
    async with town.bo.tab() as bo:
        return int((await bo.say(body, f"{channel}-{body[:3]}", channel=channel))["seq"])


async def test_who_reacts_twice_reacts_once_and_takes_it_back(town: Town) -> None:
    await said(town)
    async with town.ada.tab() as ada:
        await ada.follow(STREAM)
        for browser in (town.cy, town.cy, town.dee):
            answer = await browser.post("/messages/1/reactions", word="thanks")
            assert answer.headers["location"].endswith("#message-1")
        await ada.until_rev(STREAM, 3)
        assert ada.streams[STREAM].shown == await town.ada.shown(STREAM)
        assert 'value="thanks" title="Thank you" data-by="3 4"' in await town.ada.open(HERE)
        own = await town.cy.open("/messages/1")
        assert own.count('aria-pressed="true"') == 1 and "/members/4" in own
        for _twice in range(2):
            await town.cy.post("/messages/1/reactions/withdrawal", word="thanks")
        await ada.until_rev(STREAM, 4)
        assert ada.streams[STREAM].shown == await town.ada.shown(STREAM)
        assert 'data-by="4"' in ada.streams[STREAM].shown[0]
        again = await ada.watch(STREAM)
        assert again.shown == await town.ada.shown(STREAM)


async def test_what_is_gone_or_archived_takes_no_reactions(town: Town) -> None:
    await said(town)
    await town.cy.post("/messages/1/reactions", word="idea")
    assert (await town.cy.post("/messages/1/reactions", word="scorn")).status_code == 422
    await town.bo.post("/messages/1/withdrawal")
    assert "data-by" not in await town.cy.open(HERE)
    assert "/members/3" not in await town.dee.open("/messages/1/reactions")
    assert (await town.dee.post("/messages/1/reactions", word="idea")).status_code == 403
    await said(town, "the last word")
    await as_(town.db, FAY, archive, QUAY)
    refused = await town.cy.post("/messages/2/reactions", word="idea")
    assert refused.status_code == 403 and "archived" in refused.text


async def test_who_does_not_see_the_channel_sees_and_gives_no_reactions(town: Town) -> None:
    await said(town, "between us", CABIN)
    assert (await town.cy.get("/messages/1/reactions")).status_code == 404
    assert (await town.cy.post("/messages/1/reactions", word="idea")).status_code == 404


async def test_the_author_is_told_once_as_long_as_they_may_hear_it(town: Town) -> None:
    await said(town, "between us", CABIN)
    await as_(town.db, BO, react, 1, Word.CARE)
    assert await told(town.db, BO) == []
    for word in (Word.AGREE, Word.IDEA):
        await as_(town.db, ADA, react, 1, word)
    assert await told(town.db, BO) == [("reaction", "/messages/1")]


async def test_who_left_the_private_channel_is_told_of_nothing(town: Town) -> None:
    await said(town, "between us", CABIN)

    def removed(tx: Transaction) -> Any:
        remove(tx, tx.get_one(Member, ADA), CABIN, BO)

    await town.db.act(removed)
    await as_(town.db, ADA, react, 1, Word.AGREE)
    assert await told(town.db, BO) == []
