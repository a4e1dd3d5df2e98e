"""What the stories of people without an account have in common: something told, an address
proven, a letter's link."""

import re

from httpx2 import Response

from community.database import Database
from community.tickets import Ticket, link_for
from moderation.notifiers import Notifier
from moderation.outsiders import Told, ask_to_report, report_by
from tests.conftest import Town
from tests.moderation.reporting import rows

WHO = "gita@elsewhere.test"


def told(*pages: str, email: str = WHO, name: str = "", right: str = "") -> Told:
    return Told(pages, "spam", "Again.", email, "en", name, right, good_faith=True)


async def proven(db: Database, told: Told) -> Notifier:
    known = {ticket.id for ticket in await rows(db, Ticket)}
    await db.act(ask_to_report, told)
    (ticket,) = (one.id for one in await rows(db, Ticket) if one.id not in known)
    return await db.act(report_by, ticket)


async def send(town: Town, pages: str, **more: str) -> Response:
    form = {"pages": pages, "reason": "spam", "note": "The same offers everywhere.",
            "email": WHO, "good_faith": "yes"}  # fmt: skip
    return await town.visitor.post("/report", **form | more)


def link_of(town: Town, notifier: Notifier) -> str:
    """As it stands in their letters."""
    return f"/reported/{link_for(town.settings.secret(), notifier.id)}"


def main_of(page: str) -> str:
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def nameless(page: str) -> str:
    """Without whose it is."""
    return re.sub(r"\S*notifier\S*", "", main_of(page))
