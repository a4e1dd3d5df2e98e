"""Who is told of a post: the one it answers and those it names, once, and not who cannot see it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from community.database import Database, Transaction
from community.members.models import Member
from community.notices.queries import notices_of
from forum.topics import actions
from tests.cast import BO, CY, DEE, EVA, GUS, LEDGER, MOORING


async def reply(
    db: Database, who: int, body: str, parent: int | None = None, topic: int = MOORING
) -> int:
    def work(tx: Transaction) -> int:
        member = tx.get_one(Member, who)
        return actions.reply(tx, member, topic, body, key=f"{who} {body}", parent_id=parent).id

    return await db.act(work)


async def told(db: Database, who: int) -> Sequence[tuple[str, str]]:
    def work(session: Session) -> Sequence[tuple[str, str]]:
        notices = session.scalars(notices_of(session.get_one(Member, who)))
        return [(notice.kind, notice.link) for notice in notices]

    return await db.look(work)


async def test_the_author_of_the_parent_is_told_of_every_reply(db: Database) -> None:
    parent = await reply(db, BO, "who has rope?")
    posts = [await reply(db, CY, f"I do {number}", parent) for number in range(2)]
    await reply(db, BO, "thank you", posts[0])
    assert await told(db, BO) == [("reply", f"/posts/{post}") for post in posts]
    assert [kind for kind, _ in await told(db, CY)] == ["reply"]


async def test_who_started_the_topic_is_told_once_until_they_have_looked(db: Database) -> None:
    first = await reply(db, BO, "one")
    await reply(db, CY, "two")
    assert await told(db, GUS) == [("reply", f"/posts/{first}")]
    await db.act(lambda tx: actions.read(tx, tx.get_one(Member, GUS), MOORING, 2))
    third = await reply(db, BO, "three")
    assert await told(db, GUS) == [("reply", f"/posts/{first}"), ("reply", f"/posts/{third}")]


async def test_who_is_named_and_answered_is_told_once(db: Database) -> None:
    parent = await reply(db, BO, "who has rope?")
    answer = await reply(db, CY, "@Bo and @Eva, I do; says @Cy", parent)
    assert await told(db, BO) == [("reply", f"/posts/{answer}")]
    assert await told(db, EVA) == [("mention", f"/posts/{answer}")]
    assert await told(db, CY) == []


async def test_nobody_hears_of_a_topic_they_cannot_see(db: Database) -> None:
    await reply(db, DEE, "@Bo would say no", topic=LEDGER)
    assert await told(db, BO) == []
