"""Leak surfaces of the reference (S33): one string for each place where something stays among few.
Whoever may not know it finds it behind no door, in no search, suggestion, feed or export, no frame,
no letter; whoever may, does: so the places are really looked at.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from email import message_from_bytes, policy

import pytest

from community import clock
from community.notices.actions import GATHERED, want
from community.notices.models import NoticeKind, Way
from community.outbox import Mail
from tests.browsing import Browser, Tab, sign_in_as
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS, NAMES, QUAY, email
from tests.conftest import Town
from tests.moderation.reporting import as_, rows
from tests.security.canaries import OVER, begun, hushed, looked_in, moved_in, sung
from tests.security.walking import Walk
from web.post import Postman, ToFolder, mail_folder
from web.worker import Worker, chores

VISITOR, HANA = 0, 8  # Hana moderates where nothing of this stands; the visitor has all links
AUTHOR, REPORTER, OFFICIAL, FORMER = BO, CY, DEE, GUS  # Gus was in the cabin before
SENIORS = {EVA, FAY}
MODERATORS = {ADA, EVA, FAY}

# Who may know it; nobody else.
WHO: dict[str, set[int]] = {
    "hidden post": {AUTHOR, *MODERATORS},
    "file of the hidden post": {*MODERATORS},
    "removed post": {*MODERATORS},
    "withdrawn post": {*MODERATORS},
    "post hidden for now": {AUTHOR, *MODERATORS},
    "hidden message": {AUTHOR, *MODERATORS},
    "withdrawn message": {*MODERATORS},
    "hidden profile": {AUTHOR, *MODERATORS},
    "held message": {AUTHOR, *MODERATORS},
    "refused message": {AUTHOR, *MODERATORS},
    "held post": {AUTHOR, *MODERATORS},
    "refused post": {AUTHOR, *MODERATORS},
    "why it was refused": {AUTHOR, *MODERATORS},
    "moved topic": {OFFICIAL, FAY},
    "why a topic was moved": {OFFICIAL, FAY},
    "post of a closed category": {OFFICIAL, FAY},
    "announcement to few": {OFFICIAL},
    "post under it": {OFFICIAL},
    "private message": {AUTHOR, ADA},
    "private thread": {AUTHOR, ADA},
    "direct message": {AUTHOR, OFFICIAL},
    "reported direct message": {AUTHOR, REPORTER, *SENIORS},
    "draft of a post": {AUTHOR},
    "draft of a message": {AUTHOR},
    "bookmark": {AUTHOR},
    "kept search": {AUTHOR},
    "papers": {REPORTER, *MODERATORS},
    "words of a report": {REPORTER, *MODERATORS},
    "words of an outsider": {*MODERATORS},
    "appeal of a reporter": {REPORTER, *MODERATORS},
    "statement of reasons": {AUTHOR, *MODERATORS},
    "words of an appeal": {AUTHOR, *MODERATORS},
    "internal note": {*MODERATORS},
    "proposal": {*MODERATORS},
    "objection": {*MODERATORS},
    "words of an order": {*SENIORS},
}
WORDS = {sung(place): place for place in WHO}
FIRST = ("hidden post", "removed post", "withdrawn post", "post hidden for now", "moved topic")
LETTERS = (NoticeKind.MENTION, NoticeKind.REPORT)  # others are told by mail anyway
MOVED = "topic:7"  # whoever listened to it has to come back
STREAMS = ("topic:5", "topic:6", "queue:1", *(f"channel:{n}" for n in range(7, 12)))


@pytest.mark.slow
@pytest.mark.timeout(480)
async def test_what_is_for_few_is_found_by_them_and_by_nobody_else(
    generous: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, told = generous, defaultdict[int, dict[str, set[str]]](dict)
    everybody = await _everybody(town)
    walk = Walk(town, [*WORDS], [*STREAMS, MOVED], {"topic": 5, "channel": QUAY, "organisation": 2})
    said = await begun(town)
    before = await walk.through(town.visitor)
    assert {sung(place) for place in FIRST} <= {*before}, "then it was for everybody"
    async with _listening(everybody) as tabs:
        marks = {member: len(tab.heard) for member, tab in tabs.items()}
        await hushed(town.db, said)
        for member, tab in tabs.items():
            await _hear_all(tab, marks[member])
            _note(told[member], {"live": str(tab.heard[marks[member] :])})
    for member, browser in everybody.items():  # the visitor last, who may least
        for word, paths in (await walk.through(browser)).items():
            told[member].setdefault(WORDS[word], set()).update(paths)
    monkeypatch.setattr(clock, "ahead", GATHERED)
    for member, letters in (await _letters(town)).items():
        _note(told[member], {"letter": letters})
    wrong = {
        (NAMES.get(member, member), place, *where)
        for member, found in told.items()
        for place, where in found.items()
        if member not in WHO[place]
    }
    assert not wrong
    for place, known_to in WHO.items():
        assert {member for member, found in told.items() if place in found} == known_to, place


async def _everybody(town: Town) -> dict[int, Browser]:
    everybody = {member: getattr(town, name.lower()) for member, name in NAMES.items()}
    assert await town.db.act(moved_in) == HANA
    await town.db.act(looked_in)
    for member in (AUTHOR, REPORTER):
        await as_(town.db, member, want, dict.fromkeys(LETTERS, Way.MAIL))
    hana = await sign_in_as(town.db, town.origin, HANA)
    return {**everybody, HANA: hana, VISITOR: town.visitor}


@asynccontextmanager
async def _listening(everybody: Mapping[int, Browser]) -> AsyncIterator[dict[int, Tab]]:
    """Each to all that they may listen to."""
    async with AsyncExitStack() as open_ones:
        tabs = {
            member: await open_ones.enter_async_context(browser.tab())
            for member, browser in everybody.items()
            if member != VISITOR
        }
        for tab in tabs.values():
            await _catch_up(tab, *STREAMS)
        yield tabs


async def _catch_up(tab: Tab, *streams: str) -> None:
    """From nothing."""
    for stream in streams:
        await tab.watch(stream)


async def _hear_all(tab: Tab, since: int) -> None:
    """All that came by itself, then what is answered to whoever was away."""
    while OVER not in str(tab.heard[since:]):
        await tab.until("put")
    await _catch_up(tab, *STREAMS, MOVED)


async def _letters(town: Town) -> dict[int, str]:
    """All of them, by whom they went to; whom we do not know is a visitor."""
    folder = mail_folder(town.settings)
    await Worker(town.db, chores(town.settings)).round()
    postman = Postman(town.db, town.settings, ToFolder(folder), every=1)
    while any(one.due_at for one in await rows(town.db, Mail)):
        await postman.round()
    members = {email(member): member for member in NAMES}
    read = defaultdict[int, str](str)
    for file in folder.glob("*.eml"):
        letter = message_from_bytes(file.read_bytes(), policy=policy.default)
        parts = (one for one in letter.walk() if one.get_content_maintype() == "text")
        (to,) = letter["to"].addresses
        whom = members.get(to.addr_spec, VISITOR)
        read[whom] += " ".join([letter["subject"], *(str(one.get_content()) for one in parts)])
    assert set(read) == {AUTHOR, REPORTER, VISITOR, FAY}, "what became of it, and the audit's end"
    return read


def _note(found: dict[str, set[str]], told: Mapping[str, str]) -> None:
    for where, text in told.items():
        for word in (word for word in WORDS if word in text):
            found.setdefault(WORDS[word], set()).add(where)
