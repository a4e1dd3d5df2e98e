"""What the tests of announcements share: Dee's draft, and what she publishes of it."""

from typing import Any

from community.database import Transaction
from community.members.models import Member
from forum.announcements.actions import publish
from forum.announcements.models import Announcement, Audience, Draft
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
    answer = await browser.post("/announcements", **STORM | changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def announced(tx: Transaction, draft: Draft = HARBOUR, key: str = "k1") -> Announcement:
    return publish(tx, tx.get_one(Member, DEE), DEE_FOR_OFFICE, draft, key=key)
