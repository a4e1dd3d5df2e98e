"""What was hidden or withdrawn is on no page of anybody who does not moderate.

One string nobody else writes, then every door there is, opened as everybody (Flarum CVE-2023-22488,
Discourse CVE-2026-32244).
"""

from collections.abc import Sequence

import pytest

from channels import actions as channels
from channels.actions import hide_message
from channels.models import Message
from community import clock
from community.notices.actions import GATHERED, want, write_letters
from community.notices.models import NoticeKind, Way
from forum.topics import actions as topics
from forum.topics.models import Post
from tests.browsing import Browser
from tests.cast import BO, CY, MOORING, QUAY
from tests.conftest import Posted, Town
from tests.doors import SAFE, doors
from tests.letterbox import text_of
from tests.moderation.reporting import MESSAGE, as_, report, say, write

CANARY = "kenari-7315"
SUNG = "kenari"  # the beginning of it, for doors that repeat what they were asked


@pytest.mark.parametrize("gone", ["hidden", "withdrawn"])
async def test_no_door_shows_what_is_gone(generous: Town, gone: str) -> None:
    post, message = await _gone(generous, gone)
    for browser in (generous.visitor, generous.cy, generous.dee, generous.gus):
        await _crawl(generous, browser, post, message)


@pytest.mark.parametrize("gone", ["hidden", "withdrawn"])
async def test_no_letter_tells_of_what_is_gone(
    posted: Posted, gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flarum CVE-2023-22488. Of three notices in one letter only the one that holds is told."""
    town, box = posted
    await as_(town.db, CY, want, {NoticeKind.MENTION: Way.MAIL})
    await _gone(town, gone, f"@Cy {CANARY}")
    await write(town.db, BO, "@Cy, still here")
    monkeypatch.setattr(clock, "ahead", GATHERED)
    await town.db.act(write_letters)
    letter = await box.next()
    assert text_of(letter).count("mentioned you") == 1 and CANARY not in text_of(letter)
    assert box.letters.empty()


async def _gone(town: Town, gone: str, body: str = CANARY) -> tuple[int, int]:
    post, message = await write(town.db, BO, body), await say(town.db, BO, body)
    await report(town.db, post)
    await report(town.db, message, kind=MESSAGE)
    if gone == "withdrawn":
        await as_(town.db, BO, topics.withdraw, post)
        await as_(town.db, BO, channels.withdraw, message)
    else:
        await town.db.act(lambda tx: topics.hide_post(tx, tx.get_one(Post, post)))
        await town.db.act(lambda tx: hide_message(tx, tx.get_one(Message, message)))
    return post, message


async def _crawl(town: Town, browser: Browser, post: int, message: int) -> None:
    ids = {"post": post, "message": message, "topic": MOORING, "channel": QUAY, "member": BO,
           "slug": "market"}  # fmt: skip
    streams = [f"topic:{MOORING}", f"channel:{QUAY}", f"post:{post}", f"reply:{post}"]
    for door in (door for door in doors() if door.method in SAFE):
        for query in _queries(door.filled(q=SUNG), streams):
            answer = await browser.get(f"{door.address(ids)}?{query}")
            assert CANARY not in answer.text, f"{door}?{query}"
            assert SUNG not in query or "Nothing found" in answer.text, f"{door}?{query}"


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
