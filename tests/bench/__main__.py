"""make bench, or make bench ONLY=name."""

import sys

from tests.bench import forum, reading, talking, writing

BENCHES = {
    "fan_out": talking.fan_out,
    "acks": talking.acks,
    "say": talking.stored,
    "pages": reading.pages,
    "replies": writing.replies,
    "readers": writing.readers,
    "weight": reading.weight,
    "large_forum": forum.large_forum,
}


def main(only: str | None) -> None:
    if only is not None and only not in BENCHES:
        sys.exit(f"no such bench; there are {', '.join(BENCHES)}")
    for name in [only] if only else BENCHES:
        for result in BENCHES[name]():
            print(result.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
