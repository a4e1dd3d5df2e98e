"""One stream as a tab follows it: the rules of PROTOCOL.md, "Staying current".

web/static/js/following.js does the same in the browser; keep the two alike.
"""

import re
from dataclasses import dataclass, field
from typing import Any

GAPS = (0.2, 1, 3)  # seconds until a hole is asked about again; then the page is loaded

Frame = dict[str, Any]


@dataclass
class Followed:
    rev: int
    items: dict[str, str] = field(default_factory=dict)  # id → html
    start: int = 1  # the seq from which entries are loaded
    catching_up: bool = False
    held: dict[int, Frame] = field(default_factory=dict)  # by rev: what came before its turn
    tries: int = 0  # how often we asked about the hole
    revs: list[int] = field(default_factory=list)  # what was taken, doubles dropped, in order
    places: dict[int, str] = field(init=False)  # seq → id of the item that stands there

    def __post_init__(self) -> None:
        self.places = {number(html, "seq"): id for id, html in self.items.items()}

    @property
    def shown(self) -> list[str]:
        return sorted(self.items.values(), key=lambda html: number(html, "seq"))

    @property
    def seqs(self) -> list[int]:
        return [number(html, "seq") for html in self.shown]

    def begin(self, page: str) -> None:
        """With what a page shows, in place of everything we had."""
        items = items_of(page)
        self.rev = rev_of(page)
        self.items = {named(html): html for html in items}
        self.__post_init__()
        self.start = number(items[0], "seq") if items else 1
        self.revs = [self.rev]
        self.held.clear()
        self.tries = 0

    def put(self, frame: Frame) -> bool:
        """Whether there is a hole before it."""
        if self.catching_up:
            self._take(frame)
        elif frame["rev"] == self.rev + 1:
            self._apply(frame)
        elif frame["rev"] > self.rev:
            self.held[frame["rev"]] = frame
            return True
        return False

    def caught_up(self, rev: int) -> None:
        self.catching_up = False
        self.rev = max(self.rev, rev)
        self.revs.append(self.rev)
        self._take_held()

    def _apply(self, frame: Frame) -> None:
        self._take(frame)
        self.rev = frame["rev"]
        self.revs.append(self.rev)
        self._take_held()

    def _take_held(self) -> None:
        self.held = {rev: frame for rev, frame in self.held.items() if rev > self.rev}
        if following := self.held.get(self.rev + 1):
            self._apply(following)
        elif not self.held:
            self.tries = 0

    def _take(self, frame: Frame) -> None:
        html, id = frame["html"], named(frame["html"])
        if "target" in frame or not id:
            return
        if quote := frame.get("quoted"):
            self.items = {id: quoting_anew(html, quote) for id, html in self.items.items()}
        seq = number(html, "seq")
        if id not in self.items and seq < self.start:
            return
        if number(self.items.get(id, ""), "rev") < number(html, "rev"):
            self.items.pop(self.places.get(seq, ""), None)  # it was moved to another topic
            self.items[id], self.places[seq] = html, id


def quoting_anew(html: str, quote: str) -> str:
    """An entry with this in place of what it quotes, unless that is another message or as new."""

    def newer(shown: re.Match[str]) -> str:
        same = number(shown[0], "quotes") == number(quote, "quotes")
        return quote if same and number(shown[0], "rev") < number(quote, "rev") else shown[0]

    return re.sub(r'<a class="quoted".*?</a>', newer, html, flags=re.DOTALL)


def items_of(page: str) -> list[str]:
    """The entries of a stream's page, as HTML."""
    entry = (
        r"<(li|article) [^>]*id=\"(?:message|post)-(?:<\1\b.*?</\1>|.)*?</\1>"  # with lists in it
    )
    found = re.finditer(entry, page, re.DOTALL)
    return [item[0] for item in found]


def rev_of(page: str) -> int:
    found = re.search(r'<live-stream stream="[^"]*" rev="(\d+)"', page)
    assert found
    return int(found[1])


def epoch_of(page: str) -> str:
    found = re.search(r'data-epoch="([^"]*)"', page)
    assert found
    return found[1]


def page_of(address: str) -> str:
    kind, _, id = address.partition(":")
    return f"/{kind}s/{id}"


def named(html: str) -> str:
    found = re.search(r' id="((?:message|post)-[^"]*)"', html)
    return found[1] if found else ""


def number(html: str, name: str) -> int:
    found = re.search(rf'data-{name}="(\d+)"', html)
    return int(found[1]) if found else -1
