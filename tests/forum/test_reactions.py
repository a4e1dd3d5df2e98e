"""Reactions: one of each per member and post, counted at the post, exact in page and frame."""

from community.blocks import Extent, keep_away
from community.members.models import Member
from community.reactions import Word
from forum.following.actions import choose_for_topic
from forum.following.models import Level
from forum.moving.actions import move
from forum.reactions import react
from forum.topics import actions
from tests.cast import BO, CY, DEE, EVA, FAY, GUS, MOORING, OFFICE
from tests.conftest import Town
from tests.forum.pages import answer_in
from tests.forum.test_noticing import reply, told
from tests.moderation.reporting import as_

TOPIC = f"/topics/{MOORING}"


async def test_who_reacts_twice_reacts_once_and_takes_it_back(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "ten metres")
    async with town.ada.tab() as ada:
        await ada.follow(f"topic:{MOORING}")
        for browser in (town.cy, town.cy, town.dee):
            answer = await browser.post(f"/posts/{post}/reactions", word="thanks")
            assert answer.headers["location"] == f"{TOPIC}?at=1#post-{post}"
        await town.cy.post(f"/posts/{post}/reactions", word="agree")
        await ada.until_rev(f"topic:{MOORING}", 4)
        assert ada.streams[f"topic:{MOORING}"].shown == await town.ada.shown(f"topic:{MOORING}")
        page = await town.visitor.open(TOPIC)
        assert 'value="thanks" title="Thank you" data-by="3 4"' in page
        own = await town.cy.open(f"/posts/{post}")
        assert own.count('aria-pressed="true"') == 2 and "Dee" in own
        for _twice in range(2):
            await town.cy.post(f"/posts/{post}/reactions/withdrawal", word="thanks")
        assert 'data-by="4"' in await town.visitor.open(TOPIC)
        await ada.until_rev(f"topic:{MOORING}", 5)
        assert ada.streams[f"topic:{MOORING}"].shown == await town.ada.shown(f"topic:{MOORING}")
        again = await ada.watch(f"topic:{MOORING}")
        assert again.shown == await town.ada.shown(f"topic:{MOORING}")


async def test_what_is_gone_or_locked_takes_no_reactions(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "a mistake")
    await town.cy.post(f"/posts/{post}/reactions", word="idea")
    assert (await town.cy.post(f"/posts/{post}/reactions", word="scorn")).status_code == 422
    await town.bo.post(f"/posts/{post}/withdrawal")
    assert "data-by" not in await town.visitor.open(TOPIC)
    assert "Cy" not in await town.visitor.open(f"/posts/{post}/reactions")
    assert (await town.dee.post(f"/posts/{post}/reactions", word="idea")).status_code == 403
    other = await answer_in(town.bo, TOPIC, "the last word")
    await town.ada.post(f"{TOPIC}/lock")
    refused = await town.cy.post(f"/posts/{other}/reactions", word="idea")
    assert refused.status_code == 403 and "locked" in refused.text


async def test_the_author_is_told_once_and_not_of_whom_they_keep_away_from(town: Town) -> None:
    post = await reply(town.db, GUS, "who has rope?")

    async def reacts(who: int, word: Word) -> None:
        await town.db.act(lambda tx: react(tx, tx.get_one(Member, who), post, word) and None)

    await town.db.act(lambda tx: keep_away(tx, tx.get_one(Member, GUS), BO, Extent.MUTED) and None)
    for who in (GUS, BO, CY, EVA):
        await reacts(who, Word.AGREE)
    assert await told(town.db, GUS) == [("reaction", f"/posts/{post}")]
    page = await town.gus.open(f"/posts/{post}/reactions")
    assert "/members/3" in page and "/members/2" not in page
    await town.db.act(lambda tx: actions.read(tx, tx.get_one(Member, GUS), MOORING, 1))
    await reacts(EVA, Word.CARE)
    assert len(await told(town.db, GUS)) == 2


async def test_who_muted_the_topic_or_may_not_read_it_any_more_is_told_of_nothing(
    town: Town,
) -> None:
    muted, moved = [await reply(town.db, who, "who has rope?") for who in (BO, CY)]
    await as_(town.db, BO, choose_for_topic, MOORING, Level.MUTED)
    await as_(town.db, DEE, react, muted, Word.AGREE)
    await as_(town.db, FAY, move, MOORING, OFFICE)
    await as_(town.db, DEE, react, moved, Word.AGREE)
    assert await told(town.db, BO) == await told(town.db, CY) == []
