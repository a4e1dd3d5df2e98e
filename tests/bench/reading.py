"""Pages under load, and what they weigh on the wire."""

import asyncio
import gzip
import re
import shutil
import subprocess
import time
from collections.abc import Iterator

import httpx2

from tests.bench.community import CHARACTERS, LOAD_CORE, POSTS, Community, served
from tests.bench.reporting import Result

CONNECTIONS = 16
SECONDS = 5
BROWSERS = "gzip, deflate, br, zstd"  # what they say they read; proxies pass it on


def topic_page() -> Iterator[Result]:
    """Requests a second for a topic page, anonymous and signed in."""
    with served() as community:
        tool = "wrk" if shutil.which("wrk") else "own Python generator"
        page = f"{POSTS} posts of {CHARACTERS} characters, {CONNECTIONS} connections, {tool}"
        for name, token in (("anonymous", ""), ("signed_in", community.tokens[0])):
            load = _by_wrk if tool == "wrk" else _by_hand
            rate = load(community, token)
            yield Result(f"topic_page_{name}", rate, "requests/s", page)


def weight() -> Iterator[Result]:
    """Bytes on the wire of a first visit, with everything it links to, compressed."""
    with (
        served(1) as community,
        httpx2.Client(base_url=community.origin, trust_env=False, verify=False) as client,
    ):
        client.cookies.set("sid", community.tokens[0])
        for name, path in (
            ("home", "/"),
            ("topic", f"/topics/{community.topic}"),
            ("channel", f"/channels/{community.channel}"),
            ("sign_in", "/sign-in"),
        ):
            total, scripts = _weigh(client, path)
            yield Result(
                f"first_visit_{name}", total / 1000, "kB", "compressed, with all it links to"
            )
            yield Result(f"javascript_{name}", scripts / 1000, "kB", "compressed, of that page")


def _by_wrk(community: Community, token: str) -> float:
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    if token:
        command += ["-H", f"Cookie: sid={token}"]
    command += [
        "-H",
        f"Accept-Encoding: {BROWSERS}",
        f"{community.origin}/topics/{community.topic}",
    ]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    assert "Non-2xx" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def _by_hand(community: Community, token: str) -> float:
    return asyncio.run(_many_times(community, token))


async def _many_times(community: Community, token: str) -> float:
    headers = {"accept-encoding": BROWSERS} | ({"cookie": f"sid={token}"} if token else {})
    limits = httpx2.Limits(max_connections=CONNECTIONS)
    path, began, done = f"/topics/{community.topic}", time.monotonic(), 0
    async with httpx2.AsyncClient(
        base_url=community.origin, headers=headers, limits=limits, trust_env=False, verify=False
    ) as client:

        async def again() -> None:
            nonlocal done
            while time.monotonic() < began + SECONDS:
                answer = await client.get(path)
                assert answer.status_code == 200
                done += 1

        await asyncio.gather(*(again() for _ in range(CONNECTIONS)))
    return done / (time.monotonic() - began)


def _weigh(client: httpx2.Client, path: str) -> tuple[int, int]:
    """All of it, and the scripts alone; a script is followed to those it imports."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    waiting = re.findall(r'(?:src|href)="(/static/[^"#]+)', page.text)
    sizes = {path: _compressed(page.content)}
    while waiting:
        address = waiting.pop()
        if address in sizes:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, address
        sizes[address] = _compressed(answer.content)
        if address.endswith(".js"):
            waiting += [str(answer.url.join(found).path) for found in _imports(answer.text)]
    return sum(sizes.values()), sum(size for at, size in sizes.items() if at.endswith(".js"))


def _imports(script: str) -> list[str]:
    return re.findall(r'(?:from|import)\s*\(?["\'](\.{1,2}/[^"\']+|/static/[^"\']+)["\']', script)


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6))
