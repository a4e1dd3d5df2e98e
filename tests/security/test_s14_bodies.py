"""Bodies are bounded before they are read, and no header makes us work (Starlette CVE-2024-47874,
CVE-2023-30798, CVE-2025-62727)."""

import pytest

from tests.conftest import Town
from tests.doors import FORM
from tests.raw import raw
from web.app import BODY
from web.forms import MOST_FIELDS
from web.pages import static

PART = b'--b\r\ncontent-disposition: form-data; name="body"\r\n\r\nx\r\n'
MULTIPART = ("content-type", "multipart/form-data; boundary=b")
RANGES = ["bytes=" + ",".join(f"{n}-{n + 1}" for n in range(500)), "bytes=-0", "bytes=9-1",
          "bytes=0-" + "9" * 300, "lines=0-1", "bytes=" + "-," * 2_000]  # fmt: skip


async def test_no_form_is_longer_than_its_limit(town: Town) -> None:
    async with raw(town.origin) as line:
        for size, status in ((BODY - 100, 422), (BODY + 1, 413)):
            headers = [*town.bo.headers.items(), FORM]
            body = b"x=" + b"y" * (size - 2)
            assert (await line.ask("POST", "/topics/5/posts", headers, body)).status == status


@pytest.mark.parametrize(
    ("kind", "body"),
    [(FORM, b"a=b&" * (MOST_FIELDS + 1)), (MULTIPART, PART * 2_000 + b"--b--"),
     (MULTIPART, PART[:-4] + b"y" * 200_000)],
    ids=["fields", "parts", "one long part"],
)  # fmt: skip
async def test_a_form_has_so_many_fields_and_no_parts(
    town: Town, kind: tuple[str, str], body: bytes
) -> None:
    async with raw(town.origin) as line:
        headers = [*town.bo.headers.items(), kind]
        answer = await line.ask("POST", "/topics/5/posts", headers, body)
        assert answer.status in {400, 413, 422}
        assert (await town.cy.shown("topic:5")) == []


@pytest.mark.parametrize("ranges", RANGES, ids=range(len(RANGES)))
async def test_ranges_cost_nothing(town: Town, ranges: str) -> None:
    async with raw(town.origin) as line:
        whole = await line.ask("GET", static("css/base.css"))
        part = await line.ask("GET", static("css/base.css"), [("range", ranges)])
        assert part.status in {200, 206, 400, 416}
        assert len(part.body) <= len(whole.body) * 2
