"""A walk through every door, as somebody: which canaries sing behind which."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tests.browsing import Browser
from tests.conftest import Town
from tests.doors import SAFE, Door, doors
from tests.pages import addresses
from tests.raw import Answer, raw
from tests.security.canaries import AFTER, BEGUN, SUNG

ASKED = {"q", "words", "title"}
SEARCH = "/search"  # is asked for each word; others for how all begin, and what follows them
NEVER_KEPT = re.compile("no-store|private")  # by whatever stands between us and whoever asked
ALL = 20  # things of each kind

Found = dict[str, set[str]]  # by word, the addresses where it stands


class Shown(NamedTuple):
    """What somebody before was shown at an address."""

    tag: str
    words: set[str]


class Walk:
    """Through all addresses there are, by one after the other."""

    def __init__(
        self, town: Town, words: Sequence[str], streams: Sequence[str], ids: Mapping[str, int]
    ) -> None:
        """`ids`: of one thing of each kind, for doors that are asked something."""
        self._town, self._words, self._streams, self._ids = town, words, streams, ids
        self._shown: dict[str, Shown] = {}

    async def through(self, browser: Browser) -> Found:
        """By word, where it stands. Asks for what somebody before was shown as if they had it."""
        found: Found = defaultdict(set)
        async with raw(self._town.origin) as line:
            for path in await self._paths():
                before = self._shown.get(path)
                known = [("if-none-match", before.tag)] if before else []
                answer = await line.ask("GET", path, [*browser.headers.items(), *known])
                assert answer.status < 500, path
                told = before.words if before and answer.status == 304 else _told(answer, path)
                if told and answer.status == 200:
                    self._remember(path, answer, told, signed_in=bool(browser.token))
                for word in told:
                    found[word].add(path)
        return found

    def _remember(self, path: str, answer: Answer, told: set[str], *, signed_in: bool) -> None:
        assert not signed_in or NEVER_KEPT.search(answer.headers["cache-control"]), path
        if tag := answer.headers.get("etag"):
            self._shown.setdefault(path, Shown(tag, told))

    async def _paths(self) -> Sequence[str]:
        app, key = self._town.akar, self._town.settings.secret()
        known = await self._town.db.look(lambda session: addresses(session, app, key, ALL))
        there = {path for paths in known.values() for path in paths}
        return sorted(there.union(*map(self._asking, doors())))

    def _asking(self, door: Door) -> Iterator[str]:
        """The addresses it has with what its form wants."""
        if door.method not in SAFE or not door.forms:
            return
        fields = {f.encode_name for form in door.forms for f in msgspec.structs.fields(form)}
        for name in fields & {"stream", "place"}:
            for stream in self._streams:
                given = {name: stream, "rev": "0", "epoch": self._town.hub.epoch}
                yield self._filled(door, given | {"words": BEGUN})
        for name in fields & ASKED:
            words = self._words if door.path == SEARCH else (BEGUN, AFTER)
            yield from (self._filled(door, {name: word}) for word in words)

    def _filled(self, door: Door, given: Mapping[str, str]) -> str:
        return f"{door.address(dict(self._ids))}?{door.filled(**given).decode()}"


def _told(answer: Answer, path: str) -> set[str]:
    """Which is more than to repeat what was asked."""
    text = answer.text.replace("<mark>", "").replace("</mark>", "")
    told = set(SUNG.findall(text))
    return {word for word in told if word not in path or word in _unasked(text, word)}


def _unasked(text: str, word: str) -> str:
    """Without the question: in fields, addresses, headings and the sentence about it."""
    rest = re.sub(rf'(value|href|action|content)="[^"]*{word}[^"]*"|“{word}”', "", text)
    return re.sub(rf"<title>[^<]*{word}[^<]*</title>|<h1[^>]*>[^<]*</h1>", "", rest)
