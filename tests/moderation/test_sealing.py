"""What was reported stays as it was then, with what hung at it and what was said around it."""

from typing import Any

import pytest
from sqlalchemy import select, text

from channels.direct import begin
from community.audit import AuditEntry
from community.database import Transaction
from community.errors import Conflict
from forum.topics import actions as topics
from moderation.decisions.deciding import Judgement
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Evidence, Ruling
from moderation.sealing import blank
from moderation.viewing import VIEWED
from tests.cast import ADA, BO, CY, EVA
from tests.conftest import Town
from tests.forum.test_attachments import attached
from tests.moderation.reporting import MESSAGE, as_, judge, report, rows, say, the, write
from tests.painting import painted


async def test_a_report_seals_what_was_said_around_it(town: Town) -> None:
    for body in ("one", "two", "three", "four"):
        await write(town.db, CY, body)
    post = await write(town.db, BO)
    for body in ("five", "six", "seven", "eight"):
        await write(town.db, CY, body)
    await report(town.db, post)
    (evidence,) = await rows(town.db, Evidence)
    said = [(one["where"], one["author"], _words(one)) for one in evidence.context]
    assert said == [("before", "Cy", word) for word in ("two", "three", "four")] + [
        ("after", "Cy", word) for word in ("five", "six", "seven")
    ]
    shown = await town.ada.open("/cases/1")
    assert "What was said around it" in shown and "seven" in shown and "eight" not in shown


async def test_of_a_room_of_two_only_the_two_before_are_kept(town: Town) -> None:
    room = (await as_(town.db, BO, begin, CY)).id
    for body in ("secret", "hello", "well"):
        await say(town.db, CY, body, room)
    message = await say(town.db, BO, "Buy my rope", room)
    await say(town.db, CY, "never", room)
    await report(town.db, message, kind=MESSAGE)
    (evidence,) = await rows(town.db, Evidence)
    assert [_words(one) for one in evidence.context] == ["hello", "well"]


async def test_evidence_never_changes_but_for_being_blanked(town: Town) -> None:
    """M6, M14: whatever becomes of the post, and whoever tries."""
    post = await write(town.db)
    await write(town.db, CY, "before the edit")
    await report(town.db, post)
    first = await the(town.db, Evidence, 1)
    before = _all(first)
    await as_(town.db, BO, topics.edit, post, "Never said so")
    await as_(town.db, BO, topics.withdraw, post)
    await judge(town.db, ADA, 1)
    assert _all(await the(town.db, Evidence, 1)) == before
    for column in ("attachments", "context", "hash", "body"):
        with pytest.raises(Conflict):
            await town.db.act(_written, column)
    await town.db.act(lambda tx: blank(tx.get_one(Evidence, 1)))
    blanked = await the(town.db, Evidence, 1)
    assert (blanked.body, blanked.context, blanked.hash) == ("", [], first.hash)


@pytest.mark.parametrize("how", ["away", "withdrawn"])
async def test_what_hung_at_it_stays_for_those_who_may_see_the_case(town: Town, how: str) -> None:
    post = await write(town.db)
    (picture,) = await attached(town, town.bo, post, painted())
    await report(town.db, post)
    if how == "away":
        form = {"place": f"post:{post}", "body": "Buy my rope", "away": picture.split("/")[-1]}
        assert (await town.bo.post(f"/posts/{post}/edit", **form)).status_code == 303
    else:
        await as_(town.db, BO, topics.withdraw, post)
    assert (await town.ada.get(picture)).status_code == 200
    for browser in (town.cy, town.bo, town.dee, town.visitor):
        assert (await browser.get(picture)).status_code == 404
    (evidence,) = await rows(town.db, Evidence)
    assert evidence.attachments[0]["sha256"] and picture.endswith(evidence.attachments[0]["file"])


async def test_what_was_changed_stands_word_by_word(town: Town) -> None:
    post = await write(town.db, BO, "Buy my rope today")
    await report(town.db, post)
    await as_(town.db, BO, topics.edit, post, "Look at my rope today")
    shown = await town.ada.open("/cases/1")
    assert "What was changed" in shown and "<del>" in shown and "Look at" in shown


async def test_what_was_decided_before_is_found_from_the_next_case(town: Town) -> None:
    """So are others of the same author for the same reason, and of the very same words."""
    post, other = await write(town.db), await write(town.db, CY)
    warned = Judgement(Ruling.ACT, "spam", "Again.", acts=(Act(MeasureKind.WARN),))
    await judge(town.db, ADA, await report(town.db, post), warned)
    await as_(town.db, BO, topics.edit, post, "Buy my rope, once more")
    again = await report(town.db, post)
    alike = await report(town.db, other, BO, "off_topic")
    assert (await the(town.db, Case, again)).prior_id == 1
    assert (await the(town.db, Case, alike)).prior_id is None
    shown = await town.ada.open(f"/cases/{again}")
    assert "decided before" in shown and "Warn the author ×1" in shown
    assert 'href="/cases/1"' in await town.ada.open(f"/cases/{alike}")


async def test_looking_into_a_private_room_is_written_down_once_an_hour(town: Town) -> None:
    """M9. What all may read, anybody may look at."""
    room = (await as_(town.db, BO, begin, CY)).id
    private = await report(town.db, await say(town.db, BO, channel=room), kind=MESSAGE)
    public = await report(town.db, await write(town.db))
    assert (await town.ada.get(f"/cases/{private}")).status_code == 404
    for case in (private, private, public):
        await town.eva.open(f"/cases/{case}")
    viewed = select(AuditEntry).where(AuditEntry.verb == VIEWED)
    looks = await town.db.look(lambda session: session.scalars(viewed).all())
    assert [(one.actor_id, one.subject) for one in looks] == [(EVA, f"case:{private}")]


def _words(said: dict[str, str]) -> str:
    return said["html"].removeprefix("<p>").removesuffix("</p>").strip()


def _all(evidence: Evidence) -> dict[str, Any]:
    return {column.key: getattr(evidence, column.key) for column in Evidence.__table__.columns}


def _written(tx: Transaction, column: str) -> None:
    tx.execute(text(f"UPDATE evidence SET {column} = '[\"x\"]' WHERE id = 1"))
