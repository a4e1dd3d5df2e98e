"""One JSON object a line: what was measured, how much, in what unit, and how."""

import json
import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Result:
    bench: str
    value: float
    unit: str
    setup: str
    beside: Mapping[str, float] = field(default_factory=dict)  # what else was seen in that run

    def line(self) -> str:
        return json.dumps(
            {
                "bench": self.bench,
                "value": round(self.value, 2),
                "unit": self.unit,
                "setup": f"{self.setup}; {_machine()}",
                **{name: round(value, 3) for name, value in self.beside.items()},
            }
        )


def percentile(values: Sequence[float], percent: float) -> float:
    """By nearest rank."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def _machine() -> str:
    return f"one process, {os.cpu_count()} cores, Python {platform.python_version()}"
