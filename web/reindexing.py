"""The index of the search, made anew from what is there."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    func,
    insert,
    literal,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.orm import joinedload, lazyload

from channels.models import Message
from community.database import BATCH, Transaction
from community.members.models import Member
from community.organisations.models import Organisation
from community.search.actions import empty, put_words
from community.search.models import ENTRIES, Thing
from forum.announcements.models import Announcement
from forum.topics.models import Post

Told = Callable[[int, int], None]  # how many are done, of how many


class Findable(NamedTuple):
    kind: str
    model: type[Any]  # its rows have a .thing
    since: Any  # the column that says when it was written
    found: ColumnElement[bool] = true()  # what of it is found at all


FINDABLE = (
    Findable("post", Post, Post.written_at, Post.moved_to_id.is_(None)),
    Findable("message", Message, Message.written_at),
    Findable("announcement", Announcement, Announcement.published_at),
    Findable("member", Member, Member.joined_at),
    Findable("organisation", Organisation, Organisation.founded_at),
)


def reindexed(connection: Connection, told: Told) -> int:
    """How many things there are. All of it or nothing; meanwhile the old index answers."""
    with Transaction(connection, join_transaction_mode="create_savepoint") as tx, tx.begin():
        return reindex(tx, told)


def reindex(tx: Transaction, told: Told = lambda _done, _of: None) -> int:
    if not tx.alone:  # who writes now is told to come back: nothing is left out nor put in twice
        tx.execute(text("LOCK TABLE search_entries IN EXCLUSIVE MODE"))
    tx.flush()
    empty(tx)
    tx.execute(insert(ENTRIES).from_select(["kind", "thing_id", "written_at"], _all_by_time()))
    count = tx.scalars(select(func.count()).select_from(ENTRIES)).one()
    done = 0
    for batch in _batches(tx):
        put_words(tx, batch)
        tx.expunge_all()
        done += len(batch)
        told(done, count)
    return count


def _all_by_time() -> Select[Any]:
    """In the order in which they would have been put in one by one."""
    every = union_all(*(
        select(literal(one.kind).label("kind"), one.model.id, one.since.label("at"))
        .where(one.found)
        for one in FINDABLE
    )).subquery()  # fmt: skip
    return select(every.c.kind, every.c.id, every.c.at).order_by(every.c.at, every.c.id)


def _batches(tx: Transaction) -> Iterator[list[tuple[int, Thing]]]:
    """By the id of their entry."""
    last = 0
    more = select(ENTRIES.c.id, ENTRIES.c.kind, ENTRIES.c.thing_id).order_by(ENTRIES.c.id)
    while rows := tx.execute(more.where(ENTRIES.c.id > last).limit(BATCH)).all():
        last = rows[-1].id
        numbers = {(kind, thing): id for id, kind, thing in rows}
        yield [
            (numbers[one.kind, thing.id], thing)
            for one in FINDABLE
            for thing in _things(tx, one, [thing for kind, thing in numbers if kind == one.kind])
        ]


def _things(tx: Transaction, one: Findable, ids: list[int]) -> Iterator[Thing]:
    if not ids:
        return
    rows = select(one.model).where(one.model.id.in_(ids)).options(lazyload("*"))
    if one.model is Message:
        rows = rows.options(joinedload(Message.channel).lazyload("*"))
    if one.model is Post:
        rows = rows.options(joinedload(Post.topic).lazyload("*"))  # the first is found by its title
    for row in tx.scalars(rows):
        yield row.thing
