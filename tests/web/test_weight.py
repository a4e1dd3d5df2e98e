"""A first visit is light enough for the phone and the line it is made for (LOOK: Weight)."""

import re

import brotli
import httpx2
import pytest
from starlette.concurrency import run_in_threadpool

from tests.cast import ADA, CY
from tests.conftest import Town
from tests.moderation.reporting import judge, reported, write
from tests.raw import Answer, raw
from tests.weighing import Weight, weigh
from web import pages
from web.static import REMARK

ALL, SMALLER, SCRIPTS = 60_000, 36_000, 30_000  # bytes
PAGES = ("/", "/topics", "/topics/5", "/channels", "/channels/7", "/search", "/sign-in")


@pytest.mark.parametrize("setup", ["embedded"], indirect=True)
@pytest.mark.parametrize("path", PAGES)
async def test_a_first_visit_is_light(town: Town, path: str) -> None:
    found = await run_in_threadpool(_weighed, town, path)
    assert found.total <= ALL and found.scripts <= SCRIPTS


@pytest.mark.parametrize("setup", ["embedded"], indirect=True)
async def test_reporting_and_reading_what_came_of_it_are_light(town: Town) -> None:
    post, case = await reported(town.db)
    await judge(town.db, ADA, case)
    another = await write(town.db, CY)
    for path in (f"/posts/{another}/flags", "/decisions/1", f"/posts/{post}", "/report"):
        found = await run_in_threadpool(_weighed, town, path)
        assert found.total <= SMALLER and found.scripts <= SCRIPTS, path


@pytest.mark.parametrize("setup", ["embedded"], indirect=True)
async def test_files_are_small_for_whoever_takes_them_so_and_whole_for_the_others(
    town: Town,
) -> None:
    plain = (pages.STATIC / "js/line.js").read_bytes()
    async with raw(town.origin) as line:

        async def asked(*headers: tuple[str, str]) -> Answer:
            return await line.ask("GET", pages.static("js/line.js"), headers)

        for _first_and_kept in range(2):
            small = await asked(("accept-encoding", "gzip, br"))
            assert small.headers["content-encoding"] == "br"
            assert "accept-encoding" in small.headers["vary"].lower()
            assert _said(brotli.decompress(small.body)) == _said(plain)
            assert small.headers["content-type"].startswith("text/javascript")
        for taken in ("identity", "br;q=0"):
            assert (await asked(("accept-encoding", taken))).body == plain
        piece = await asked(("accept-encoding", "br"), ("range", "bytes=0-9"))
        assert piece.status == 206 and piece.body == plain[:10]


def test_no_text_of_a_script_looks_like_a_remark() -> None:
    """Lines that are only a remark do not go over the wire: none stands within a text."""
    for script in pages.STATIC.rglob("*.js"):
        for before in re.finditer(r"(?m)^[ \t]*//", script.read_text()):
            code = REMARK.sub(b"", script.read_bytes()[: before.start()])
            assert code.replace(b"\\`", b"").count(b"`") % 2 == 0, script


def _said(script: bytes) -> list[bytes]:
    """By line; what is only a remark says nothing."""
    lines = [line.strip() for line in script.split(b"\n")]
    return [b"" if line.startswith(b"//") else line for line in lines]


def _weighed(town: Town, path: str) -> Weight:
    with httpx2.Client(base_url=town.origin, trust_env=False) as client:
        client.cookies.set("sid", town.bo.token)
        return weigh(client, path)
