"""What the stories of moderation have in common: something written, something reported."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from sqlalchemy import select

from channels import actions as channels
from channels.models import Message
from community.database import Base, Database
from community.errors import Busy, Refusal
from community.members.models import Member
from community.places import Lens
from forum.topics import actions as topics
from moderation.actions import flag
from moderation.decisions.claiming import claim
from moderation.decisions.deciding import Judgement, decide
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Decision, Ruling, SubjectKind
from moderation.proposals import Proposal
from tests.browsing import Tab
from tests.cast import BO, CY, EVA, MARKET, MOORING, QUAY

POST, MESSAGE = SubjectKind.POST, SubjectKind.MESSAGE
Ahead = Callable[..., None]  # the fixture: sets by how much the clock is
T = TypeVar("T")
P = ParamSpec("P")
B = TypeVar("B", bound=Base)

HIDING, DAYS = Act(MeasureKind.HIDE), 5  # of a suspension
HIDE = Judgement(Ruling.ACT, "spam", "The same offer stands in three topics.", acts=(HIDING,))
KEEP = Judgement(Ruling.KEEP, "spam", "One offer, where it belongs.")


def mute(days: int) -> Judgement:
    acts = (HIDING, Act(MeasureKind.MUTE, days))
    return Judgement(Ruling.ACT, "spam", "For the third time.", acts=acts)


def suspend(days: int) -> Judgement:
    acts = (HIDING, Act(MeasureKind.SUSPEND, days))
    return Judgement(Ruling.ACT, "spam", "For the fifth time.", acts=acts)


MUTE, SUSPEND = mute(3), suspend(DAYS)


async def write(
    db: Database, author: int = BO, body: str = "Buy my rope", topic: int = MOORING
) -> int:
    return (await db.act(_by(author, topics.reply), topic, body, key=uuid4().hex)).id


async def say(
    db: Database, author: int = BO, body: str = "Buy my rope", channel: int = QUAY
) -> int:
    said = await db.act(_by(author, channels.say), channel, body, key=uuid4().hex)
    spoken = select(Message.id).where(Message.stream_id == channel, Message.seq == said.seq)
    return await db.look(lambda session: session.scalars(spoken).one())


async def start(db: Database, author: int, place: Lens) -> int:
    title, key = "A placed topic", uuid4().hex
    return (await db.act(_by(author, topics.start), MARKET, title, "Rope", place, key=key)).id


async def report(
    db: Database, subject: int, by: int = CY, reason: str = "spam", kind: SubjectKind = POST
) -> int:
    return (await db.act(_by(by, flag), kind, subject, reason, "Again.")).case_id


async def take(db: Database, moderator: int, case: int) -> int:
    """Answers the version to decide on."""
    version = (await the(db, Case, case)).version
    claimed = await db.act(_by(moderator, claim), case, version=version)
    return claimed.version


async def decide_at(
    db: Database, moderator: int, case: int, version: int, *,
    key: str = "", judgement: Judgement = HIDE,
) -> Decision:  # fmt: skip
    key = key or uuid4().hex
    decision = await propose_at(db, moderator, case, version, key=key, judgement=judgement)
    assert isinstance(decision, Decision)
    return decision


async def propose_at(
    db: Database, moderator: int, case: int, version: int, *, key: str, judgement: Judgement
) -> Decision | Proposal:
    """As decide_at, where it may take two."""
    return await db.act(_by(moderator, decide), case, judgement, version=version, key=key)


async def judge(db: Database, moderator: int, case: int, judgement: Judgement = HIDE) -> Decision:
    """Claimed and decided."""
    return await decide_at(
        db, moderator, case, await take(db, moderator, case), judgement=judgement
    )


async def reported(db: Database, by: int = CY, author: int = BO) -> tuple[int, int]:
    """A post and the case about it."""
    post = await write(db, author)
    return post, await report(db, post, by)


async def reported_many(db: Database, many: int) -> None:
    """Each with a case of its own, and words of its own."""
    for number in range(1, many + 1):
        await report(db, await write(db, body=f"rope {number}"))


async def suspended(db: Database) -> Decision:
    """Bo, by a senior moderator."""
    _post, case = await reported(db)
    return await judge(db, EVA, case, SUSPEND)


async def changed_case(tab: Tab) -> int:
    """The frame of the queue says which case, and nothing of what was written."""
    while (frame := await tab.until("put")).get("stream") != "queue:1":
        pass
    found = re.fullmatch(r'<case-changed case="(\d+)"></case-changed>', frame["html"].strip())
    assert found, frame
    return int(found[1])


async def as_(db: Database, who: int, action: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    return await db.act(_by(who, action), *args, **kwargs)


async def answered(
    send: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T | Refusal:
    """For good: whoever is told to come back sends the same again, as a browser does."""
    while True:
        try:
            return await send(*args, **kwargs)
        except Busy:
            continue
        except Refusal as refused:
            return refused


async def the(db: Database, model: type[B], id: int) -> B:
    return await db.look(lambda session: session.get_one(model, id))


async def rows(db: Database, model: type[B]) -> Sequence[B]:
    return await db.look(lambda session: session.scalars(select(model)).all())


def _by(who: int, action: Callable[..., T]) -> Callable[..., T]:
    return lambda tx, *args, **kwargs: action(tx, tx.get_one(Member, who), *args, **kwargs)
