"""member -> report -> queue, live -> claim -> decision -> a third tab, the notices, the audit"""

import asyncio

from sqlalchemy import select

from channels.models import Message
from community.audit import AuditEntry
from community.restrictions import Restriction
from moderation.models import Decision
from tests.cast import ADA
from tests.conftest import Town
from tests.following import rev_of
from tests.moderation.reporting import changed_case, reported, rows, take, write

HIDE_AND_MUTE = {"ruling": "act", "measure": ["hide", "mute"], "mute_days": "3"}


async def test_a_report_becomes_a_decision_everywhere_at_once(town: Town) -> None:
    post = await write(town.db, body="Buy my rope")
    queue = await town.ada.open("/moderation")
    async with town.ada.tab() as moderator, town.gus.tab() as reader, town.bo.tab() as author:
        await moderator.watch("queue:1", rev_of(queue))
        shown = await reader.watch("topic:5")

        sent = await town.cy.post(f"/posts/{post}/flags", reason="spam", note="Again.")
        case = await changed_case(moderator)
        assert "Buy my rope" in await town.ada.open(f"/cases/{case}/row")

        await town.ada.post(f"/cases/{case}/claim", version=1)
        assert await changed_case(moderator) == case
        page = await town.ada.open(f"/cases/{case}")
        assert "You hold this case" in page
        decided = await town.ada.post(
            f"/cases/{case}/decision", version=2, key="k1", **HIDE_AND_MUTE,
            reason="spam", facts="Three topics, one offer.",
        )  # fmt: skip
        assert decided.status_code == 303

        while "hidden by a moderator" not in (await reader.until("put"))["html"]:
            pass
        assert "Buy my rope" not in shown.shown[-1]
        assert 'data-count="notices"' in (await author.until("put"))["html"]

    assert "A moderator decided about something you wrote" in await town.bo.open("/notices")
    assert "Three topics, one offer." in await town.bo.open("/decisions/1")
    assert "we have acted on it" in await town.cy.open(sent.headers["location"])
    done = [entry.verb for entry in await rows(town.db, AuditEntry)]
    assert done[-4:] == ["case.opened", "case.flagged", "case.claimed", "case.decided"]
    silenced = await town.bo.post("/channels/7/messages", body="More", key="k2")
    assert silenced.status_code == 403


async def test_an_author_with_an_open_page_is_muted_at_once(town: Town) -> None:
    _, case = await reported(town.db)
    version = await take(town.db, ADA, case)
    async with town.bo.tab() as bo:
        assert (await bo.say("ahoy", "k1"))["verb"] == "ack"
        await town.ada.post(
            f"/cases/{case}/decision", version=version, key="k1", **HIDE_AND_MUTE,
            reason="spam", facts="Again and again.",
        )  # fmt: skip
        await bo.socket.wait_closed()
        assert bo.socket.close_code == 4403
    async with town.bo.tab() as bo:
        refused = await bo.say("ahoy again", "k2")
        assert (
            refused["verb"] == "refused" and refused["final"] and "muted until" in refused["reason"]
        )


async def test_nothing_the_author_says_commits_after_the_mute(town: Town) -> None:
    _, case = await reported(town.db)
    version = await take(town.db, ADA, case)

    async def say(number: int) -> int:
        return (
            await town.bo.post("/channels/7/messages", body="More", key=f"k{number}")
        ).status_code

    async def mute() -> int:
        decided = await town.ada.post(
            f"/cases/{case}/decision", version=version, key="k1", **HIDE_AND_MUTE,
            reason="spam", facts="Again and again.",
        )  # fmt: skip
        return decided.status_code

    answers = await asyncio.gather(say(1), say(2), mute(), say(3), say(4))
    assert answers[2] == 303 and set(answers) <= {303, 403}
    said, (decision,) = await rows(town.db, Message), await rows(town.db, Decision)
    assert len(said) == answers.count(303) - 1
    assert all(message.written_at <= decision.decided_at for message in said)
    assert await say(5) == 403


async def test_the_queue_catches_up_on_what_was_missed_and_tells_members_nothing(
    town: Town,
) -> None:
    _, case = await reported(town.db)
    async with town.eva.tab() as eva, town.cy.tab() as cy:
        await eva.send("watch", stream="queue:1", rev=0, epoch=eva.epoch)
        assert await changed_case(eva) == case
        await cy.send("watch", stream="queue:1", rev=0, epoch=cy.epoch)
        assert (await cy.until("refused"))["final"]


async def test_the_muted_are_muted_by_a_row_that_ends(town: Town) -> None:
    _, case = await reported(town.db)
    version = await take(town.db, ADA, case)
    await town.ada.post(
        f"/cases/{case}/decision", version=version, key="k1", **HIDE_AND_MUTE,
        reason="spam", facts="Again.",
    )  # fmt: skip
    kinds = select(Restriction.subject).order_by(Restriction.id)
    assert await town.db.look(lambda s: s.scalars(kinds).all()) == ["post:1", "member:2"]
