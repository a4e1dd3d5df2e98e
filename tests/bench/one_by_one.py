"""Pages asked for one after another over one connection, as one member.

The time is that of the answer as the client has it; beside it, in milliseconds, what the processors
did for one.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2

from tests.bench.reporting import Result, percentile
from tests.bench.setups import Filled
from tests.bench.usage import usage_of

PATIENCE = 60.0  # seconds: what is slow is measured, too
ASKED = 30  # times each page is asked for

Addresses = Callable[[httpx2.Client], Mapping[str, str]]  # by name


def one_by_one(
    there: Filled[Any], token: str, bench: str, addresses: Addresses, who: str
) -> Iterator[Result]:
    how = f"{who}, one by one"
    with httpx2.Client(base_url=there.origin, trust_env=False, timeout=PATIENCE) as client:
        client.cookies.set("sid", token)
        for name, address in addresses(client).items():
            _seconds(client, address)  # what is built once is built
            before = usage_of(there.pids)
            times = [_seconds(client, address) for _ in range(ASKED)]
            worked = (usage_of(there.pids) - before).ours / ASKED * 1000
            median, most = (percentile(times, percent) * 1000 for percent in (50, 99))
            yield Result(f"{bench}_{name}", median, "ms", how, {"p99": most, "server_ms": worked})


def _seconds(client: httpx2.Client, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    took = time.perf_counter() - began
    assert answer.status_code == 200, (address, answer.status_code, answer.text)
    return took
