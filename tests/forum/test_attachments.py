"""S32: what hangs at a post is for those who read it, as pixels or a file, and goes with it. While
it is being written they wait with the draft, for nobody but its author."""

import re

from community.attachments import MOST
from community.clock import now
from community.database import Transaction
from community.files import QUOTA, UNUSED, File, forget_unused_files
from forum.topics.actions import hide_post
from forum.topics.models import Post
from tests.browsing import Browser
from tests.conftest import Town
from tests.forum.pages import answer_in, fields_of, id_of
from tests.moderation.reporting import rows
from tests.painting import painted, with_a_place

TOPIC = "/topics/5"
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WAITING = re.compile(r'<input type="hidden" name="file" value="([^"]+)">')


async def attached(town: Town, browser: Browser, post: int, *files: bytes) -> list[str]:
    """By an edit; answers the addresses of all that hangs at the post then."""
    form = fields_of(await browser.open(f"/posts/{post}/edit"))
    form.pop("file", None)
    answer = await browser.send(f"/posts/{post}/edit", *files, **form)
    assert answer.status_code == 303, answer.text
    return await hanging_at(town, post)


async def hanging_at(town: Town, post: int) -> list[str]:
    (row,) = [row for row in await rows(town.db, Post) if row.id == post]
    return [f"/files/{one['file']}" for one in row.attachments]


def _hide(tx: Transaction, post: int) -> None:
    hide_post(tx, tx.get_one(Post, post))


async def test_pictures_and_documents_hang_at_a_post(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "the leather")
    async with town.cy.tab() as cy:
        followed = await cy.follow("topic:5")
        picture, document = await attached(town, town.bo, post, with_a_place(), PDF)
        await cy.until_rev("topic:5", 2)
        assert followed.shown == await town.cy.shown("topic:5")
    page = await town.visitor.open(TOPIC)
    assert f'src="{picture}/small"' in page and f'href="{document}" download' in page
    shown = await town.visitor.get(picture)
    assert shown.headers["content-type"] == "image/webp" and b"GPS" not in shown.content
    saved = await town.visitor.get(document)
    assert saved.content == PDF and saved.headers["content-type"] == "application/pdf"
    assert saved.headers["content-disposition"].startswith("attachment;")
    for answer in (shown, saved):
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-store"
    assert (await town.visitor.get(f"{document}/small")).status_code == 404
    again = await attached(town, town.bo, post, PDF)
    assert again == [picture, document]  # sent twice is there once


async def test_files_are_seen_by_those_who_read_their_post(town: Town) -> None:
    inside = await answer_in(town.dee, "/topics/6", "between us")
    (secret,) = await attached(town, town.dee, inside, painted())
    for browser in (town.visitor, town.bo, town.ada):
        assert (await browser.get(secret)).status_code == 404
    assert (await town.dee.get(secret)).status_code == 200
    for gone in ("withdrawn", "hidden"):
        post = await answer_in(town.bo, TOPIC, "a mistake")
        files = await attached(town, town.bo, post, painted(), PDF)
        if gone == "withdrawn":
            await town.bo.post(f"/posts/{post}/withdrawal")
        else:
            await town.db.act(_hide, post)
        for file in files:
            assert file not in await town.visitor.open(TOPIC)
            for browser in (town.visitor, town.bo, town.ada):
                assert (await browser.get(file)).status_code == 404


async def test_only_its_author_hangs_files_at_a_post_and_only_so_many(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "the leather")
    path, form = f"/posts/{post}/edit", {"place": f"post:{post}", "body": "the leather"}
    assert (await town.cy.send(path, PDF, **form)).status_code == 403
    assert (await town.visitor.send(path, PDF, **form)).status_code == 401
    many = [PDF.replace(b"1.7", b"1.%d" % number) for number in range(MOST + 1)]
    await attached(town, town.bo, post, *many[:4])
    assert (await town.bo.send(path, *many[4:7], **form)).status_code == 422
    at_once = await town.bo.send(path, *many, **form)
    assert at_once.status_code == 422 and fields_of(at_once.text)["body"] == "the leather"
    files = await attached(town, town.bo, post, *many[4:6])
    assert len(files) == MOST
    taken = form | {"away": files[0].removeprefix("/files/")}
    assert (await town.cy.post(path, **taken)).status_code == 403
    assert (await town.bo.post(path, **taken)).status_code == 303
    assert await hanging_at(town, post) == files[1:]
    assert (await town.bo.get(files[0])).status_code == 404
    assert files[0] not in await town.visitor.open(TOPIC)


async def test_a_file_waits_with_the_draft_and_hangs_at_the_post_with_its_words(town: Town) -> None:
    form = fields_of(await town.bo.open(TOPIC)) | {"body": "the leather"}
    for bad in (SVG, b"%PDF-1.7 half of it", b"<!doctype html>"):
        refused = await town.bo.send(f"{TOPIC}/posts", bad, **form)
        assert refused.status_code == 422 and "we can take" in refused.text
        assert fields_of(refused.text)["body"] == "the leather"
    preview = await town.bo.send("/preview", painted(), PDF, **form)
    picture, document = WAITING.findall(preview.text)
    assert preview.text.count(f'src="/files/{picture}/small"') == 2  # in the form and as it will be
    assert WAITING.findall(await town.bo.open(TOPIC)) == [picture, document]
    for browser, status in ((town.bo, 200), (town.cy, 404), (town.ada, 404), (town.visitor, 404)):
        assert (await browser.get(f"/files/{picture}")).status_code == status
    named = form | {"file": [picture, document], "words": ["A brown hide", ""]}
    stolen = await town.cy.post(f"{TOPIC}/posts", **named | {"body": "mine"})
    assert stolen.status_code == 422 and "not here any more" in stolen.text
    await town.bo.post("/drafts", **named)
    assert 'value="A brown hide"' in await town.bo.open(TOPIC)
    sent = await town.bo.post(f"{TOPIC}/posts", **named)
    post = id_of(sent.headers["location"])
    page = await town.visitor.open(TOPIC)
    assert f'<img src="/files/{picture}/small"' in page and 'alt="A brown hide"' in page
    assert await hanging_at(town, post) == [f"/files/{picture}", f"/files/{document}"]
    assert not WAITING.findall(await town.bo.open(TOPIC))


async def test_a_form_sent_twice_hangs_its_files_once(town: Town) -> None:
    form = fields_of(await town.bo.open(TOPIC)) | {"body": "the leather"}
    sent = [await town.bo.send(f"{TOPIC}/posts", painted(), PDF, **form) for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert len(await rows(town.db, Post)) == 1 and len(await rows(town.db, File)) == 2
    assert not WAITING.findall(await town.bo.open(TOPIC))


async def test_what_never_became_part_of_a_post_is_gone_after_a_day(town: Town) -> None:
    form = fields_of(await town.bo.open(TOPIC)) | {"body": "the leather"}
    kept = await town.bo.send("/drafts", painted(), PDF, **form)
    assert kept.status_code == 303
    files = WAITING.findall(await town.bo.open(TOPIC))
    named = form | {"file": files, "words": ["", ""]}
    assert (await town.bo.post("/drafts", **named, away=files[0])).status_code == 303
    assert WAITING.findall(await town.bo.open(TOPIC)) == files[1:]

    def age(tx: Transaction) -> None:
        tx.get_one(File, files[1]).made_at = now(tx) - UNUSED * 2

    await town.db.act(age)
    await town.db.act(forget_unused_files)
    assert await rows(town.db, File) == []
    late = await town.bo.post(f"{TOPIC}/posts", **form, file=files[1:], words="")
    assert late.status_code == 422 and fields_of(late.text)["body"] == "the leather"


async def test_scripts_send_one_file_after_the_other_and_are_told_why_not(town: Town) -> None:
    sent = await town.bo.send("/drafts/files", painted(), place="topic:5")
    (file,) = WAITING.findall(sent.text)
    assert WAITING.findall(await town.bo.open(TOPIC)) == [file]
    assert not WAITING.findall(await town.bo.open("/topics/new"))
    refused = await town.bo.send("/drafts/files", SVG, place="topic:5")
    assert refused.status_code == 422 and refused.text.startswith("This is no picture")
    assert refused.headers["content-type"].startswith("text/plain")
    for place in ("topic:6", "reply:999"):
        assert (await town.bo.send("/drafts/files", PDF, place=place)).status_code == 404

    def full(tx: Transaction) -> None:
        tx.get_one(File, file).size = QUOTA

    await town.db.act(full)  # what waits is stored, too
    assert "as there is room for" in (await town.bo.send("/drafts/files", PDF, place="new")).text
    await town.ada.post(f"{TOPIC}/lock")
    locked = await town.bo.send("/drafts/files", PDF, place="topic:5")
    assert locked.status_code == 403 and "locked" in locked.text
    assert len(await rows(town.db, File)) == 1
