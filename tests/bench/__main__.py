"""make bench, or make bench ONLY=name."""

import os
import sys

from tests.bench import (
    announcing,
    crowds,
    forum,
    leaving,
    log,
    phone,
    queue,
    reading,
    talking,
    writing,
)
from tests.bench.community import LOAD_CORE, pin
from tests.servers import ROOT

BENCHES = {
    "fan_out": crowds.fan_out,
    "fan_out_large": crowds.fan_out_large,
    "pace": crowds.pace,
    "idle": crowds.idle,
    "leave": leaving.leave,
    "processes": crowds.processes,
    "acks": talking.acks,
    "say": talking.stored,
    "say_scaled_out": talking.stored_scaled_out,
    "pages": reading.pages,
    "replies": writing.replies,
    "readers": writing.readers,
    "weight": reading.weight,
    "phone": phone.phone,
    "large_forum": forum.large_forum,
    "queue": queue.queue,
    "large_log": log.large_log,
    "announce": announcing.announce,
}


def main(only: str | None) -> None:
    if only is not None and only not in BENCHES:
        sys.exit(f"no such bench; there are {', '.join(BENCHES)}")
    os.environ.pop(ROOT, None)  # what is to be durable is written to a disk
    pin(os.getpid(), LOAD_CORE)  # and whatever we start, but for the servers that are measured
    for name in [only] if only else BENCHES:
        for result in BENCHES[name]():
            print(result.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
