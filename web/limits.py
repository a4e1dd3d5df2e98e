"""How much a member may send. Counted in the process that hears it: a tab has one socket, and a
member's sockets beyond their number are refused, so the sum over processes stays bounded too."""

import time
from collections import OrderedDict

MOST_KNOWN = 50_000  # remembered; whoever was quiet longest is forgotten, with a full bucket


class Bucket:
    """A token bucket: `burst` at once, then `rate` a second."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at = time.monotonic()

    def take(self) -> float:
        """0 when there was one to take, else the seconds until there is."""
        at = time.monotonic()
        self._left = min(self._burst, self._left + (at - self._at) * self._rate)
        self._at = at
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= 1
        return 0


class Buckets:
    """One for each member, or each browser."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._of: OrderedDict[int | str, Bucket] = OrderedDict()

    def take(self, who: int | str) -> float:
        bucket = self._of.pop(who, None) or Bucket(self._rate, self._burst)
        self._of[who] = bucket
        if len(self._of) > MOST_KNOWN:
            self._of.popitem(last=False)
        return bucket.take()
