"""S32: of what is uploaded only the pixels are kept, and nothing runs in it (Zulip CVE-2023-22735).

ASVS 5.0, 5.2.1-5.2.6, 5.3.2, 5.4.1, 14.2.8.
"""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from community import pictures
from community.clock import now
from community.database import Transaction
from community.errors import TooFast
from community.files import QUOTA, UNUSED, File, FileKind, forget_unused_files, keep
from community.members.models import Member
from community.pictures import MOST, Cut, Darkroom, Print
from tests.cast import BO, CY
from tests.conftest import Town
from tests.doors import FORM
from tests.moderation.reporting import rows
from tests.painting import flood, in_other_colours, moving, painted, saved, with_a_place
from tests.raw import raw
from web.app import BODY

DOOR = "/settings/picture"
LARGE, LARGER = (saved(Image.new("P", (side, side)), "PNG") for side in (3_000, 6_000))
SCRIPT = b"<script>alert(document.domain)</script>"
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
WORDS = {
    "unknown": "no picture we can take",
    "large": "more than 40 million pixels",
    "moving": "Moving pictures",
    "broken": "cannot be read",
}
REFUSED = {
    "SVG": (SVG, "unknown"),
    "HTML": (b"<!doctype html>" + SCRIPT, "unknown"),
    "PDF": (PDF, "unknown"),
    "a GIF": (painted("GIF"), "unknown"),
    "a TIFF": (painted("TIFF"), "unknown"),
    "nothing but a beginning": (b"\xff\xd8\xff\xe0", "unknown"),
    "a flood of points": (flood(), "large"),
    "a little more than 40 million": (flood(8_000, 5_001), "large"),
    "half of one": (painted(size=(900, 900))[:2_000], "broken"),
    "points that do not come": (flood(6_000, 6_000), "broken"),
    "a moving PNG": (moving("PNG"), "moving"),
    "a moving WebP": (moving("WEBP"), "moving"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_still_picture_is_refused_with_a_sentence(town: Town, what: str) -> None:
    data, why = REFUSED[what]
    answer = await town.bo.send(DOOR, data)
    assert answer.status_code == 422
    assert WORDS[why] in answer.text
    assert await rows(town.db, File) == []


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
async def test_only_pixels_are_kept(town: Town, format: str) -> None:
    """What was written behind them (a polyglot) is gone; so is what they were called."""
    large, small = await _given(town, painted(format) + SCRIPT)
    assert (large.size, small.size) == ((256, 256), (64, 64))
    for image in (large, small):
        left, right = image.getpixel((2, 2)), image.getpixel((image.width - 3, 2))
        assert left[0] > 200 > 60 > left[2] and right[2] > 200 > 60 > right[0]


async def test_where_it_was_taken_is_forgotten_and_it_stands_upright(town: Town) -> None:
    image = (await _given(town, with_a_place()))[0]
    assert not image.getexif() and set(image.info) <= {
        "background",
        "loop",
        "timestamp",
        "duration",
    }
    top, bottom = image.getpixel((128, 2)), image.getpixel((128, 253))
    assert top[0] > 200 > 60 > top[2] and bottom[2] > 200 > 60 > bottom[0]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
async def test_every_kind_of_points_becomes_ours(town: Town, mode: str) -> None:
    format = "JPEG" if mode == "CMYK" else "PNG"
    image = (await _given(town, saved(Image.new(mode, (80, 80)), format)))[0]
    assert image.mode == "RGB"
    clear = mode in {"LA", "RGBA"}  # on white, so that dark lines stay readable on dark pages
    assert (image.getpixel((9, 9))[0] > 250) == (clear or mode == "CMYK")


async def test_a_profile_of_colours_is_applied_and_gone(town: Town) -> None:
    image = (await _given(town, in_other_colours()))[0]
    assert "icc_profile" not in image.info


async def test_sixteen_bits_of_grey_stay_as_dark_as_they_are(town: Town) -> None:
    await _given(town, saved(Image.new("I;16", (64, 64), 10_000), "PNG"))
    (file,) = await rows(town.db, File)
    image = Image.open(BytesIO((await town.visitor.get(f"/files/{file.id}")).content))
    assert max(image.convert("L").tobytes()) < 45, "10000 of 65535 is dark"


async def test_upload_headers(town: Town) -> None:
    """It is a picture whatever it is asked as, and nothing in it may run."""
    await _given(town, painted())
    (file,) = await rows(town.db, File)
    for path in (f"/files/{file.id}", f"/files/{file.id}/small"):
        shown = await town.visitor.get(path, accept="text/html")
        assert shown.headers["content-type"] == "image/webp"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert shown.headers["content-disposition"] == f'inline; filename="{file.id}.webp"'
        assert shown.headers["cache-control"] == "private, max-age=86400"
    assert len(file.id) == 22


async def test_evidence_is_for_its_owner_and_kept_by_no_cache(town: Town) -> None:
    id = await town.db.act(_evidence, BO, "verification:1")
    for browser in (town.visitor, town.cy, town.dee):
        missing = await browser.get("/files/nowhere")
        assert (await browser.get(f"/files/{id}")).status_code == missing.status_code == 404
    shown = await town.bo.get(f"/files/{id}")
    assert shown.headers["cache-control"] == "private, no-store"


async def test_one_that_was_replaced_or_removed_is_gone(town: Town) -> None:
    await _given(town, painted())
    (first,) = await rows(town.db, File)
    await _given(town, painted("PNG"))
    (second,) = await rows(town.db, File)
    assert (await town.visitor.get(f"/files/{first.id}")).status_code == 404
    await town.bo.post(f"{DOOR}/removal")
    assert (await town.visitor.get(f"/files/{second.id}")).status_code == 404
    assert not (await town.db.look(lambda session: session.get_one(Member, BO))).picture


async def test_nobody_fills_the_darkroom_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "A_MOMENT", 0)
    room, data = Darkroom(), painted()

    async def picture() -> bytes:
        return data

    sent = [room.develop(who, [picture] * 2, Cut.SQUARE, [64]) for who in (BO, BO, CY)]
    bos, again, cys = await asyncio.gather(*sent, return_exceptions=True)
    assert isinstance(bos, list) and isinstance(cys, list) and len(bos) == 2
    assert isinstance(again, TooFast)
    assert await room.develop(BO, [picture], Cut.SQUARE, [64]), "afterwards it is their turn again"
    both = await asyncio.gather(*(town.bo.send(DOOR, LARGE) for _ in range(2)))
    refused = [answer for answer in both if answer.status_code == 429]
    assert len(refused) == 1 and "wait a moment" in refused[0].text
    assert 'id="picture-error"' in refused[0].text and refused[0].headers["retry-after"]


async def test_for_whoever_has_left_no_picture_is_made(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Who clicked twice has left one line, and gets their picture on the other."""
    caplog.set_level("INFO", "akar.access")
    _reader, writer = await asyncio.open_connection("127.0.0.1", town.settings.port)
    writer.write(_form(town, LARGER))
    while not town.akar.state.darkroom.inside:
        await asyncio.sleep(0.005)  # it did not come yet
    writer.close()
    assert (await town.bo.send(DOOR, painted())).status_code == 303
    ends = [getattr(line, "status", 0) for line in caplog.records]
    assert 499 in ends and ends.count(303) == 1
    assert len(await rows(town.db, File)) == 1


async def test_only_doors_that_take_pictures_take_long_bodies_and_files(town: Town) -> None:
    wide = painted("PNG", (700, 700)) + b"\0" * BODY  # what follows the picture does no harm
    for picture in (wide, painted()):
        answer = await town.bo.send("/topics/5/lock", picture, reason="ahoy")
        assert answer.status_code == 422
    assert (await town.bo.send(DOOR, wide)).status_code == 303
    assert (await town.bo.send(DOOR, b"\0" * (MOST + 100_000))).status_code == 413
    assert (await town.bo.send(DOOR, b"\0" * (MOST + 1))).status_code == 422
    assert (await town.bo.send(DOOR, painted(), painted())).status_code == 400
    assert (await town.visitor.send(DOOR, wide)).status_code == 401
    assert (await town.bo.post(DOOR, picture="ahoy")).status_code == 422
    assert (await town.bo.send(DOOR)).status_code == 422


async def test_pictures_come_from_our_own_pages(town: Town) -> None:
    """Browsers send forms with files across sites without asking (CSRF)."""
    body = b'--b\r\ncontent-disposition: form-data; name="picture"; filename="a"\r\n\r\n%b\r\n--b--'
    kind = ("content-type", "multipart/form-data; boundary=b")
    cookie = ("cookie", town.bo.headers["cookie"])
    async with raw(town.origin) as line:
        for origin, status in (("https://evil.example", 403), (town.origin, 303)):
            headers = [kind, cookie, ("origin", origin)]
            assert (await line.ask("POST", DOOR, headers, body % painted())).status == status


async def test_no_url_avatar(town: Town) -> None:
    """We fetch nothing (Flarum CVE-2023-40033)."""
    address = "https://example.test/me.png"
    async with raw(town.origin) as line:
        headers = [*town.bo.headers.items(), FORM]
        answer = await line.ask("POST", DOOR, headers, f"picture={address}".encode())
        assert answer.status == 422
    assert (await town.bo.send(DOOR, address.encode())).status_code == 422


async def test_a_member_stores_only_so_much(town: Town) -> None:
    def fill(tx: Transaction) -> None:
        _stored(tx, BO, "claim:1", bytes(QUOTA - 100))

    await town.db.act(fill)
    answer = await town.bo.send(DOOR, painted("PNG", (256, 256)))
    assert answer.status_code == 422 and "room" in answer.text
    assert (await town.cy.send(DOOR, painted())).status_code == 303


async def test_what_came_to_nothing_is_forgotten_after_a_day(town: Town) -> None:
    def age(tx: Transaction) -> None:
        for belongs_to in ("", "claim:1"):
            _stored(tx, CY, belongs_to).made_at = now(tx) - UNUSED * 2
        _stored(tx, CY, "")

    await town.db.act(age)
    await town.db.act(forget_unused_files)
    assert sorted(file.belongs_to for file in await rows(town.db, File)) == ["", "claim:1"]


async def _given(town: Town, data: bytes) -> list[Any]:
    """What is shown of it, large and small."""
    assert (await town.bo.send(DOOR, data)).status_code == 303
    (file,) = await rows(town.db, File)
    shown = [await town.visitor.get(f"/files/{file.id}{size}") for size in ("", "/small")]
    assert not any(SCRIPT in one.content or b"Garut" in one.content for one in shown)
    return [Image.open(BytesIO(one.content)) for one in shown]


def _form(town: Town, data: bytes) -> bytes:
    """What a browser sends, before anybody answers."""
    body = b'--b\r\ncontent-disposition: form-data; name="picture"; filename="a"\r\n\r\n%b\r\n--b--'
    headers = (
        f"POST {DOOR} HTTP/1.1\r\nhost: localhost:{town.settings.port}\r\norigin: {town.origin}\r\n"
        f"cookie: {town.bo.headers['cookie']}\r\ncontent-type: multipart/form-data; boundary=b\r\n"
        f"content-length: {len(body % data)}\r\n\r\n"
    )
    return headers.encode() + body % data


def _evidence(tx: Transaction, owner: int, belongs_to: str) -> str:
    return _stored(tx, owner, belongs_to).id


def _stored(tx: Transaction, owner: int, belongs_to: str, webp: bytes = b"webp") -> File:
    prints = (Print(1, 1, webp), Print(1, 1, b"webp"))
    return keep(tx, tx.get_one(Member, owner), FileKind.EVIDENCE, prints, belongs_to)
