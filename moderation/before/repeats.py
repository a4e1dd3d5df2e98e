"""The same text again and again by one member, wherever they put it: remembered for an hour in the
process that hears it, as what members send is (web/limits.py), and nowhere else.
"""

import time
from collections import OrderedDict
from string import punctuation

SPAN = 3_600.0  # seconds
ENOUGH = 3  # times that a text may be written within them
REPORTED = 6  # tried so often, a moderator learns of it
SHORTEST = 20  # letters: thanks and greetings are written by everybody all day
MOST_KNOWN = 50_000  # texts; what was written longest ago is forgotten
SIGNS = str.maketrans("", "", punctuation)


def gist(text: str) -> str:
    """What is the same in another dress; empty where it is too short to matter."""
    letters = "".join(text.casefold().translate(SIGNS).split())
    return letters if len(letters) >= SHORTEST else ""


class Repeats:
    def __init__(self) -> None:
        # By member and text: when, by key. What was written last stands last.
        self._times: OrderedDict[tuple[int, int], dict[str, float]] = OrderedDict()

    def times(self, member_id: int, text: str, key: str) -> int:
        """How often they have written it lately, with this time. The same key is the same time,
        however often it is sent."""
        said = gist(text)
        if not said:
            return 0
        at, mine = time.monotonic(), (member_id, hash(said))
        before = self._times.pop(mine, {})
        times = {one: when for one, when in before.items() if when > at - SPAN}
        times.setdefault(key, at)
        self._times[mine] = times
        if len(self._times) > MOST_KNOWN:
            self._times.popitem(last=False)
        return len(times)
