"""make soak: ordinary talk on real processes, and one misfortune after another (tests/soaking.py).

    python -m tests.bench.soak [minutes] [clients] [seconds between misfortunes]

Prints one JSON object, fails when it found a fault or when it took longer to heal than promised.
"""

import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

from tests import servers
from tests.soaking import soak
from tests.twins import furnished

HEALED = 5.0  # seconds (I6)


def main(minutes: float = 5, clients: float = 200, every: float = 4) -> None:
    logging.basicConfig(level=logging.ERROR)  # that the database is away is no news here
    with (
        servers.postgres(durable=True) as postgres,
        servers.valkey() as valkey,
        tempfile.TemporaryDirectory() as folder,
    ):
        url = furnished(postgres)
        soaking = soak(
            url, postgres, valkey, Path(folder),
            seconds=minutes * 60, clients=int(clients), every=every,
        )  # fmt: skip
        done = asyncio.run(soaking)
    told = {"soak": f"{minutes} min, {clients:.0f} clients", **done.numbers,
            "misfortunes": done.happened, "healed_s": round(done.healed, 1),
            "faults": done.faults}  # fmt: skip
    print(json.dumps(told))
    sys.exit(bool(done.faults) or done.healed > HEALED)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:4]))
