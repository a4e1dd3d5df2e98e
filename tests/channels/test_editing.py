"""One message edited in two windows or on two devices: nothing that was written is overwritten
unseen."""

import re

import pytest

from channels.actions import edit, say
from channels.models import Message
from channels.pinning import pin
from channels.reactions import react
from community.database import Database, Transaction
from community.histories import EditedElsewhere
from community.members.actions import set_muted_until
from community.members.models import Member
from community.reactions import Word
from community.streams import versions_of
from tests.browsing import Browser
from tests.cast import ADA, BO, CY, QUAY
from tests.conftest import Town
from tests.moderation.reporting import as_, the

ONE = "/messages/1"


def _said(tx: Transaction) -> None:
    say(tx, tx.get_one(Member, BO), QUAY, "ahoi", key="k1")


def _edited(tx: Transaction, body: str, began: int | None) -> Message:
    return edit(tx, tx.get_one(Member, BO), 1, body, began=began)


async def test_who_began_before_another_edit_is_told_what_it_says_now(db: Database) -> None:
    await db.act(_said)

    assert (await as_(db, BO, edit, 1, "from the phone", began=1)).rev == 2
    with pytest.raises(EditedElsewhere) as refused:
        await as_(db, BO, edit, 1, "from the desk", began=1)
    assert refused.value.values == {"body": "from the phone", "rev": 2}
    assert (await as_(db, BO, edit, 1, "from the desk", began=2)).body == "from the desk"
    assert (await as_(db, BO, edit, 1, "whatever it says")).body == "whatever it says"


async def test_a_reaction_or_a_pin_in_between_is_no_other_text(db: Database) -> None:
    await db.act(_said)

    def story(tx: Transaction) -> None:
        _edited(tx, "ahoy", 1)
        react(tx, tx.get_one(Member, CY), 1, Word.AGREE)
        assert pin(tx, tx.get_one(Member, ADA), 1).rev > 2
        assert _edited(tx, "ahoy there", 2).body == "ahoy there"

    await db.act(story)


async def test_the_same_edit_sent_twice_is_done_once_whatever_was_said_since(db: Database) -> None:
    await db.act(_said)

    def story(tx: Transaction) -> None:
        _edited(tx, "from the phone", 1)
        assert _edited(tx, "from the phone", 1).rev == 2
        _edited(tx, "from the desk", 2)
        assert _edited(tx, "from the phone", 1).body == "from the desk"
        assert _edited(tx, "ahoi", 1).body == "from the desk"  # nothing was changed there
        assert [one.body for one in versions_of(tx, "channel", 1)] == ["ahoi", "from the phone"]

    await db.act(story)


async def test_over_the_socket_the_refusal_carries_the_other_text(town: Town) -> None:
    await town.db.act(_said)
    async with town.bo.tab() as phone, town.bo.tab() as desk:
        await phone.send("edit", message=1, body="from the phone", key="e1", rev=1)
        assert (await phone.answer("e1"))["rev"] == 2
        await desk.send("edit", message=1, body="from the desk", key="e2", rev=1)
        told = await desk.answer("e2")
        assert (told["verb"], told["final"]) == ("refused", True)
        assert (told["body"], told["rev"]) == ("from the phone", 2)
        assert (await the(town.db, Message, 1)).body == "from the phone"
        await phone.send("edit", message=1, body="from the phone", key="e1", rev=1)
        assert (await phone.answer("e1"))["verb"] == "ack"
        await desk.send("edit", message=1, body="from the desk", key="e3", rev=told["rev"])
        assert (await desk.answer("e3"))["verb"] == "ack"


async def test_without_a_script_both_texts_stand_there_and_the_author_chooses(town: Town) -> None:
    await town.db.act(_said)
    rev = await _begun(town.bo)
    assert (await _sent(town.bo, "from the phone", rev))[0] == 303
    status, page = await _sent(town.bo, "from the desk", rev)
    assert status == 409 and "changed in another window" in page
    assert "data-other>from the phone<" in page and ">\nfrom the desk</textarea>" in page
    assert page.index("data-other") < page.index("<copy-link") and page.count('name="body"') == 1

    now = _rev_in(page)
    status, joined = await _sent(town.bo, "from the desk", now, join="yes")
    assert status == 200 and ">\nfrom the phone\n\nfrom the desk</textarea>" in joined
    assert joined.index("Both texts") < joined.index("</textarea>") < joined.index("<copy-link")
    assert (await the(town.db, Message, 1)).body == "from the phone"
    assert (await _sent(town.bo, "from the desk", now))[0] == 303
    assert (await the(town.db, Message, 1)).body == "from the desk"


async def test_who_is_muted_while_they_edit_can_still_copy_what_they_wrote(town: Town) -> None:
    await town.db.act(_said)
    rev = await _begun(town.bo)
    await town.db.act(_muted)
    status, page = await _sent(town.bo, "my second thought", rev)
    assert status == 403 and "my second thought" in page


def _muted(tx: Transaction) -> None:
    bo = tx.get_one(Member, BO)
    set_muted_until(tx, bo, bo.joined_at.replace(year=9990))


async def _begun(browser: Browser) -> int:
    return _rev_in(await browser.open(ONE))


def _rev_in(page: str) -> int:
    found = re.search(r'name="rev" value="(\d+)"', page)
    assert found
    return int(found[1])


async def _sent(browser: Browser, body: str, rev: int, **more: str) -> tuple[int, str]:
    answer = await browser.post(ONE, body=body, rev=rev, **more)
    return answer.status_code, answer.text
