"""Who does not speak any more for an organisation of those that something is for alone, hears and
reads nothing of it that was said since."""

import pytest

from community.notices.models import NoticeKind
from forum.announcements.models import Announcement, Audience
from forum.announcements.telling import tell_on
from forum.topics.actions import reply
from forum.topics.models import Topic
from tests.cast import BO, BO_FOR_DODOL, DEE, DEE_FOR_OFFICE
from tests.conftest import Town
from tests.forum.acknowledging import ended
from tests.forum.announcing import HARBOUR, publish
from tests.forum.correcting import ASKING, corrected, told, waits
from tests.moderation.reporting import as_, rows, the

SECRET = "The vault is open."


@pytest.mark.parametrize("audience", [Audience(kind="brand"), Audience(role="owner")])
async def test_what_is_said_after_a_mandate_ended_is_not_for_who_had_it(
    town: Town, audience: Audience
) -> None:
    """What they were told of stays to be read, as long as it says the same."""
    db = town.db
    draft = HARBOUR._replace(audience=audience, public=False, discussion="open")
    id = (await as_(db, DEE, publish, DEE_FOR_OFFICE, draft, key="k1")).id
    (topic,) = [one.id for one in await rows(db, Topic) if one.title == draft.title]
    here, there = f"/announcements/{id}", f"/topics/{topic}"
    assert [(await town.bo.get(path)).status_code for path in (here, there)] == [200, 200]
    await db.act(ended, BO_FOR_DODOL)
    await as_(db, DEE, reply, topic, SECRET, key="s1", mandate_id=DEE_FOR_OFFICE)
    assert "Double your lines." in await town.bo.open(here)
    assert SECRET not in await town.bo.open(here)
    assert (await town.bo.get(there)).status_code == 404
    assert SECRET in await town.dee.open(here)
    heard = [await told(db, kind) for kind in (NoticeKind.ANNOUNCEMENT, NoticeKind.REPLY)]
    assert BO in heard[0] and BO not in heard[1]
    await corrected(db, id, material=True, body=SECRET, title="Emerald")
    while await db.act(tell_on):
        pass
    assert BO not in await told(db, NoticeKind.CORRECTED)
    assert not await waits(db, BO)
    for path in (here, f"{here}/versions", there):
        assert (await town.bo.get(path)).status_code == 404
    for path in ("/announcements", "/search?q=vault", "/notices", "/"):
        assert "Emerald" not in await town.bo.open(path), path
    assert "Emerald" in await town.dee.open("/search?q=vault")


async def test_what_is_for_everybody_somewhere_goes_on_to_reach_them(town: Town) -> None:
    at = (await the(town.db, Topic, 5)).started_at
    draft = HARBOUR._replace(public=False, discussion="open", acknowledge_by=at + ASKING)
    id = (await as_(town.db, DEE, publish, DEE_FOR_OFFICE, draft, key="k1")).id
    await town.db.act(ended, BO_FOR_DODOL)
    due = (await the(town.db, Announcement, id)).acknowledge_by
    assert due
    await corrected(town.db, id, material=True, body=SECRET, acknowledge_by=due + ASKING)
    assert BO in await told(town.db, NoticeKind.CORRECTED)
    assert await waits(town.db, BO)
    assert SECRET in await town.bo.open(f"/announcements/{id}")
