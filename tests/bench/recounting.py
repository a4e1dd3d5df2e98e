"""Part of make soak: unread, counted by the pages and in plain Python, after any sequence of deeds.

    python -m tests.bench.recounting [examples]

Prints one JSON object; a sequence after which the two differ ends it with that sequence.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from community.bus import MemoryBus
from community.opening import open_database
from tests.conftest import furnish
from tests.forum.recounting import SEQUENCES, Sequence, recounted


def main(examples: int = 10_000) -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        url = f"sqlite:///{Path(folder)}/town.db"
        runner.run(furnish(url))
        db = open_database(url, MemoryBus())

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(sequence=SEQUENCES)
        def all_the_same(sequence: Sequence) -> None:
            runner.run(recounted(db, sequence))

        all_the_same()
        runner.run(db.close())
    seconds = round(time.monotonic() - began)
    print(json.dumps({"recounting": f"{examples} sequences", "faults": [], "seconds": seconds}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
