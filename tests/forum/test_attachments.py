"""S32: what hangs at a post is for those who read it, as pixels or a file, and goes with it."""

from community.database import Transaction
from forum.attachments import MOST
from forum.topics.actions import hide_post
from forum.topics.models import Post
from tests.browsing import Browser
from tests.conftest import Town
from tests.forum.pages import answer_in
from tests.moderation.reporting import rows
from tests.painting import painted, with_a_place

TOPIC = "/topics/5"
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


async def attached(town: Town, browser: Browser, post: int, *files: bytes) -> list[str]:
    """Answers the addresses of all that hangs there then."""
    answer = await browser.send(f"/posts/{post}/attachments", *files)
    assert answer.status_code == 303, answer.text
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
    path = f"/posts/{post}/attachments"
    assert (await town.cy.send(path, PDF)).status_code == 403
    assert (await town.visitor.send(path, PDF)).status_code == 401
    for bad in (SVG, b"%PDF-1.7 half of it", b"<!doctype html>"):
        refused = await town.bo.send(path, bad)
        assert refused.status_code == 422 and "we can take" in refused.text
    assert "Choose a file first." in (await town.bo.send(path, b"")).text
    many = [PDF.replace(b"1.7", b"1.%d" % number) for number in range(MOST + 1)]
    await attached(town, town.bo, post, *many[:4])
    assert (await town.bo.send(path, *many[4:7])).status_code == 422
    files = await attached(town, town.bo, post, *many[4:6])
    assert len(files) == MOST
    taken = {"file": files[0].removeprefix("/files/")}
    assert (await town.cy.post(f"{path}/removal", **taken)).status_code == 403
    assert (await town.bo.post(f"{path}/removal", **taken)).status_code == 303
    assert (await town.bo.get(files[0])).status_code == 404
    assert files[0] not in await town.visitor.open(TOPIC)
