"""How much a member may send. Counted in the process that hears it: a tab has one socket, and a
member's sockets beyond their number are refused, so the sum over processes stays bounded too."""

import time
from collections import OrderedDict, deque

MINUTE = 60.0
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


class Sends:
    """What members say, by whichever door: so much a second, and in one channel in any minute."""

    def __init__(self, rate: float, burst: float, per_minute: int) -> None:
        self._paces = Buckets(rate, burst)
        self._per_minute = per_minute
        # When they spoke, by member and channel; who spoke last stands last.
        self._lately: OrderedDict[tuple[int, int], deque[float]] = OrderedDict()

    def take(self, member: int, channel: int) -> float:
        """0 when they may say it now, else the seconds until they may ask again."""
        at = time.monotonic()
        self._forget(at - MINUTE)
        spoken = self._lately.get((member, channel)) or deque()
        while spoken and spoken[0] <= at - MINUTE:
            spoken.popleft()
        if len(spoken) >= self._per_minute:
            return spoken[0] + MINUTE - at
        if wait := self._paces.take(member):
            return wait
        spoken.append(at)
        self._lately[member, channel] = spoken
        self._lately.move_to_end((member, channel))
        return 0

    def _forget(self, until: float) -> None:
        """Whoever has said nothing since: what we remember is what was said within a minute."""
        while self._lately and next(iter(self._lately.values()))[-1] <= until:
            self._lately.popitem(last=False)
