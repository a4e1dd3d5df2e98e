"""What people do and see in a channel's window."""

from collections.abc import Sequence

from playwright.async_api import Locator, Page, expect
from sqlalchemy import select

from channels import actions
from channels.models import Message
from community.database import Database, Transaction
from community.members.models import Member
from tests.cast import QUAY
from tests.chromium import window

__all__ = ["expect", "window"]

OPEN = "/channels/7"
SHELVED = """async (count) => {
    const { src } = document.querySelector("script[src$='app.js']")
    const { shelved } = await import(src.replace("app.js", "shelf.js"))
    return (await shelved()).length === count
}"""
SHOWN = """all => all.map(one => {
    const said = one.querySelector('.prose, .gone').innerText
    return `${one.id} ${one.dataset.rev} ${said}`
})"""


async def at_the_quay(page: Page) -> Page:
    """Opens the channel and waits until it is live and has caught up."""
    await page.goto(OPEN)
    await live(page)
    return page


async def live(page: Page) -> None:
    await expect(page.locator("live-status[brief]")).to_have_text("Live")
    await expect(page.locator("live-stream")).to_have_attribute("aria-busy", "false")


async def write(page: Page, body: str) -> None:
    await page.get_by_label("Message", exact=True).fill(body)
    await page.get_by_label("Message", exact=True).press("Enter")


def messages(page: Page) -> Locator:
    return page.locator(".message[data-seq] .prose")


def status(page: Page) -> Locator:
    return page.locator("live-status[role=status]")


async def said_by(db: Database, member: int, *bodies: str, channel: int = QUAY) -> None:
    """By somebody elsewhere."""
    for body in bodies:
        await db.act(_say, member, body, channel)


def _say(tx: Transaction, member: int, body: str, channel: int) -> None:
    author = tx.get_one(Member, member)
    actions.say(tx, author, channel, body, key=f"{member}-{channel}-{body}"[:64].replace(" ", "_"))


async def stored(db: Database) -> Sequence[tuple[str, str]]:
    """Key and body of every message, by seq."""
    wanted = select(Message.key, Message.body).order_by(Message.stream_id, Message.seq)
    return await db.look(lambda session: [(key, body) for key, body in session.execute(wanted)])


async def until_stored(db: Database, body: str) -> None:
    while all(words != body for _, words in await stored(db)):
        pass  # each look is a turn of the event loop


async def until_shelved(page: Page) -> None:
    """What waits is kept in the browser, also when its page is left."""
    await page.wait_for_function(SHELVED, arg=await page.locator(".pending").count())


async def shown_in(page: Page) -> list[str]:
    """Of every message of the channel: which, at which rev, and what it says."""
    each = page.locator(".message[data-seq]")
    said: list[str] = await each.evaluate_all(SHOWN)
    return said
