"""Much of a page is kept drawn, and reads as if it were drawn anew for whoever asks."""

import re
from itertools import product

import pytest

from community.database import Transaction
from community.drafts import Text
from community.members import actions as members
from community.members.models import Member
from community.notices.actions import read_all_notices
from community.places import Lens
from community.site import change_site
from forum.categories import change_category
from forum.drafts import keep_draft
from forum.topics import actions
from forum.topics.models import Post
from tests.browsing import Browser
from tests.cast import ADA, BO, CY, FAY, GUS, MARKET, MOORING
from tests.conftest import Town
from web import pages

PAGES = (f"/topics/{MOORING}", "/topics", "/")
OWN = re.compile(r'(?<=name="key" value=")\w+')  # of each composer, so that nothing is said twice


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


def locked(tx: Transaction) -> None:
    actions.lock(tx, tx.get_one(Member, ADA), MOORING)


def unlocked_and_drafted(tx: Transaction) -> None:
    actions.unlock(tx, tx.get_one(Member, ADA), MOORING)
    keep_draft(tx, tx.get_one(Member, GUS), f"topic:{MOORING}", Text("", "half a sentence"))


def category_renamed(tx: Transaction) -> None:
    change_category(tx, tx.get_one(Member, FAY), MARKET, "The long market", "", Lens())


def site_changed(tx: Transaction) -> None:
    change_site(tx, tx.get_one(Member, FAY), name="HARBOUR", banner="Storm", read_only=False)


def notices_read(tx: Transaction) -> None:
    read_all_notices(tx, tx.get_one(Member, BO))


def tongue_changed(tx: Transaction) -> None:
    gus = tx.get_one(Member, GUS)
    members.change_preferences(
        tx, gus, locale="id", theme="dark", zone="Asia/Jayapura", save_data=True
    )


CHANGES = (
    written, renamed, hidden, edited, read_on, locked, unlocked_and_drafted, category_renamed,
    site_changed, notices_read, tongue_changed,
)  # fmt: skip


@pytest.mark.slow
async def test_every_reader_sees_what_a_page_drawn_anew_would_show(town: Town) -> None:
    readers = (town.visitor, town.ada, town.bo, town.cy, town.gus, town.eva)
    for change in CHANGES:
        await town.db.act(change)
        kept = [await pages_of(reader) for _twice, reader in product(range(2), readers)]
        anew = []
        for reader in readers:
            pages.forget_drawn()
            anew.append(await pages_of(reader))
        assert kept == anew * 2, change.__name__
    assert len(set(anew)) == len(readers)


async def pages_of(reader: Browser) -> str:
    return "".join([OWN.sub("", await reader.open(path)) for path in PAGES])
