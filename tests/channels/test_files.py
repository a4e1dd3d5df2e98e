"""Files of messages: sent before it with its key, seen by who sees it, taken away by an edit."""

import asyncio
import re

import pytest
from sqlalchemy import func, select

from channels.actions import edit, hide_message, say, withdraw
from channels.attachments import enclose
from channels.models import Message
from channels.saying import Said, Saying, say_all
from community.attachments import MOST, Along, Attached, Chosen
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Invalid, NotFound
from community.files import UNUSED, File, forget_unused_files
from community.members.models import Member
from community.text import spoken
from tests.browsing import Browser
from tests.cast import BO, CABIN, CY, QUAY
from tests.conftest import Town
from tests.moderation.reporting import rows, the
from tests.painting import painted, with_a_place

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"


def sent(tx: Transaction, key: str = "k1", number: int = 1, channel: int = QUAY) -> list[str]:
    """Documents, so that no darkroom is needed: each another."""
    documents = [PDF + b"%%" + str(n).encode() + b"\n%%EOF\n" for n in range(number)]
    files = enclose(tx, tx.get_one(Member, BO), channel, key, [], documents)
    return [one["file"] for one in files]


def bo_says(tx: Transaction, files: list[str], key: str = "k1", body: str = "look") -> Said:
    along = Along(files=tuple(Chosen(file, "a plan") for file in files))
    return say(tx, tx.get_one(Member, BO), QUAY, body, key=key, along=along)


async def test_files_are_said_with_the_message_and_hang_at_it(db: Database) -> None:
    def story(tx: Transaction) -> None:
        ids = sent(tx, number=2)
        assert bo_says(tx, ids).seq == 1
        message = tx.get_one(Message, 1)
        assert [(one["file"], one["words"]) for one in message.attachments] == [
            (id, "a plan") for id in ids
        ]
        tx.expire_all()
        assert {file.belongs_to for file in tx.scalars(select(File))} == {"message:1"}

    await db.act(story)


async def test_said_or_sent_again_it_is_the_same(db: Database) -> None:
    """Also when a file was taken away since: what was sent is known by the key."""
    ids = await db.act(sent)
    assert await db.act(sent) == ids
    first = await db.act(bo_says, ids)
    assert await db.act(bo_says, ids) == first
    with pytest.raises(Conflict):
        await db.act(bo_says, [])
    away = frozenset(ids)
    await db.act(lambda tx: edit(tx, tx.get_one(Member, BO), 1, "look", away=away) and None)
    assert await db.act(bo_says, ids) == first
    assert await db.act(sent) == ids  # as after a lost answer: it waits, and the worker forgets it
    assert await db.act(bo_says, ids) == first


async def test_a_file_is_of_one_message_and_of_its_owner(db: Database) -> None:
    ids = await db.act(sent)

    def story(tx: Transaction) -> None:
        files = tuple(Chosen(file) for file in ids)
        outcomes = say_all(tx, [
            Saying(member=tx.get_one(Member, who), channel_id=QUAY, body="look",
                   written=spoken("look"), key=f"k{n}", files=files)
            for n, who in enumerate((CY, BO, BO))
        ])  # fmt: skip
        assert [type(one) for one in outcomes] == [Invalid, Said, Invalid]

    await db.act(story)


async def test_files_alone_say_something_and_nothing_says_nothing(db: Database) -> None:
    ids = await db.act(sent)
    assert (await db.act(bo_says, ids, "k1", "")).seq == 1
    with pytest.raises(Invalid, match="write something"):
        await db.act(bo_says, [], "k2", "  ")
    away = frozenset(ids)
    with pytest.raises(Invalid, match="write something"):
        await db.act(lambda tx: edit(tx, tx.get_one(Member, BO), 1, "", away=away) and None)
    assert len(await rows(db, File)) == 1


async def test_over_the_socket_words_and_files_come_and_go_as_in_the_form(town: Town) -> None:
    first, other = await town.db.act(sent, "k1", 2)
    await town.db.act(bo_says, [first, other], "k1", "")
    async with town.bo.tab() as bo:

        async def edits(key: str, body: str, **more: object) -> tuple[str, str, int]:
            await bo.send("edit", message=1, body=body, key=key, **more)
            answer = (await bo.answer(key))["verb"]
            message = await the(town.db, Message, 1)
            return answer, message.body, len(message.attachments)

        assert await edits("e1", "two plans") == ("ack", "two plans", 2)
        assert await edits("e2", "", away=[first]) == ("ack", "", 1)
        assert await edits("e3", "", away=[other]) == ("refused", "", 1)
        assert await edits("e4", "no plan any more", away=[other]) == ("ack", "no plan any more", 0)
        assert await edits("e5", " ") == ("refused", "no plan any more", 0)


async def test_there_are_at_most_so_many_and_only_where_one_may_speak(db: Database) -> None:
    with pytest.raises(Invalid, match="At most"):
        await db.act(sent, "k1", MOST + 1)

    def outside(tx: Transaction) -> None:
        enclose(tx, tx.get_one(Member, CY), CABIN, "k1", [], [PDF])

    with pytest.raises(NotFound):
        await db.act(outside)


async def test_an_edit_takes_files_away_as_one_more_version(db: Database) -> None:
    ids = await db.act(sent, "k1", 2)
    await db.act(bo_says, ids)

    def story(tx: Transaction) -> None:
        message = edit(tx, tx.get_one(Member, BO), 1, "look", away=frozenset(ids[:1]))
        assert [one["file"] for one in message.attachments] == ids[1:]
        assert message.edited_at and message.rev == 2
        again = edit(tx, tx.get_one(Member, BO), 1, "look", away=frozenset(ids[:1]))
        assert again.rev == 2
        assert tx.scalars(select(File.id)).all() == ids[1:]

    await db.act(story)


async def test_what_was_never_said_the_worker_forgets(town: Town) -> None:
    await town.db.act(sent)

    def a_day_later(tx: Transaction) -> None:
        for file in tx.scalars(select(File)):
            file.made_at = now(tx) - UNUSED * 2
        tx.flush()
        forget_unused_files(tx)
        assert tx.scalar(select(func.count()).select_from(File)) == 0

    await town.db.act(a_day_later)
    with pytest.raises(Invalid, match="choose it again"):
        await town.db.act(bo_says, ["gone"])


async def test_who_sees_the_message_gets_its_files_and_nobody_else(town: Town) -> None:
    files = await said_with_files(town.bo, CABIN, painted(), PDF)
    picture = f"/files/{files[0]['file']}"
    for path in (picture, f"{picture}/small", f"{picture}/shown", f"/files/{files[1]['file']}"):
        assert (await town.ada.get(path)).status_code == 200
        for browser in (town.cy, town.visitor, town.fay):
            assert (await browser.get(path)).status_code == 404
    await town.db.act(lambda tx: hide_message(tx, tx.get_one(Message, 1)))
    for browser in (town.ada, town.bo):
        for path in (picture, f"{picture}/shown"):
            assert (await browser.get(path)).status_code == 404
    assert files[0]["file"] not in await town.bo.open(f"/channels/{CABIN}")


async def test_a_picture_has_a_page_that_leads_back_and_a_document_has_none(town: Town) -> None:
    picture, document = await said_with_files(town.bo, QUAY, painted(), PDF)
    page = f"/files/{picture['file']}/shown"
    assert f'href="{page}" data-dialog' in await town.cy.open(f"/channels/{QUAY}")
    shown = await town.cy.open(page)
    assert "Picture of Bo" in shown and f'src="/files/{picture["file"]}"' in shown
    assert f'href="/channels/{QUAY}?at=1#message-1"' in shown
    assert (await town.cy.get(f"/files/{document['file']}/shown")).status_code == 404


async def test_withdrawn_its_files_are_seen_by_nobody(town: Town) -> None:
    (file,) = await said_with_files(town.bo, QUAY, with_a_place())
    shown = await town.cy.get(f"/files/{file['file']}")
    assert shown.status_code == 200 and b"GPS" not in shown.content
    await town.db.act(lambda tx: withdraw(tx, tx.get_one(Member, BO), 1) and None)
    for path in (f"/files/{file['file']}", f"/files/{file['file']}/shown"):
        assert (await town.bo.get(path)).status_code == 404


async def test_a_form_brings_its_files_and_keeps_them_where_it_is_refused(town: Town) -> None:
    page = f"/channels/{QUAY}"
    say_at = f"{page}/messages"
    answer = await town.bo.send(say_at, painted(), PDF, key="k1", body="the leather")
    assert answer.status_code == 303
    again = await town.bo.send(say_at, painted(), PDF, key="k1", body="the leather")
    assert again.status_code == 303
    (message,) = await rows(town.db, Message)
    assert [one["kind"] for one in message.attachments] == ["attachment", "document"]
    await town.db.act(lambda tx: edit(tx, tx.get_one(Member, BO), 1, "leather") and None)
    refused = await town.bo.send(say_at, PDF + b"%%EOF", key="k1", body="other words")
    assert refused.status_code == 409 and "other words" in refused.text
    waiting = re.findall(r'name="file" value="([^"]+)"', refused.text)
    assert len(waiting) == 1
    form = {"key": "k2", "body": "other words", "file": waiting[0], "words": "the plan"}
    assert (await town.bo.post(say_at, **form)).status_code == 303
    said = await town.cy.open(page)
    assert "the plan" in said and f'href="/files/{waiting[0]}" download' in said


async def test_a_script_is_told_what_became_of_its_file_or_why_nothing_did(town: Town) -> None:
    answer = await town.bo.send(f"/channels/{QUAY}/files", b"no picture", key="k1")
    assert answer.status_code == 422 and answer.headers["content-type"].startswith("text/plain")
    assert "no picture we can take" in answer.text
    assert (await town.cy.send(f"/channels/{CABIN}/files", PDF, key="k1")).status_code == 404


async def test_a_line_carries_files_and_everybody_hears_of_them(town: Town) -> None:
    answer = await town.bo.send(f"/channels/{QUAY}/files", PDF, key="k1")
    (file,) = answer.json()
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        followed = await cy.follow("channel:7")
        await bo.send("say", channel=QUAY, key="k1", file=[file["file"]], words=["a plan"])
        assert (await bo.answer("k1"))["verb"] == "ack"
        await cy.until_rev("channel:7", 1)
        assert followed.shown == await town.cy.shown("channel:7")
        assert file["file"] in followed.shown[0]
    found = await town.cy.open("/search?q=has:file")
    assert f"/channels/{QUAY}?at=1#message-1" in found


async def said_with_files(browser: Browser, channel: int, *files: bytes) -> list[Attached]:
    attached: list[Attached] = []
    for file in files:
        answer = await browser.send(f"/channels/{channel}/files", file, key="k1")
        assert answer.status_code == 200, answer.text
        attached += answer.json()
    form = {"key": "k1", "body": "look", "file": [one["file"] for one in attached]}
    form |= {"words": ["" for _one in attached]}
    answer = await browser.post(f"/channels/{channel}/messages", **form)
    assert answer.status_code == 303, answer.text
    return attached


async def test_hundreds_say_files_in_as_many_statements_as_one(db: Database) -> None:
    await asyncio.gather(*(db.act(sent, f"k{n}") for n in range(20)))

    def story(tx: Transaction) -> None:
        ids = tx.execute(select(File.id, File.place)).all()
        outcomes = say_all(tx, [
            Saying(member=tx.get_one(Member, BO), channel_id=QUAY, body="", written=spoken(""),
                   key=place.removeprefix("say:"), files=(Chosen(id),))
            for id, place in ids
        ])  # fmt: skip
        assert {type(one) for one in outcomes} == {Said}
        tx.expire_all()
        hanging = tx.scalars(select(File.belongs_to).distinct()).all()
        assert len(hanging) == 20 and all(one.startswith("message:") for one in hanging)

    await db.act(story)
