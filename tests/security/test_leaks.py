"""What was hidden or withdrawn, or became the matter of a few, is on no page of anybody else.

One string nobody else writes, then every door there is, opened as everybody (Flarum CVE-2023-22488,
Discourse CVE-2026-32244).
"""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from channels import actions as channels
from channels.actions import hide_message
from channels.models import Message
from community import clock
from community.database import Transaction
from community.drafts import Text
from community.files import keep_document
from community.members.models import Member
from community.notices.actions import GATHERED, want, write_letters
from community.notices.models import NoticeKind, Way
from community.places import Lens
from community.reactions import Word
from forum.aims import accept, turn
from forum.bookmarks import bookmark_post, bookmark_topic
from forum.conclusions import conclude
from forum.drafts import keep_draft
from forum.following.actions import choose_for_topic
from forum.following.models import Level
from forum.moving.actions import merge, move
from forum.polls.actions import ask, vote
from forum.polls.models import Wanted
from forum.reactions import react
from forum.topics import actions as topics
from forum.topics.models import Aim, Filed, Post
from tests.browsing import Browser
from tests.cast import BO, CY, DEE, FAY, GUS, LEDGER, MARKET, MOORING, OFFICE, QUAY
from tests.conftest import Posted, Town
from tests.doors import SAFE, doors
from tests.letterbox import text_of
from tests.moderation.reporting import MESSAGE, as_, report, say, write

CANARY = "kenari-7315"
SUNG = "kenari"  # the beginning of it, for doors that repeat what they were asked


@pytest.mark.parametrize("gone", ["hidden", "withdrawn"])
async def test_no_door_shows_what_is_gone(generous: Town, gone: str) -> None:
    await write(generous.db, GUS, "Which rope holds?")
    post, message = await write(generous.db, BO, CANARY), await say(generous.db, BO, CANARY)
    await _adorn(generous, BO, post)
    await _go(generous, gone, post, message)
    ids = {"post": post, "message": message, "topic": MOORING, "file": await _hung(generous, post)}
    for browser in (generous.visitor, generous.cy, generous.dee, generous.gus):
        await _crawl(generous, browser, ids)


@pytest.mark.parametrize("how", ["moved", "merged"])
async def test_no_door_shows_what_is_for_others_by_now(generous: Town, how: str) -> None:
    """A topic that Cy read, followed, marked and had begun to answer, before it was moved to
    another category, or merged with a topic there."""
    town = generous
    title, place = f"{CANARY} as a title", Lens()
    filed = Filed(Aim.DECISION, tags=(CANARY,))
    first = await as_(town.db, DEE, topics.start, MARKET, title, CANARY, place, key="k1",
                      filed=filed)  # fmt: skip
    topic, post = first.stream_id, await write(town.db, DEE, CANARY, first.stream_id)
    await _adorn(town, DEE, post)
    if how == "moved":
        await as_(town.db, DEE, conclude, topic, CANARY)
    await as_(town.db, CY, bookmark_topic, topic, "for Monday")
    await as_(town.db, CY, choose_for_topic, topic, Level.FOLLOWING)
    await as_(town.db, CY, keep_draft, f"topic:{topic}", Text("", "well"))
    ids = {"post": post, "message": 1, "topic": topic, "file": await _hung(town, post)}
    for browser in (town.visitor, town.cy):
        assert CANARY in await browser.open(f"/topics/{topic}")
    if how == "moved":
        await as_(town.db, FAY, move, topic, OFFICE, CANARY)
    else:
        await write(town.db, DEE, CANARY, LEDGER)
        await as_(town.db, FAY, merge, topic, LEDGER, reason=CANARY)
    for browser in (town.visitor, town.cy, town.gus):
        await _crawl(town, browser, ids)
        assert (await browser.get(f"/tags/{CANARY}")).status_code == 404


@pytest.mark.parametrize("gone", ["hidden", "withdrawn"])
async def test_no_letter_tells_of_what_is_gone(
    posted: Posted, gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flarum CVE-2023-22488. Of three notices in one letter only the one that holds is told."""
    town, box = posted
    await as_(town.db, CY, want, {NoticeKind.MENTION: Way.MAIL})
    body = f"@Cy {CANARY}"
    await _go(town, gone, await write(town.db, BO, body), await say(town.db, BO, body))
    await write(town.db, BO, "@Cy, still here")
    monkeypatch.setattr(clock, "ahead", GATHERED)
    await town.db.act(write_letters)
    letter = await box.next()
    assert text_of(letter).count("mentioned you") == 1 and CANARY not in text_of(letter)
    assert box.letters.empty()


async def _go(town: Town, gone: str, post: int, message: int) -> None:
    await report(town.db, post)
    await report(town.db, message, kind=MESSAGE)
    if gone == "withdrawn":
        await as_(town.db, BO, topics.withdraw, post)
        await as_(town.db, BO, channels.withdraw, message)
    else:
        await town.db.act(lambda tx: topics.hide_post(tx, tx.get_one(Post, post)))
        await town.db.act(lambda tx: hide_message(tx, tx.get_one(Message, message)))


async def _adorn(town: Town, author: int, post: int) -> None:
    """With all that can hang at a post, or be done with it."""

    def adorned(tx: Transaction) -> None:
        by, cy, gus = (tx.get_one(Member, one) for one in (author, CY, GUS))
        topics.edit(tx, by, post, f"{CANARY}, once more", reason=CANARY)
        topics.edit(tx, by, post, CANARY)
        ask(tx, by, post, Wanted(CANARY, [f"{CANARY} {answer}" for answer in "ab"], named=True))
        vote(tx, cy, post, {0})
        react(tx, cy, post, Word.IDEA)
        bookmark_post(tx, cy, post, "for Monday")
        if tx.get_one(Post, post).stream_id == MOORING:
            turn(tx, gus, MOORING, Aim.QUESTION)
            accept(tx, gus, post)

    await town.db.act(adorned)


async def _hung(town: Town, post: int) -> str:
    def hung(tx: Transaction) -> str:
        pdf = f"%PDF-1.7 {CANARY} %%EOF".encode()
        return keep_document(tx, tx.get_one(Member, BO), pdf, f"post:{post}").id

    return await town.db.act(hung)


async def _crawl(town: Town, browser: Browser, some: dict[str, Any]) -> None:
    """With whatever mark around it that says where it was found."""
    ids = {"channel": QUAY, "member": BO, "slug": "market", "tag": SUNG} | some
    streams = [f"topic:{ids['topic']}", f"channel:{QUAY}", f"post:{ids['post']}",
               f"reply:{ids['post']}"]  # fmt: skip
    asked = {"q": SUNG, "words": SUNG, "title": SUNG, "epoch": town.hub.epoch}
    for door in (door for door in doors() if door.method in SAFE):
        for query in _queries(door.filled(**asked), streams):
            answer = await browser.get(f"{door.address(ids)}?{query}")
            if answer.status_code == 422:  # what was asked is of another form of its module
                answer = await browser.get(door.address(ids))
            assert CANARY not in re.sub("</?mark>", "", answer.text), f"{door}?{query}"
            assert f"?q={SUNG}" not in f"?{query}" or "Nothing found" in answer.text, str(door)


def _queries(filled: bytes, streams: Sequence[str]) -> Sequence[str]:
    """What the door wants; where that names a place or a stream, each of those there are."""
    query = filled.decode()
    if "stream=" not in query and "place=" not in query:
        return [query]
    return [
        "&".join(
            f"{pair.split('=')[0]}={stream}" if pair.startswith(("stream=", "place=")) else pair
            for pair in query.split("&")
        )
        for stream in streams
    ]
