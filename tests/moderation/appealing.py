"""What the stories of another look have in common."""

from uuid import uuid4

from community.database import Database
from moderation.appeals import appeal
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import rule
from moderation.models import Decision, Ruling
from tests.cast import ADA, BO
from tests.moderation.reporting import HIDE, as_, judge, reported, take

UPHELD = Judgement(Ruling.UPHOLD, "spam", "I see it as my colleague did.")
OVERTURNED = Judgement(Ruling.OVERTURN, "spam", "One offer, where it belongs.")


async def appealed(db: Database, judgement: Judgement = HIDE, by: int = ADA) -> tuple[int, int]:
    """A post, and the case about it; Bo has asked for another look."""
    post, case = await reported(db)
    decision = await judge(db, by, case, judgement)
    await as_(db, BO, appeal, decision.id, "It was one offer.")
    return post, case


async def answer(
    db: Database, reviewer: int, case: int, judgement: Judgement, key: str = ""
) -> Decision:
    version = await take(db, reviewer, case)
    key = key or uuid4().hex
    decision = await as_(db, reviewer, rule, case, judgement, version=version, key=key)
    assert isinstance(decision, Decision)
    return decision
