"""M9, of what hangs at words: whoever opens a file that few may see, for the sake of a case, is
written down with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from channels.attachments import enclose
from channels.direct import begin
from community import clock
from community.attachments import Along, Chosen
from community.audit import AuditEntry
from community.database import Transaction
from community.files import File
from community.members.models import Member
from community.pictures import Print
from moderation.before.actions import say
from moderation.viewing import FILE_VIEWED, VIEWED
from tests.cast import BO, CY, EVA, QUAY
from tests.conftest import Town
from tests.moderation.reporting import MESSAGE, as_, report, rows

WEBP = Print(1, 1, b"webp")


async def test_who_opens_what_was_shown_to_one_is_written_down_once_an_hour(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = (await as_(town.db, BO, begin, CY)).id
    case, file = await _reported(town, room)
    for reader in (town.ada, town.gus, town.visitor):
        assert (await reader.get(file)).status_code == 404
    for author_and_whom in (town.bo, town.cy):
        assert (await author_and_whom.get(file)).status_code == 200
    assert not await _looks(town)

    for _twice in range(2):
        assert (await town.eva.get(file)).content == b"webp"
    (sealed,) = await rows(town.db, File)
    look = (FILE_VIEWED, EVA, f"case:{case}", {"evidence": sealed.sha256})
    assert await _looks(town) == [look]
    monkeypatch.setattr(clock, "ahead", timedelta(hours=1, minutes=1))
    await town.eva.get(file)
    assert await _looks(town) == [look] * 2
    assert "Eva opened a file that is private" in await town.eva.open("/moderation/log")


async def test_the_small_one_is_looked_at_as_the_words_are(town: Town) -> None:
    room = (await as_(town.db, BO, begin, CY)).id
    case, file = await _reported(town, room)
    for _twice in range(2):
        assert (await town.eva.get(f"{file}/small")).status_code == 200
    await town.eva.open(f"/cases/{case}")
    assert await _looks(town) == [(VIEWED, EVA, f"case:{case}", {})]


async def test_what_all_may_see_anybody_looks_at(town: Town) -> None:
    _case, file = await _reported(town, QUAY)
    for reader in (town.eva, town.gus):
        assert (await reader.get(file)).status_code == 200
    assert not await _looks(town)


async def _reported(town: Town, channel: int) -> tuple[int, str]:
    """A message that is nothing but a picture: its case, and where the picture is."""

    def shown(tx: Transaction, bo: Member) -> str:
        file: str = enclose(tx, bo, channel, "k1", [[WEBP, WEBP]], [])[0]["file"]
        say(tx, bo, channel, "", key="k1", along=Along(files=(Chosen(file, ""),)))
        return f"/files/{file}"

    file = await as_(town.db, BO, shown)
    return await report(town.db, 1, CY, kind=MESSAGE), file


async def _looks(town: Town) -> list[tuple[str, int | None, str, dict[str, str]]]:
    viewed = AuditEntry.verb.in_((VIEWED, FILE_VIEWED))
    looked = select(AuditEntry).where(viewed).order_by(AuditEntry.id)
    looks = await town.db.look(lambda session: session.scalars(looked).all())
    return [(one.verb, one.actor_id, one.subject, one.details) for one in looks]
