"""What became a topic comes back, for ten minutes, and is what it was."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from channels.models import Departure
from community.database import Database, Transaction
from community.errors import Denied, NotFound
from community.members.models import Member
from community.search.models import SearchEntry
from forum.topics import actions as topics
from forum.topics.models import Post, Topic
from forum.topics.queries import topic_for
from tests.cast import ADA, BO, CY, GUS, MOORING, QUAY
from tests.channels.becoming import (
    ROPE,
    fields_of,
    messages_in,
    posts_in,
    talk,
    topic_of,
    unread_of,
)
from tests.moderation.reporting import as_, the
from web.crossings import make_topic, undo_topic
from web.reindexing import reindex


async def test_what_was_undone_is_as_it_was(db: Database) -> None:
    ids = await talk(db, (BO, "Which rope?"), (CY, "Hemp."))
    before = await db.look(_shown)
    departure = await as_(db, ADA, make_topic, QUAY, ids, ROPE)
    topic = await topic_of(db, departure)
    for _who in (BO, CY):
        with pytest.raises(Denied, match="Only who did it"):
            await as_(db, _who, undo_topic, departure.id)
    await as_(db, ADA, undo_topic, departure.id)
    assert await db.look(_shown) == before

    def look(tx: Transaction) -> None:
        assert [(p.seq, p.gone, p.body, p.html) for p in posts_in(tx, all=True)] == [
            (1, "moved", "", ""), (2, "moved", "", ""),
        ]  # fmt: skip
        with pytest.raises(NotFound):
            topic_for(tx, tx.get_one(Member, ADA), topic)
        found = _found(tx)
        assert found == {("message", id) for id in ids}
        reindex(tx)
        assert _found(tx) == found

    await db.act(look)
    with pytest.raises(Denied, match="already"):
        await as_(db, ADA, undo_topic, departure.id)
    again = await as_(db, ADA, make_topic, QUAY, ids, MOORING)
    await db.act(lambda tx: tx.execute(_long_ago(again.id)) and None)
    with pytest.raises(Denied, match="ten minutes"):
        await as_(db, ADA, undo_topic, again.id)


async def test_undone_where_others_wrote_leaves_a_line_with_their_answers_below(
    db: Database,
) -> None:
    ids = await talk(db, (BO, "Which rope?"))
    await as_(db, GUS, topics.reply, MOORING, "By the quay", key="first")
    departure = await as_(db, BO, make_topic, QUAY, ids, MOORING)
    (post,) = await db.look(posts_in)
    answer = await as_(db, CY, topics.answer, post.id, "Hemp.", key="k")
    await as_(db, BO, undo_topic, departure.id)
    stub, kept = await db.look(lambda s: (s.get_one(Post, post.id), s.get_one(Post, answer.id)))
    assert stub.gone == "moved" and kept.parent_id == stub.id and not kept.gone
    assert (await the(db, Topic, MOORING)).posts == 2


@pytest.mark.parametrize("what", ["edited", "withdrawn", "answered"])
async def test_what_was_changed_since_does_not_come_back(db: Database, what: str) -> None:
    ids = await talk(db, (BO, "My number is 0812"))
    departure = await as_(db, BO, make_topic, QUAY, ids, ROPE)
    (post,) = await db.look(posts_in)
    match what:
        case "edited":
            await as_(db, BO, topics.edit, post.id, "No number")
        case "withdrawn":
            await as_(db, BO, topics.withdraw, post.id)
        case "answered":
            await as_(db, CY, topics.answer, post.id, "Hemp.", key="k")
    with pytest.raises(Denied):
        await as_(db, BO, undo_topic, departure.id)
    assert [m.gone for m in await db.look(messages_in)] == ["moved"]


def _shown(session: Any) -> list[tuple[Any, ...]]:
    messages = [(m.id, m.seq, m.gone, m.left, *fields_of(m)) for m in messages_in(session)]
    return [*messages, *((who, unread_of(session, who)[0]) for who in (ADA, BO, CY))]


def _found(tx: Transaction) -> set[tuple[str, int]]:
    entries = select(SearchEntry.kind, SearchEntry.thing_id)
    found = {(kind, id) for kind, id in tx.execute(entries)}
    return {(kind, id) for kind, id in found if kind in ("post", "message")}


def _long_ago(departure: int) -> Any:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    return update(Departure).where(Departure.id == departure).values(left_at=past)
