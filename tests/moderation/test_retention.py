"""UU PDP 27/2022: what was shown for a badge goes when nobody needs it any more."""

from datetime import timedelta
from operator import attrgetter

import pytest

from community.clock import now
from community.database import Database, Transaction
from community.files import File
from community.members.models import Member
from community.organisations.actions import Founding, describe, end_badge, lapse_verifications
from community.settings import Impossible, Settings
from community.verification import Shown, Verification
from moderation.decisions.applications import ask_back, ask_for_verification
from moderation.models import Case, Evidence
from moderation.questions import Question
from moderation.retention import blank_evidence
from tests.cast import ADA, CY, FAY
from tests.community.organising import GRANT, REFUSE, applied
from tests.conftest import Town
from tests.moderation.reporting import as_, judge, rows, take
from tests.painting import painted

SHOWN = {"words": "Ask the mosque.", "nib": "1234567890123"}


async def test_what_was_refused_is_blanked_after_210_days(town: Town) -> None:
    case = await _shown(town)
    await town.db.act(_after, 400)
    assert await _kept(town), "nobody has decided yet"
    await judge(town.db, ADA, case, REFUSE)
    await town.db.act(_after, 209)
    assert await _kept(town)
    before = (await rows(town.db, Evidence))[0].hash
    await town.db.act(_after, 211)
    assert not await _kept(town)
    (evidence,) = await rows(town.db, Evidence)
    assert (evidence.hash, evidence.html, evidence.author) == (before, "", "")
    assert "It was deleted" in await town.ada.open(f"/cases/{case}")
    assert "had shown was deleted" in await town.fay.open("/moderation/log")
    assert "Ask the mosque" not in await town.cy.open("/organisations/4/verification")


async def test_what_was_granted_stays_until_the_badge_has_ended_for_as_long(town: Town) -> None:
    await judge(town.db, ADA, await _shown(town), GRANT)
    await town.db.act(_after, 300)
    assert await _kept(town)
    await town.db.act(_after, 366)
    assert await _kept(town), "it has just lapsed"
    await town.db.act(_after, 366 + 211)
    assert not await _kept(town)


async def test_a_new_name_takes_no_evidence_away(town: Town) -> None:
    await judge(town.db, ADA, await _shown(town), GRANT)

    def forged(tx: Transaction) -> None:
        _after(tx, 200)
        end_badge(tx, tx.get_one(Member, FAY), 4, "Forged.")
        describe(tx, tx.get_one(Member, CY), 4, Founding("brand", "Anything Else"))

    await town.db.act(forged)
    await town.db.act(_after, 200 + 209)
    assert await _kept(town)
    await town.db.act(_after, 200 + 211)
    assert not await _kept(town)


async def test_what_was_refused_goes_although_better_papers_brought_a_badge(db: Database) -> None:
    cane, case = await applied(db)
    await as_(db, ADA, ask_back, case.id, "Whose stall?", version=await take(db, ADA, case.id))
    await judge(db, ADA, case.id, REFUSE)
    again = await as_(db, CY, ask_for_verification, cane.id, Shown("Better papers."))
    await judge(db, ADA, again.id, GRANT)
    await db.act(_after, 211)
    refused, granted = sorted(await rows(db, Verification), key=attrgetter("id"))
    assert (refused.words, refused.nib, granted.words) == ("", "", "Better papers.")
    assert sorted(one.body for one in await rows(db, Evidence)) == ["", "Better papers."]
    assert not (await rows(db, Question))[0].body


def test_it_is_there_as_long_as_another_look_can_be_asked_for() -> None:
    with pytest.raises(Impossible, match="another look"):
        Settings(evidence_days=179)
    assert Settings().evidence_days == 180 + 30, "who asks on the last day is answered, too"


async def test_pages_say_how_long(town: Town) -> None:
    await _shown(town)
    assert "210 days" in await town.cy.open("/organisations/4/verification")
    assert "210 days after it was refused" in await town.visitor.open("/privacy")


async def _shown(town: Town) -> int:
    await town.cy.post("/organisations", kind="brand", name="Cane", region="32.05")
    await town.cy.send("/organisations/4/verification", painted(), **SHOWN)
    (case,) = await rows(town.db, Case)
    return case.id


async def _kept(town: Town) -> bool:
    """All of it, or nothing."""
    (shown,) = await rows(town.db, Verification)
    (evidence,) = await rows(town.db, Evidence)
    kept = [*map(bool, (shown.words, shown.nib, evidence.body, await rows(town.db, File)))]
    assert len(set(kept)) == 1, kept
    return kept[0]


def _after(tx: Transaction, days: int) -> None:
    tx.info["now"] = now(tx) + timedelta(days=days)
    lapse_verifications(tx)
    blank_evidence(tx, kept_for=timedelta(days=210))
