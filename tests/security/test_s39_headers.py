"""What every answer carries, whatever it is an answer to; and what none tells."""

import re
from dataclasses import replace

import pytest

from community.database import Database
from community.settings import Settings
from tests.conftest import Town, running
from tests.doors import doors
from tests.raw import Answer, raw
from web.files import ALONE
from web.pages import static

EMBEDDED = pytest.mark.parametrize("setup", ["embedded"])
IDS = {"channel": 7, "topic": 5, "slug": "market"}
THE_SAME_FOR_ALL = {"/sw.js"}  # a file, not a page
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
    "require-trusted-types-for": "'script'",
}


def _must_hold(answer: Answer, what: str) -> None:
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, (what, name)
    assert "camera=()" in answer.headers["permissions-policy"], what
    said = answer.headers["content-security-policy"]
    policy = dict(part.partition(" ")[::2] for part in said.split("; "))
    assert said == ALONE or POLICY.items() <= policy.items(), what
    assert "unsafe" not in answer.headers["content-security-policy"], what
    assert "server" not in answer.headers and "x-powered-by" not in answer.headers, what


@EMBEDDED
async def test_every_door_answers_with_them(generous: Town) -> None:
    async with raw(generous.origin) as line:
        for browser in (generous.fay, generous.visitor):
            for door in doors():
                answer = await line.ask("GET", door.address(IDS), browser.headers.items())
                _must_hold(answer, str(door))


@EMBEDDED
async def test_so_do_refusals_and_files(town: Town) -> None:
    ours = [("origin", town.origin)]
    large = [*ours, ("content-type", "application/x-www-form-urlencoded")]
    async with raw(town.origin) as line:
        for status, answer in (
            (200, await line.ask("GET", static("css/base.css"))),
            (404, await line.ask("GET", "/nowhere")),
            (404, await line.ask("GET", "/static/nowhere")),
            (404, await line.ask("GET", f"{static('')}..%2f..%2fapp.py")),
            (405, await line.ask("DELETE", "/topics", ours)),
            (403, await line.ask("POST", "/sign-in")),
            (413, await line.ask("POST", "/sign-in", large, b"x" * 300_000)),
        ):
            assert answer.status == status
            _must_hold(answer, str(status))


@EMBEDDED
async def test_a_failure_of_ours_tells_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_session: object) -> None:
        raise RuntimeError("the secret of row 7")

    monkeypatch.setattr("web.health._answers", broken)
    async with raw(town.origin) as line:
        answer = await line.ask("GET", "/readyz")
    assert answer.status == 500
    _must_hold(answer, "500")
    assert "secret" not in answer.text and "Traceback" not in answer.text


@EMBEDDED
async def test_under_tls_browsers_are_told_to_stay_there(db: Database, settings: Settings) -> None:
    public = replace(settings, public_url="https://akar.example", secret_key="s" * 32)
    async with running(db, public, reached_at=settings.public_url) as town:
        async with raw(settings.public_url) as line:
            answer = await line.ask("GET", "/", host="akar.example")
            assert town.hub
    kept = re.search(r"max-age=(\d+)", answer.headers["strict-transport-security"])
    assert kept and int(kept[1]) >= 31_536_000
    assert "wss://akar.example" in answer.headers["content-security-policy"]


@EMBEDDED
async def test_no_store_when_session(generous: Town) -> None:
    """S34: nobody is shown another's page by a cache (Discourse CVE-2024-47773; Zulip 2021)."""
    async with raw(generous.origin) as line:
        for door in doors():
            address = door.address(IDS)
            if address in THE_SAME_FOR_ALL:
                continue
            mine = await line.ask("GET", address, generous.bo.headers.items())
            assert mine.headers["cache-control"] == "private, no-store", address
            public = await line.ask("GET", address)
            assert "public" not in public.headers["cache-control"], address
            assert "cookie" in public.headers.get("vary", "").lower(), address
        entered = await generous.visitor.get("/sign-in")
        assert "set-cookie" not in entered.headers


@EMBEDDED
async def test_files_are_public_and_for_good(town: Town) -> None:
    async with raw(town.origin) as line:
        answer = await line.ask("GET", static("css/base.css"), town.bo.headers.items())
    assert "immutable" in answer.headers["cache-control"] and "set-cookie" not in answer.headers


@EMBEDDED
@pytest.mark.parametrize("taken", ["", "gzip", "br"])
@pytest.mark.parametrize("path", [static("css/base.css"), "/topics/feed", "/sw.js"])
async def test_a_piece_says_whom_the_whole_is_for(town: Town, path: str, taken: str) -> None:
    """So does what says that nothing has changed (RFC 9110, 15.3.7 and 15.4.5): a cache that hears
    of it would give one browser what another can read."""
    headers = [("accept-encoding", taken)]
    async with raw(town.origin) as line:
        whole = await line.ask("GET", path, headers)
        known = [*headers, ("if-none-match", whole.headers["etag"])]
        for more in (known, [*headers, ("range", "bytes=0-1")]):
            piece = await line.ask("GET", path, more)
            if piece.status != 200:
                assert piece.status in {206, 304}
                assert _varies(whole) <= _varies(piece) >= {"accept-encoding"}
                for name in ("etag", "cache-control"):
                    assert piece.headers[name] == whole.headers[name], name


def _varies(answer: Answer) -> set[str]:
    return set(answer.headers["vary"].lower().split(", "))


@EMBEDDED
async def test_ranges_are_answered_in_no_time(town: Town) -> None:
    """Starlette CVE-2025-62727: merging ranges took quadratic time."""
    many = ",".join(f"{n}-{n + 1}" for n in range(0, 3_000, 3))
    async with raw(town.origin) as line:
        for spec in (f"bytes={many}", "bytes=-", "bytes=9-1", "bytes=a-b", "lines=1-2", "bytes=,"):
            answer = await line.ask("GET", static("css/base.css"), [("range", spec)])
            assert answer.status in {200, 206, 400, 416}, spec


@EMBEDDED
async def test_metrics_documents_and_debuggers_are_not_there(town: Town) -> None:
    """S41. The two probes say a word each."""
    paths = ("/metrics", "/docs", "/redoc", "/openapi.json", "/debug", "/admin", "/.env")
    async with raw(town.origin) as line:
        for path in (*paths, "/.git/config", "/server-status", "/__debug__/", "/web/app.py"):
            assert (await line.ask("GET", path)).status == 404, path
        for path, word in (("/healthz", b"alive"), ("/readyz", b"ready")):
            assert (await line.ask("GET", path, host="10.0.0.9")).body == word
