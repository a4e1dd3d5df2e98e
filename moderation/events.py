from typing import Self

from community.streams import Revised
from moderation.models import Case


class CaseChanged(Revised, frozen=True, kw_only=True):
    """Opened, reported again, claimed, let go or decided.

    It tells which case and nothing of it: not every moderator who listens may see every case, so
    each page fetches its own view of it."""

    case_id: int

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls(address=case.queue.address, rev=case.rev, case_id=case.id)
