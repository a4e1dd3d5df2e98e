"""Unread is exact: what the queries count is what one finds by going through everything."""

from hypothesis import given, settings

from community.database import Database, Transaction
from community.members.models import Member
from forum.readings import progress_of
from forum.topics import actions
from forum.topics.models import Topic
from tests.cast import BO, CY, MOORING
from tests.forum.recounting import SEQUENCES, Sequence, recounted


@settings(max_examples=10)
@given(sequence=SEQUENCES)
async def test_unread_is_what_one_finds_by_counting(db: Database, sequence: Sequence) -> None:
    """`make soak` tries ten thousand."""
    await recounted(db, sequence)


async def test_reading_never_goes_back_nor_past_the_end(db: Database) -> None:
    def read(tx: Transaction, seq: int) -> int:
        cy = tx.get_one(Member, CY)
        actions.read(tx, cy, MOORING, seq)
        return progress_of(tx, cy, tx.get_one(Topic, MOORING)).read_seq

    def write(tx: Transaction, key: str) -> None:
        actions.reply(tx, tx.get_one(Member, BO), MOORING, "ahoy", key=key)

    for number in range(3):
        await db.act(write, f"k{number}")
    assert [await db.act(read, seq) for seq in (2, 1, 2**62)] == [2, 2, 3]
