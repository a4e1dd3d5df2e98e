"""The invariants of the delivery contract, each a look at a history. Faults are told in words.

I1  what was acked exists, exactly once         I7   nothing comes long after a right has ended
I2  all acks of a key say the same              I8   acked before another was sent: a smaller seq
I3  seqs are 1..n without a hole                I9   a page and the frames after it make the page
I4  what was delivered exists                   I10  no words come long after they were hidden
I5  revs strictly increase, doubles dropped     I11  what exists was not refused for good
I6  in the end every tab shows what the page shows
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from tests.following import number
from tests.history import Heard, Hidden, History, Revoked, Row, Sent

Rows = Sequence[Row]
Pages = dict[str, list[str]]  # fresh ones, by address


def faults(history: History, rows: Rows, pages: Pages) -> list[str]:
    """One sentence each, with the name of what does not hold."""
    return [
        *i1_lost_or_double(history.sent, rows),
        *i2_two_answers(history.sent),
        *i3_holes(rows),
        *i4_never_said(history, rows),
        *i5_backwards(history),
        *i6_other_than_the_page(history, pages),
        *i7_after_the_end_of_a_right(history),
        *i8_overtaken(history.sent),
        *i9_other_than_drawn(history),
        *i10_words_of_the_hidden(history),
        *i11_refused_though_there(history.sent, rows),
    ]


def i1_lost_or_double(sent: Iterable[Sent], rows: Rows) -> Iterator[str]:
    stored = _by_key(rows)
    for one in sent:
        there = stored[one.author, one.key]
        if len(there) > 1:
            yield f"I1: {one.key} is there {len(there)} times"
        if one.acks and (one.channel, one.acks[0].seq) not in [(r.channel, r.seq) for r in there]:
            yield f"I1: {one.key} was acked as {one.acks[0].seq} and is stored as {there}"


def i2_two_answers(sent: Iterable[Sent]) -> Iterator[str]:
    answers: dict[tuple[int, str], set[tuple[int, int]]] = defaultdict(set)
    for one in sent:
        answers[one.author, one.key] |= {(ack.seq, ack.rev) for ack in one.acks}
    for (_, key), said in answers.items():
        if len(said) > 1:
            yield f"I2: {key} was acked as {sorted(said)}"


def i3_holes(rows: Rows) -> Iterator[str]:
    channels: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        channels[row.channel].append(row.seq)
    for channel, seqs in channels.items():
        if sorted(seqs) != list(range(1, len(seqs) + 1)):
            yield f"I3: the seqs of channel {channel} are {seqs}"


def i4_never_said(history: History, rows: Rows) -> Iterator[str]:
    stored = {f"message-{row.id}" for row in rows}
    places = {(f"message-{row.id}", row.seq) for row in rows}
    for one in history.followed:
        for id in {heard.id for heard in one.heard} - stored - {""}:
            yield f"I4: {one.address} was shown {id}, which is not there"
        for id, html in one.items.items():
            if (id, number(html, "seq")) not in places:
                yield f"I4: {one.address} shows {id} as {number(html, 'seq')}, where it is not"


def i5_backwards(history: History) -> Iterator[str]:
    """What was taken one by one, and what was read when a line was new: nothing else came yet."""
    for one in history.followed:
        for revs in (*one.runs, *one.readings):
            if any(later <= earlier for earlier, later in pairwise(revs)):
                yield f"I5: the revs of {one.address} went backwards: {revs}"


def i6_other_than_the_page(history: History, pages: Pages) -> Iterator[str]:
    """A page shows the newest; a tab may have kept more, unless there are no more."""
    for one in history.followed:
        if one.address not in pages or _has_ended(history, one.member, one.address):
            continue
        fresh = pages[one.address]
        shown = one.shown[-len(fresh) :] if fresh and number(fresh[0], "seq") > 1 else one.shown
        if shown != fresh:
            yield f"I6: a tab shows {one.address} other than a fresh page: {_first(shown, fresh)}"


def i7_after_the_end_of_a_right(history: History) -> Iterator[str]:
    began = {(f"channel:{one.channel}", ack.rev): one.began
             for one in history.sent for ack in one.acks}  # fmt: skip
    for ended in history.revoked:
        for one in history.followed:
            if one.member != ended.member or ended.address not in ("", one.address):
                continue
            for heard in one.heard:
                if _is_late(history, ended, heard, began.get((one.address, heard.rev), 0)):
                    yield f"I7: member {one.member} heard rev {heard.rev} of {one.address} too late"


def i8_overtaken(sent: Iterable[Sent]) -> Iterator[str]:
    """Those acked are looked at in the order they were begun; the greatest seq acked by then."""
    channels: dict[int, list[Sent]] = defaultdict(list)
    for one in sent:
        if one.acks:
            channels[one.channel].append(one)
    for ones in channels.values():
        acked = sorted(min(one.acks) for one in ones)
        before, greatest = 0, 0
        for one in sorted(ones, key=lambda one: one.began):
            while before < len(acked) and acked[before].at < one.began:
                greatest = max(greatest, acked[before].seq)
                before += 1
            if one.acks[0].seq < greatest:
                yield f"I8: {one.key} was sent after {greatest} was acked and stands before it"


def i9_other_than_drawn(history: History) -> Iterator[str]:
    for picture in history.pictures:
        if picture.shown != picture.page:
            span = f"{picture.began}..{picture.rev}"
            yield f"I9: {picture.address} after {span}: {picture.shown} is not {picture.page}"


def i10_words_of_the_hidden(history: History) -> Iterator[str]:
    hidden: dict[tuple[str, str], list[Hidden]] = defaultdict(list)
    for each in history.hidden:
        hidden[each.address, each.id].append(each)
    for one in history.followed:
        for heard in one.heard:
            for each in hidden.get((one.address, heard.id), ()):
                if heard.said and _should_be_gone(history, each, heard):
                    yield f"I10: {one.address} was told the words of {heard.id}, which is hidden"


def i11_refused_though_there(sent: Iterable[Sent], rows: Rows) -> Iterator[str]:
    stored = _by_key(rows)
    for one in sent:
        if one.final and stored[one.author, one.key]:
            yield f"I11: {one.key} was refused for good and exists"


def _by_key(rows: Rows) -> dict[tuple[int, str], list[Row]]:
    stored: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in rows:
        stored[row.author, row.key].append(row)
    return stored


def _first(shown: Sequence[str], fresh: Sequence[str]) -> str:
    """The first that differs, or how many there are."""
    pairs = (pair for pair in zip(shown, fresh, strict=False) if pair[0] != pair[1])
    return " is not ".join(next(pairs, (str(len(shown)), str(len(fresh)))))


def _has_ended(history: History, member: int, address: str) -> bool:
    forever = float("inf")
    return any((e.member, e.address, e.until) == (member, address, forever)
               for e in history.revoked)  # fmt: skip


def _is_late(history: History, ended: Revoked, heard: Heard, began: float) -> bool:
    """Whether it came after all that may have been under way; or was not even begun by then."""
    if heard.at >= ended.until or (not ended.address and heard.opened > ended.since):
        return False  # they were let in again, or came in anew
    over = ended.since + history.late
    return over < began or over + history.lag < heard.at


def _should_be_gone(history: History, hidden: Hidden, heard: Heard) -> bool:
    """As of the hiding at once, as of before it only while it may have been under way."""
    if heard.rev >= hidden.rev:
        return heard.rev < hidden.until_rev
    return hidden.since + history.late + history.lag < heard.at < hidden.until
