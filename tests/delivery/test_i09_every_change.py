"""I9: a page and the frames since then are the page of now, for every kind of change."""

import re
from collections.abc import Callable

from channels import actions as channels
from channels import hosting, pinning, reactions
from channels.models import Callers, Message
from community.database import Transaction
from community.members.models import Member
from community.places import Lens
from community.reactions import Word
from forum.topics import actions as topics
from forum.topics.models import Post
from tests.browsing import Tab
from tests.cast import ADA, BO, CY, FAY, MARKET, MOORING, QUAY
from tests.conftest import Town
from tests.following import items_of, rev_of
from tests.history import History, Picture, Witness
from tests.invariants import i9_other_than_drawn
from web.crossings import NewTopic, make_topic, undo_topic

Change = Callable[[Transaction], object]


def by(member: int, action: Callable[..., object], *args: object, **more: object) -> Change:
    return lambda tx: action(tx, tx.get_one(Member, member), *args, **more)


def on(kind: type[Message] | type[Post], id: int, action: Callable[..., object]) -> Change:
    """As moderation does it."""
    return lambda tx: action(tx, tx.get_one(kind, id))


IN_A_CHANNEL: dict[str, Change] = {
    "said": by(BO, channels.say, QUAY, "ahoy @Cy", key="k1"),
    "said for an organisation": by(BO, channels.say, QUAY, "aye", key="k2", mandate_id=1),
    "answered": by(CY, channels.say, QUAY, "aye *aye*", key="k3", parent_id=1),
    "edited, with the answer that quotes it": by(BO, channels.edit, 1, "ahoy **there**"),
    "reacted to": by(CY, reactions.react, 1, Word.THANKS),
    "reacted to once more": by(ADA, reactions.react, 1, Word.IDEA),
    "a reaction taken back": by(CY, reactions.take_back, 1, Word.THANKS),
    "pinned": by(ADA, pinning.pin, 2),
    "unpinned": by(ADA, pinning.unpin, 2),
    "hidden": on(Message, 1, channels.hide_message),
    "restored": on(Message, 1, channels.restore_message),
    "withdrawn": by(CY, channels.withdraw, 3),
    "renamed": by(FAY, hosting.change_channel, QUAY, "pier", "what is new", Lens("32", "", "")),
    "described": by(FAY, hosting.describe, QUAY, about="ropes", notice="Mind the edge."),
    "callers": by(FAY, hosting.set_callers, QUAY, Callers.NOBODY),
    "slower": by(FAY, hosting.set_pace, QUAY, 30),
    "silent": by(FAY, hosting.silence, QUAY),
    "archived": by(FAY, hosting.archive, QUAY),
    "open again": by(FAY, hosting.unarchive, QUAY),
    "made a topic": by(ADA, make_topic, QUAY, [2], NewTopic("Ropes", MARKET)),
    "not a topic any more": by(ADA, undo_topic, 1),
}
IN_A_TOPIC: dict[str, Change] = {
    "replied": by(BO, topics.reply, MOORING, "ahoy @Cy", key="k1"),
    "replied for an organisation": by(BO, topics.reply, MOORING, "a", key="k2", mandate_id=1),
    "edited": by(BO, topics.edit, 1, "ahoy **there**"),
    "hidden": on(Post, 1, topics.hide_post),
    "restored": on(Post, 1, topics.restore_post),
    "withdrawn": by(BO, topics.withdraw, 2),
    "locked": by(ADA, topics.lock, MOORING, "It is over."),
    "unlocked": by(ADA, topics.unlock, MOORING),
}


async def test_i9_in_a_channel(town: Town) -> None:
    await goes_along(town, f"channel:{QUAY}", IN_A_CHANNEL)


async def test_i9_in_a_topic(town: Town) -> None:
    await goes_along(town, f"topic:{MOORING}", IN_A_TOPIC)


async def goes_along(town: Town, address: str, changes: dict[str, Change]) -> None:
    """One tab from the first page on, and one for each change, from the page right before it."""
    history = History()
    async with town.cy.tab() as cy, town.cy.tab() as other:
        always = await followed(cy, history, address)
        for name, change in changes.items():
            once = await followed(other, history, address)
            await town.db.act(change)
            page = await town.cy.open(page_of(address))
            assert rev_of(page) > once.rev, f"{name}: nothing has changed"
            for tab, shows in ((cy, always), (other, once)):
                await tab.until_rev(address, rev_of(page))
                began = shows.revs[0]
                history.pictures.append(
                    Picture(f"{address}, {name}", began, shows.rev, shows.shown, items_of(page))
                )
                drawn = {target: whole(html) in whole(page) for target, html in parts(tab).items()}
                assert all(drawn.values()), (name, drawn)
    assert not list(i9_other_than_drawn(history))


async def followed(tab: Tab, history: History, address: str) -> Witness:
    shows = history.follows(address, CY)
    shows.begin(await tab.browser.open(page_of(address)))
    shows.opens()
    tab.heard.clear()
    await tab.go_on(address, shows)
    return shows


def page_of(address: str) -> str:
    return "/{}s/{}".format(*address.split(":"))


def parts(tab: Tab) -> dict[str, str]:
    """The last the tab was told of each part that reads the same for everybody."""
    told = (frame for frame in tab.heard if frame["verb"] == "put" and "rev" in frame)
    return {f["target"]: f["html"] for f in told if f.get("target") == "stream-heading"}


def whole(html: str) -> str:
    return re.sub(r"\s+", "", html)
