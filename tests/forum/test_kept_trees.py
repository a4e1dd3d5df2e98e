"""The replies of a topic page are kept drawn, and read as if they were drawn anew."""

import re
from itertools import product

from community.database import Transaction
from community.members.models import Member
from forum.topics import actions
from forum.topics.models import Post
from tests.browsing import Browser
from tests.cast import ADA, BO, CY, GUS, MOORING
from tests.conftest import Town
from web import pages

TOPIC = f"/topics/{MOORING}"
TREE = re.compile(r"<reply-tree.*?</reply-tree>", re.DOTALL)


def written(tx: Transaction) -> None:
    """Bo and Cy by turns, then Bo answers Cy; Ada has read half of it, Cy wrote what Bo and Gus
    have not read."""
    for n in range(8):
        actions.reply(tx, tx.get_one(Member, (BO, CY)[n % 2]), MOORING, f"post {n}", key=f"k{n}")
    actions.answer(tx, tx.get_one(Member, BO), 2, "to Cy", key="answer")
    for reader, seq in ((ADA, 4), (BO, 3), (CY, 3), (GUS, 4)):
        actions.read(tx, tx.get_one(Member, reader), MOORING, seq)


def renamed(tx: Transaction) -> None:
    author = tx.get_one(Member, CY)
    author.name = "Cyrus"
    author.rev += 1


def hidden(tx: Transaction) -> None:
    actions.hide_post(tx, tx.get_one(Post, 6))


def edited(tx: Transaction) -> None:
    actions.edit(tx, tx.get_one(Member, BO), 3, "said better")


def read_on(tx: Transaction) -> None:
    actions.read(tx, tx.get_one(Member, GUS), MOORING, 7)


async def test_every_reader_sees_what_a_page_drawn_anew_would_show(town: Town) -> None:
    readers = (town.visitor, town.ada, town.bo, town.cy, town.gus, town.eva)
    for change in (written, renamed, hidden, edited, read_on):
        await town.db.act(change)
        kept = [await tree_of(reader) for _twice, reader in product(range(2), readers)]
        anew = []
        for reader in readers:
            pages.forget_drawn()
            anew.append(await tree_of(reader))
        assert kept == anew * 2, change.__name__
    assert len(set(anew)) > 3  # they have read differently far


async def tree_of(reader: Browser) -> str:
    found = TREE.search(await reader.open(TOPIC))
    assert found
    return found[0]
