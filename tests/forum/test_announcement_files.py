"""Files of announcements: chosen in the form without a script, shown in the draft and in what it
becomes, for whoever reads that, and gone with a draft that is deleted."""

import re

from community.attachments import MOST
from community.database import Transaction
from community.erasing import forget
from community.files import QUOTA, File, keep_document
from community.members.models import Member
from forum.announcements.actions import hide_announcement
from forum.announcements.models import Announcement
from tests.browsing import Browser
from tests.cast import DEE
from tests.conftest import Town
from tests.forum.announcing import STORM
from tests.forum.pages import fields_of
from tests.moderation.reporting import rows
from tests.painting import painted

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
FILES = re.compile(r'href="(/files/[A-Za-z0-9_-]+)(?:/shown)?"')
WAITING = re.compile(r'<input type="hidden" name="file" value="([^"]+)">')


async def drafted(browser: Browser, *files: bytes, **changes: object) -> tuple[str, list[str]]:
    """Where it is, and the addresses of its files."""
    answer = await browser.send("/announcements/drafts", *files, **STORM | changes)
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    return where, FILES.findall(await browser.open(where))


async def published(browser: Browser, where: str) -> str:
    answer = await browser.post(f"{where}/handing-in", version=1)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def seen_by(file: str, *browsers: Browser) -> list[int]:
    return [(await browser.get(file)).status_code for browser in browsers]


async def test_files_of_a_draft_are_its_offices_and_those_of_an_announcement_its_readers(
    town: Town,
) -> None:
    where, files = await drafted(town.dee, painted(), PDF)
    assert len(files) == 2
    for file in files:
        others = town.bo, town.fay, town.ada, town.visitor
        assert await seen_by(file, town.dee, *others) == [200, 404, 404, 404, 404]
    told = await published(town.dee, where)
    page = await town.visitor.open(told)
    picture, document = files
    assert FILES.findall(page) == files and f'src="{picture}/small"' in page
    assert f'href="{document}" download' in page
    assert "Attachment 1, Attachment 2" in await town.visitor.open(f"{told}/letter")
    for file in files:
        assert await seen_by(file, town.dee, town.bo, town.visitor) == [200, 200, 200]
    shown = await town.visitor.open(f"{picture}/shown")
    assert "Harbour Office" in shown and f'href="{told}"' in shown


async def test_files_of_a_private_one_are_for_whom_it_is_for(town: Town) -> None:
    where, files = await drafted(town.dee, painted(), PDF, kind="brand", public="")
    await published(town.dee, where)
    for file in files:
        # Bo is told; Eva, who moderates, Fay, who administers, and visitors are not.
        others = town.eva, town.fay, town.ada, town.visitor
        assert await seen_by(file, town.dee, town.bo, *others) == [200, 200, 404, 404, 404, 404]
    assert await seen_by(f"{files[0]}/shown", town.bo, town.visitor) == [200, 404]


async def test_files_are_hidden_with_their_announcement(town: Town) -> None:
    where, (file,) = await drafted(town.dee, painted())
    number = int((await published(town.dee, where)).rsplit("/", 1)[1])

    def hide(tx: Transaction) -> None:
        hide_announcement(tx, tx.get_one(Announcement, number))

    await town.db.act(hide)
    hidden = await seen_by(file, town.dee, town.eva, town.bo, town.visitor)
    assert hidden == [200, 200, 404, 404]


async def test_files_of_a_deleted_draft_are_gone(town: Town) -> None:
    where, (file,) = await drafted(town.dee, painted())
    await town.dee.post(f"{where}/deletion", version=1)
    assert await seen_by(file, town.dee) == [404]
    assert await rows(town.db, File) == []


async def test_files_stay_when_who_sent_them_is_not_known_any_more(town: Town) -> None:
    """Nor do they count among those of a person."""
    where, (file,) = await drafted(town.dee, painted())
    await published(town.dee, where)

    def fill_up_and_go(tx: Transaction) -> None:
        dee = tx.get_one(Member, DEE)
        keep_document(tx, dee, PDF[:-6] + b" " * (QUOTA - len(PDF)) + b"%%EOF\n", "member:4")
        forget(tx, dee)

    await town.db.act(fill_up_and_go)
    assert await seen_by(file, town.visitor) == [200]
    assert len(await rows(town.db, File)) == 1


async def test_files_wait_where_the_form_is_not_right_yet(town: Town) -> None:
    given = STORM | {"title": ""}
    refused = await town.dee.send("/announcements/drafts", painted(), PDF, **given)
    assert refused.status_code == 422
    waiting = WAITING.findall(refused.text)
    assert len(waiting) == 2
    right = STORM | {"file": waiting, "words": ["The pier", "The letter"]}
    answer = await town.dee.post("/announcements/drafts", **right)
    page = await town.dee.open(answer.headers["location"])
    assert 'alt="The pier"' in page and "The letter" in page
    assert FILES.findall(page) == [f"/files/{one}" for one in waiting]
    assert not WAITING.findall(await town.dee.open("/announcements/new"))


async def test_what_is_no_picture_and_no_pdf_is_refused_beside_its_field(town: Town) -> None:
    refused = await town.dee.send("/announcements/drafts", b"<!doctype html>", **STORM)
    assert refused.status_code == 422 and "we can take" in refused.text
    assert fields_of(refused.text)["title"] == STORM["title"]
    assert (
        "only officials"
        in (await town.bo.send("/announcements/drafts", painted(), **STORM)).text.lower()
    )
    assert await rows(town.db, File) == []


async def test_a_draft_has_so_many_files_and_loses_those_that_are_not_wanted(town: Town) -> None:
    many = [PDF.replace(b"1.7", b"1.%d" % number) for number in range(MOST + 1)]
    where, files = await drafted(town.dee, *many[:4])
    form = {**STORM, "version": 1}
    refused = await town.dee.send(where, *many[4:], **form)
    assert refused.status_code == 422 and "At most 6 files" in refused.text
    away = files[0].removeprefix("/files/")
    waiting = WAITING.findall(refused.text)
    changed = form | {"file": waiting, "words": ["" for _ in waiting], "away": away}
    assert (await town.dee.post(where, **changed)).status_code == 303
    now = FILES.findall(await town.dee.open(where))
    assert len(now) == MOST and files[0] not in now
    assert await seen_by(files[0], town.dee) == [404]


async def test_a_form_sent_twice_has_its_files_once(town: Town) -> None:
    first, files = await drafted(town.dee, painted(), PDF)
    assert await drafted(town.dee, painted(), PDF) == (first, files)
    assert len(await rows(town.db, File)) == 2
