"""What the tests of announcements share: Dee's draft, and what she publishes of it."""

from typing import Any

from community.database import Transaction
from community.members.models import Member
from community.site import Seconding, site_of
from forum.announcements.models import Announcement, Audience, Draft
from forum.manuscripts.actions import hand_in, write
from tests.browsing import Browser
from tests.cast import DEE, DEE_FOR_OFFICE

STORM = {
    "mandate": DEE_FOR_OFFICE,
    "key": "k1",
    "title": "Storm on Friday",
    "body": "Double your **lines**.",
    "region": "32",
    "public": "yes",
    "acknowledge": "yes",
    "acknowledge_by": "2099-01-05T16:00",
}
HARBOUR = Draft(title="Storm on Friday", body="Double your lines.", audience=Audience(region="32"))


async def announce(browser: Browser, **changes: Any) -> str:
    """Where the announcement is to be read."""
    where = await drafted(browser, **changes)
    answer = await browser.post(f"{where}/handing-in", version=1)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def drafted(browser: Browser, **changes: Any) -> str:
    """Where what will be one is to be looked at."""
    answer = await browser.post("/announcements/drafts", **STORM | changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def announced(tx: Transaction, draft: Draft = HARBOUR, key: str = "k1") -> Announcement:
    return publish(tx, tx.get_one(Member, DEE), DEE_FOR_OFFICE, draft, key=key)


def publish(
    tx: Transaction, official: Member, mandate_id: int, draft: Draft, *, key: str
) -> Announcement:
    """Written and handed in, where nobody else has to approve it, whomever it is for."""
    site_of(tx).seconding = Seconding.NEVER
    manuscript = write(tx, official, mandate_id, draft, key=key)
    if manuscript.became_id is None:
        hand_in(tx, official, manuscript.id, version=manuscript.version)
    return tx.get_one(Announcement, manuscript.became_id)
