"""Before others read it, its author is asked: by every way of writing, once, and only about what is
new. Whoever means it says it knowingly."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from channels.direct import begin
from channels.models import Message
from community.database import Database, Transaction
from community.members.models import Member
from community.places import Lens
from community.text import written
from forum.replying import Replying
from forum.topics.actions import reply
from forum.topics.models import Post, Topic
from moderation.before.actions import (
    Answered,
    edit_message,
    edit_post,
    reply_all,
    say,
    start,
)
from moderation.before.asking import AskFirst, SaidKnowingly, prints_in
from moderation.before.heeding import looked_at
from moderation.before.repeats import Repeats
from tests.cast import BO, CY, MARKET, MOORING, QUAY
from tests.moderation.reporting import as_, rows, the

PHONE, OTHER = "Call 081234567890", "Call 085712345678"
NIK = "My card is 3205074506900003"


async def asked(
    db: Database, who: int, action: Callable[..., Any], *args: Any, **kwargs: Any
) -> AskFirst:
    with pytest.raises(AskFirst) as ask:
        await as_(db, who, action, *args, **kwargs)
    return ask.value


async def test_a_message_is_asked_about_and_said_when_it_is_meant(db: Database) -> None:
    ask = await asked(db, BO, say, QUAY, PHONE, key="k1")
    assert [(one.before, one.finding.said, one.after) for one in ask.shown] == [
        ("Call ", "081234567890", "")
    ]
    assert not await rows(db, Message)
    said = await as_(db, BO, say, QUAY, PHONE, key="k1", knowing=prints_in(ask.knowing))
    assert said.seq == 1
    assert await as_(db, BO, say, QUAY, PHONE, key="k1") == said  # sent again, without a question


async def test_nobody_is_asked_twice_about_the_same_words_and_everybody_about_their_own(
    db: Database,
) -> None:
    ask = await asked(db, BO, say, QUAY, PHONE, key="k1")
    await as_(db, BO, say, QUAY, PHONE, key="k1", knowing=prints_in(ask.knowing))
    await as_(db, BO, say, QUAY, "Call 0812-3456-7890 now", key="k2")
    await asked(db, BO, say, QUAY, OTHER, key="k3")
    await asked(db, CY, say, QUAY, PHONE, key="k1")
    kept = await rows(db, SaidKnowingly)
    assert [(one.member_id, one.kind) for one in kept] == [(BO, "phone")]
    assert "0812" not in kept[0].print


async def test_of_two_numbers_the_one_that_is_meant_answers_for_itself_alone(db: Database) -> None:
    first = await asked(db, BO, say, QUAY, PHONE, key="k1")
    both = f"{PHONE}. {OTHER}"
    ask = await asked(db, BO, say, QUAY, both, key="k2", knowing=prints_in(first.knowing))
    assert [one.finding.said for one in ask.shown] == ["085712345678"]
    assert prints_in(first.knowing) < prints_in(ask.knowing)
    await as_(db, BO, say, QUAY, both, key="k2", knowing=prints_in(ask.knowing))


async def test_among_few_people_give_each_other_their_numbers_but_no_identity(db: Database) -> None:
    room = (await as_(db, BO, begin, CY)).id
    assert (await as_(db, BO, say, room, PHONE, key="k1")).seq == 1
    await asked(db, BO, say, room, NIK, key="k2")


async def test_an_edit_is_asked_about_what_is_new_in_it(db: Database) -> None:
    ask = await asked(db, BO, say, QUAY, PHONE, key="k1")
    await as_(db, BO, say, QUAY, PHONE, key="k1", knowing=prints_in(ask.knowing))
    await as_(db, BO, edit_message, 1, f"{PHONE} please")
    ask = await asked(db, BO, edit_message, 1, f"{PHONE} {OTHER}")
    assert [one.finding.said for one in ask.shown] == ["085712345678"]
    assert (await the(db, Message, 1)).body == f"{PHONE} please"
    await as_(db, BO, edit_message, 1, f"{PHONE} {OTHER}", knowing=prints_in(ask.knowing))


async def test_a_topic_and_its_replies_are_asked_about_as_well(db: Database) -> None:
    ask = await asked(db, BO, start, MARKET, PHONE, "about rope", Lens(), key="t1")
    post = await as_(
        db, BO, start, MARKET, PHONE, "about rope", Lens(), key="t1", knowing=prints_in(ask.knowing)
    )
    again = await as_(db, BO, start, MARKET, PHONE, "about rope", Lens(), key="t1")
    assert again.id == post.id
    await asked(db, BO, edit_post, post.id, f"about rope: {OTHER}")
    assert len(await rows(db, Topic)) == 3


async def test_in_a_pass_only_those_are_asked_who_have_to_be(db: Database) -> None:
    def answer(tx: Transaction) -> list[object]:
        wanted = []
        for n, body in enumerate(("rope", PHONE, "sails")):
            bo = tx.get_one(Member, BO)
            replying = Replying(member=bo, body=body, written=written(body), key=f"k{n}",
                                topic_id=MOORING)  # fmt: skip
            wanted.append(Answered(replying, looked_at(body)))
        return [type(one).__name__ for one in reply_all(tx, wanted, Repeats())]

    assert await db.act(answer) == ["Replied", "AskFirst", "Replied"]
    assert len(await rows(db, Post)) == 2


async def test_what_was_written_before_there_were_questions_can_be_edited(db: Database) -> None:
    post = await as_(db, BO, reply, MOORING, PHONE, key="k1")
    edited = await as_(db, BO, edit_post, post.id, f"{PHONE}, ask for Bo")
    assert edited.edited_at
    found = await db.look(lambda session: session.scalars(select(SaidKnowingly)).all())
    assert not found
