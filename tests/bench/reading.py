"""Pages under load, and what they weigh on the wire."""

import gzip
import re
from collections.abc import Iterator

import httpx2

from tests.bench.asking import rate, request
from tests.bench.community import CHARACTERS, POSTS, Community, served
from tests.bench.reporting import Result

CONNECTIONS = 16
SECONDS, WARMING = 5, 1
BROWSERS = "gzip, deflate, br, zstd"  # what they say they read; proxies pass it on
SETUP = f"{POSTS} posts of {CHARACTERS} characters, {CONNECTIONS} connections"


def pages() -> Iterator[Result]:
    """Requests a second for a topic page and for a list of topics, anonymous and signed in."""
    with served() as community:
        for name, path in (("topic_page", f"/topics/{community.topic}"), ("list_page", "/topics")):
            for who, token in (("anonymous", ""), ("signed_in", community.tokens[0])):
                yield Result(f"{name}_{who}", _rate(community, path, token), "requests/s", SETUP)


def _rate(community: Community, path: str, token: str) -> float:
    """The first seconds warm up what is kept."""
    cookie = f"sid={token}" if token else ""
    ask = request(community.port, "GET", path, accept_encoding=BROWSERS, cookie=cookie)
    for seconds in (WARMING, SECONDS):
        found = rate(community.port, lambda: ask, connections=CONNECTIONS, seconds=seconds)
    return found


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


def _weigh(client: httpx2.Client, path: str) -> tuple[int, int]:
    """All of it, and the scripts alone; a script is followed to those it imports, but for what it
    fetches when somebody begins to write, opens a dialog or presses a key."""
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
    return re.findall(r'(?:from|import)\s*["\'](\.{1,2}/[^"\']+|/static/[^"\']+)["\']', script)


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6))
