"""Pages under load, and what they weigh on the wire."""

from collections.abc import Iterator

import httpx2

from tests.bench.asking import rate, request
from tests.bench.community import CHARACTERS, POSTS, Community, served
from tests.bench.reporting import Result
from tests.weighing import BROWSERS, weigh

CONNECTIONS = 16
SECONDS, WARMING = 5, 1
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
    """Bytes on the wire of a first visit, with everything it links to."""
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
            total, scripts = weigh(client, path)
            yield Result(f"first_visit_{name}", total / 1000, "kB", "as sent, with all it links to")
            yield Result(f"javascript_{name}", scripts / 1000, "kB", "as sent, of that page")
