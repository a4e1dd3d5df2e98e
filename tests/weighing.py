"""What a first visit takes over the wire, with everything that the page links to."""

import re
from typing import NamedTuple

import httpx2

BROWSERS = "gzip, deflate, br, zstd"  # what they say they read; proxies pass it on


class Weight(NamedTuple):
    """Bytes, as they were sent."""

    total: int
    scripts: int


def weigh(client: httpx2.Client, path: str) -> Weight:
    """A script is followed to those it imports, but not to what it fetches when somebody begins to
    write, opens a dialog or presses a key."""
    sizes: dict[str, int] = {}
    waiting = [path]
    while waiting:
        address = waiting.pop()
        if address in sizes:
            continue
        sizes[address] = _bytes(client, address)
        if address == path:
            waiting += re.findall(r'(?:src|href)="(/static/[^"#]+)', client.get(path).text)
        elif address.endswith(".js"):
            found = _imports(client.get(address).text)
            waiting += [httpx2.URL(address).join(one).path for one in found]
    scripts = sum(size for address, size in sizes.items() if address.endswith(".js"))
    return Weight(sum(sizes.values()), scripts)


def _bytes(client: httpx2.Client, address: str) -> int:
    with client.stream("GET", address, headers={"accept-encoding": BROWSERS}) as answer:
        assert answer.status_code == 200, (address, answer.status_code)
        return sum(len(piece) for piece in answer.iter_raw())


def _imports(script: str) -> list[str]:
    return re.findall(r'(?:from|import)\s*["\'](\.{1,2}/[^"\']+|/static/[^"\']+)["\']', script)
