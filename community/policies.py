"""What a policy answers: yes, or no with a sentence fit to show."""

from dataclasses import dataclass, field
from typing import Any

from community.errors import Denied


@dataclass(frozen=True)
class Verdict:
    """Falsy when the answer is no. `values` go into the %(gaps)s of the sentence."""

    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return not self.reason


YES = Verdict()


def no(reason: str, **values: Any) -> Verdict:
    return Verdict(reason, values)


def require(verdict: Verdict) -> None:
    """Raises Denied with the sentence of the verdict."""
    if not verdict:
        raise Denied(verdict.reason, **verdict.values)
