"""The log speaks of things by the names people know them by."""

import re
from pathlib import Path

from channels import joining as channels
from forum.topics import actions as topics
from moderation.records.log import DEEDS
from tests.cast import ADA, CY, FAY, MOORING, QUAY
from tests.conftest import Town
from tests.moderation.reporting import MESSAGE, as_, judge, report, reported, say

ROOT = Path(__file__).parents[2]
VERB = re.compile(
    r"(?:announcement|case|category|channel|mandate|member|organisation|reason|restriction|site|topic)"
    r"\.[a-z_]+"
)


async def test_what_it_is_about_is_called_by_its_name(town: Town) -> None:
    await judge(town.db, ADA, (await reported(town.db))[1])
    await as_(town.db, FAY, topics.lock, MOORING)
    await as_(town.db, FAY, channels.remove, QUAY, CY)
    await town.fay.post(f"/administration/members/{CY}/appointment", role="moderator")
    log = await _lines(town)
    for words in (
        'Fay locked a topic ·&nbsp;<a href="/topics/5">Where to moor</a>',
        "Fay removed somebody from a channel ·&nbsp;quay",
        'Ada decided: Breaks the rules ·&nbsp;<a href="/cases/1">Case 1</a>',
        "<dt>About</dt>\n  <dd>a post in “Where to moor”</dd>",
        "<dt>Member</dt>\n  <dd>Cy</dd>",
        "<dt>Reason</dt>\n  <dd>Spam or advertising</dd>",
        f'<a href="/administration/members/{CY}">Cy</a>',
    ):
        assert words in log
    assert not VERB.search(log) and not re.search(r"[a-z]+:\d", log)


async def test_it_is_searched_by_name_and_by_the_number_of_a_case(town: Town) -> None:
    await as_(town.db, FAY, topics.lock, MOORING)
    await as_(town.db, FAY, channels.remove, QUAY, CY)
    await report(town.db, await say(town.db), by=FAY, kind=MESSAGE)
    for words in ("moor", "TO MOOR"):
        found = await _lines(town, words)
        assert "locked a topic" in found and "Case 1" not in found and "removed" not in found
    for words in ("1", "Case 1", "case:1"):
        found = await _lines(town, words)
        assert "Fay reported it" in found and "locked a topic" not in found
    assert "Nothing fits" in await town.fay.open("/moderation/log?subject=%25")


def test_every_deed_has_a_sentence() -> None:
    for floor in ("community", "forum", "channels", "moderation", "web"):
        for path in (ROOT / floor).rglob("*.py"):
            for verb in re.findall(f'"{VERB.pattern}"', path.read_text()):
                assert verb.strip('"') in DEEDS, f"{path}: {verb}"


async def _lines(town: Town, subject: str = "") -> str:
    page = await town.fay.open(f"/moderation/log?subject={subject}")
    return page.partition('<ol class="log">')[2].partition("</ol>")[0]
