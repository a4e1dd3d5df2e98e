"""F3, in short: all at once on real processes; `make soak` does it for as long as one likes."""

import asyncio
from pathlib import Path

import pytest

from tests import servers
from tests.soaking import soak
from tests.twins import furnished

SECONDS, CLIENTS, EVERY = 10.0, 24, 1.0  # each misfortune once, and a kill all the time


@pytest.mark.scaled_out
def test_nothing_acked_is_lost_nothing_is_there_twice_and_all_see_the_same(
    durable: servers.Postgres, redis: servers.Valkey, tmp_path: Path
) -> None:
    url = furnished(durable)
    done = asyncio.run(
        soak(url, durable, redis, tmp_path, seconds=SECONDS, clients=CLIENTS, every=EVERY)
    )
    assert not done.faults, "\n".join(done.faults)
    assert done.happened["kill_a_process"]
