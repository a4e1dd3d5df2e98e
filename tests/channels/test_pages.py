"""The pages of channels: the list, what a channel is, who is in it, and talk among few."""

import pytest
from sqlalchemy import func, select

from channels.actions import say
from channels.direct import begin
from channels.models import Channel, ChannelRole, Membership, Message
from community.database import Transaction
from community.members.models import Member
from community.notices.models import Notice
from tests.browsing import Browser
from tests.cast import BO, CABIN, CY, DEE, QUAY
from tests.conftest import Town

ABOUT = f"/channels/{QUAY}/about"


async def done(browser: Browser, path: str, **form: object) -> None:
    answer = await browser.post(path, **form)
    assert answer.status_code == 303, answer.text


async def refused(browser: Browser, path: str, why: str, **form: object) -> None:
    answer = await browser.post(path, **form)
    assert answer.status_code == 403 and why in answer.text, answer.text


def _bo_writes_to_cy(tx: Transaction) -> None:
    bo = tx.get_one(Member, BO)
    say(tx, bo, begin(tx, bo, CY).id, "ahoy", key="to-cy")


def _bo_hosts(tx: Transaction) -> None:
    for channel in (QUAY, CABIN):
        tx.get_one(Membership, (channel, BO)).role = ChannelRole.HOST


async def test_one_joins_and_leaves_by_a_button(town: Town) -> None:
    assert "You read along" in await town.dee.open(f"/channels/{QUAY}")
    await done(town.dee, f"/channels/{QUAY}/joining")
    assert "You read along" not in await town.dee.open(f"/channels/{QUAY}")
    assert "Dee" in await town.dee.open(ABOUT)
    await done(town.dee, f"/channels/{QUAY}/leaving")
    assert "Dee</a>" not in await town.dee.open(ABOUT)


async def test_a_host_sets_what_a_channel_is_and_everybody_reads_it(town: Town) -> None:
    await refused(town.bo, f"/channels/{QUAY}/description", "Only hosts", about="rope")
    await town.db.act(_bo_hosts)
    assert "For hosts" in await town.bo.open(ABOUT) and "For hosts" not in await town.cy.open(ABOUT)
    await done(town.bo, f"/channels/{QUAY}/description", about="rope", notice="Knots at nine")
    await done(town.bo, f"/channels/{QUAY}/pace", seconds="60")
    page = await town.cy.open(f"/channels/{QUAY}")
    assert "Knots at nine" in page and "one message in 1 minute" in page and "rope" in page
    assert (await town.bo.post(f"/channels/{QUAY}/callers", callers="all")).status_code == 422
    await done(town.bo, f"/channels/{QUAY}/callers", callers="everybody")
    assert 'value="everybody" selected' in await town.bo.open(ABOUT)
    await refused(town.cy, f"/channels/{QUAY}/callers", "Only hosts", callers="nobody")
    await done(town.cy, f"/channels/{QUAY}/messages", body="@here, a boat", key="k1")
    await done(town.bo, f"/channels/{QUAY}/callers", callers="nobody")
    said = f"/channels/{QUAY}/messages"
    await refused(town.bo, said, "nobody calls", body="@disini, a boat", key="k2")
    await done(town.bo, f"/channels/{QUAY}/state", state="read_only")
    assert "Nothing can be said here for now." in await town.cy.open(f"/channels/{QUAY}")
    await done(town.bo, f"/channels/{QUAY}/members/{CY}/role", role="host")
    await done(town.bo, f"/channels/{QUAY}/leaving")
    await refused(town.cy, f"/channels/{QUAY}/leaving", "only host")


async def test_how_long_words_are_kept_stands_above_the_talk(town: Town) -> None:
    here = f"/administration/channels/{QUAY}"
    await done(town.fay, f"{here}/keeping", days="30", announcing="yes")
    page = await town.cy.open(f"/channels/{QUAY}")
    assert "Messages are kept for 30 days." in page and "Announcements only" in page
    assert "only hosts begin to speak" in page
    assert (await town.fay.post(f"{here}/keeping", days="31")).status_code == 422


async def test_slow_mode_is_refused_with_the_time_to_wait_and_keeps_the_text(town: Town) -> None:
    await town.db.act(_bo_hosts)
    await done(town.bo, f"/channels/{QUAY}/pace", seconds="300")
    await done(town.cy, f"/channels/{QUAY}/messages", body="ahoy", key="k1")
    again = await town.cy.post(f"/channels/{QUAY}/messages", body="my second thought", key="k2")
    assert int(again.headers["retry-after"]) in range(290, 301)
    assert "Slow mode" in again.text and "my second thought" in again.text
    async with town.cy.tab() as cy:
        await cy.send("say", channel=QUAY, body="my second thought", key="k2")
        told = await cy.answer("k2")
        assert (told["verb"], told["final"]) == ("refused", False) and told["retry_after"] > 280


async def test_a_host_of_a_private_channel_looks_for_members_and_invites_them(town: Town) -> None:
    await town.db.act(_bo_hosts)
    found = await town.bo.open(f"/channels/{CABIN}/about?who=cy")
    assert 'value="3"' in found
    assert (await town.cy.get(f"/channels/{CABIN}/about")).status_code == 404
    await done(town.bo, f"/channels/{CABIN}/invitations", member=CY)
    assert "Bo invited you to “cabin”." in await town.cy.open("/notices")
    assert "cabin" in await town.cy.open("/channels")
    assert "Is in it already" in await town.bo.open(f"/channels/{CABIN}/about?who=cy")
    async with town.cy.tab() as cy:
        await cy.follow(f"channel:{CABIN}")
        await done(town.bo, f"/channels/{CABIN}/members/{CY}/removal")
        assert (await cy.until("revoked"))["stream"] == f"channel:{CABIN}"


async def test_favourites_come_first_and_channels_lie_in_folders(town: Town) -> None:
    def place(tx: Transaction) -> None:
        tx.get_one(Channel, QUAY).region = "32.05"

    await town.db.act(place)
    await done(town.bo, f"/channels/{CABIN}/favourite", favourite="yes")
    await done(town.bo, f"/channels/{QUAY}/level", level="nothing")
    page = await town.bo.open("/channels?by=region")
    order = [
        page.index(word) for word in ("Favourites", ">cabin<", "<h2>Kabupaten Garut<", ">quay<")
    ]
    assert order == sorted(order) and page.count("<details") == page.count("</details") >= 2
    assert "not even where you are mentioned" in await town.bo.open(ABOUT)
    assert (await town.bo.get("/channels?by=moon")).status_code == 422


async def test_one_writes_to_another_alone_from_the_profile_and_by_name(town: Town) -> None:
    assert f"/members/{CY}/direct" in await town.bo.open(f"/members/{CY}")
    assert f"/members/{CY}/direct" in await town.bo.open("/channels/new?who=cy")
    assert f"/members/{BO}/direct" not in await town.bo.open("/channels/new?who=bo")
    begun = await town.bo.post(f"/members/{CY}/direct")
    room = begun.headers["location"]
    assert (await town.cy.post(f"/members/{BO}/direct")).headers["location"] == room
    assert '<h1 id="stream-heading" data-rev="0" data-live="0">Cy</h1>' in await town.bo.open(room)
    await done(town.bo, f"{room}/messages", body="only for you", key="k1")
    assert "Bo wrote to you alone." in await town.cy.open("/notices")
    for path in ("/channels", "/channels/few", "/"):
        assert ">Bo</a>" in await town.cy.open(path), path
    assert "only for you" in await town.cy.open("/channels/few")
    assert "only for you" in await town.cy.open("/search?q=only+for+you")
    assert ">Cy</a>" in await town.bo.open(f"{room}/about")


async def test_who_is_blocked_is_told_nothing_but_that_it_does_not_go_on(town: Town) -> None:
    room = (await town.bo.post(f"/members/{CY}/direct")).headers["location"]
    await done(town.cy, f"/members/{BO}/distance", extent="blocked")
    await refused(town.bo, f"{room}/messages", "You two do not write", body="hey", key="k1")
    assert "You two do not write" in await town.bo.open(room)
    assert f"/members/{CY}/direct" not in await town.bo.open(f"/members/{CY}")
    await done(town.dee, f"/members/{BO}/distance", extent="blocked")
    await refused(town.bo, f"/members/{DEE}/direct", "You cannot write to this member.")


async def test_a_group_is_begun_named_and_left(town: Town) -> None:
    about = (await town.bo.post("/channels/groups")).headers["location"]
    group = about.removesuffix("/about")
    await done(town.bo, f"{group}/invitations", member=CY)
    assert ">Bo</a>" in await town.cy.open("/channels")
    await done(town.cy, f"{group}/name", name="Rope")
    assert "<h1>Rope</h1>" in await town.bo.open(about)
    await done(town.cy, f"{group}/leaving")
    assert (await town.cy.get(group)).status_code == 404
    await refused(town.bo, f"{group}/state", "nobody is host", state="archived")


async def test_nobody_reads_their_own_name_where_a_group_is_called_by_its_people(
    town: Town,
) -> None:
    about = (await town.bo.post("/channels/groups")).headers["location"]
    group = about.removesuffix("/about")
    for one in (CY, DEE):
        await done(town.bo, f"{group}/invitations", member=one)
    await done(town.bo, f"{group}/messages", body="a rope for @Cy", key="k1")
    said = await town.db.look(lambda session: session.scalars(select(func.max(Message.id))).one())
    await done(town.dee, f"/messages/{said}/reactions", word="agree")
    thread = (await town.cy.post(f"/messages/{said}/thread")).headers["location"]
    pages = ["/channels", "/channels/few", group, about, thread, f"{group}/pins"]
    pages += [f"{group}/threads", f"/messages/{said}", f"{group}/topic"]
    found = ["/search?q=rope", "/search?q=rope&in=Bo,+Dee"]
    for path in (*pages, found[0], "/notices"):
        assert "Bo, Dee" in await town.cy.open(path), path
    assert "Cy, Dee" in await town.bo.open("/notices")
    for path in (*pages, *found):
        assert "Bo, Cy, Dee" not in (await town.cy.get(path)).text, path
    inside = f"{found[0]}+in:%22Bo,+Dee%22"
    assert f"#message-{said}" in await town.cy.open(inside)
    assert f"#message-{said}" not in await town.bo.open(inside)
    assert 'name="name" type="text" value=""' in await town.cy.open(about)


CANARY = "canary-7286"


@pytest.mark.parametrize("who", ["ada", "eva", "fay", "dee"])
async def test_what_two_say_alone_nobody_else_hears_of(town: Town, who: str) -> None:
    """Neither who moderates nor who administers, on no page and in no frame."""
    room = (await town.bo.post(f"/members/{CY}/direct")).headers["location"]
    reader: Browser = getattr(town, who)
    address = f"channel:{room.rsplit('/', 1)[1]}"
    async with reader.tab() as tab:
        await tab.send("watch", stream=address, rev=0, epoch=tab.epoch)
        assert (await tab.until("refused"))["stream"] == address
        for n, body in enumerate((CANARY, f"{CANARY} @{who.title()}")):
            await done(town.bo, f"{room}/messages", body=body, key=f"k{n}")
        await tab.say("ahoy", "k1")
        heard = [frame for frame in tab.heard if frame["verb"] != "refused"]
        assert CANARY not in str(heard) and address not in str(heard)
    id = await town.db.look(lambda session: session.scalars(select(func.min(Message.id))).one())
    paths = [room, f"{room}/about", f"/messages/{id}", f"/messages/{id}/flags",
             f"/administration/channels/{address.partition(':')[2]}"]  # fmt: skip
    for path in paths:
        assert (await reader.get(path)).status_code in {403, 404}, path
    shown = ["/", "/notices", "/channels", "/channels/few", f"/search?q={CANARY}", f"/members/{BO}",
             "/moderation", "/moderation/log", "/administration", "/administration/channels",
             f"/administration/members/{BO}", "/topics/feed", "/topics"]  # fmt: skip
    for path in shown:
        page = (await reader.get(path)).text
        assert f"/messages/{id}" not in page and f"message-{id}" not in page, path
        assert CANARY not in page or path.startswith("/search"), path
        assert f'href="{room}"' not in page, path
    told = await town.db.look(lambda s: list(s.scalars(select(Notice.member_id))))
    assert set(told) == {CY}


async def test_a_direct_room_is_called_by_the_other_on_every_page_of_its_members(
    town: Town,
) -> None:
    begun = await town.bo.post(f"/members/{CY}/direct")
    about = f"{begun.headers['location']}/about"
    for page in (about, f"{about}?after=99"):
        assert "Cy" in await town.bo.open(page)


async def test_what_cannot_be_stored_is_no_name_and_no_file(town: Town) -> None:
    suggested = await town.bo.get(f"/channels/{QUAY}/mentions?words=%00")
    edited = await town.bo.post("/messages/1", body="ahoy", away="a\0")
    assert (suggested.status_code, edited.status_code) == (422, 422)


async def test_ones_own_channels_come_first_and_the_places_are_folded_before_them(
    town: Town,
) -> None:
    await town.db.act(lambda tx: tx.add(Channel(id=70, name="anchorage", region="32.05")))
    page = await town.cy.open("/channels")
    mine, others = page.index("Your channels"), page.index("Other channels")
    assert mine < page.index(f'href="/channels/{QUAY}"') < others
    assert others < page.index('href="/channels/70"')
    assert '<details class="folder">\n<summary>' in page
    await town.db.act(_bo_writes_to_cy)
    page = await town.cy.open("/channels")
    order = ["Your channels", "Direct messages and groups", "Other channels"]
    assert [page.index(each) for each in order] == sorted(page.index(each) for each in order)
    page = await town.cy.open("/channels?region=32.05")
    assert '<details class="folder" open>' in page and "Your channels" not in page


async def test_a_channels_page_begins_with_joining_and_ends_with_leaving(town: Town) -> None:
    page = await town.dee.open(ABOUT)
    assert page.index("/joining") < page.index("To the talk") and "/leaving" not in page
    await town.db.act(_bo_hosts)
    page = await town.bo.open(ABOUT)
    order = ["To the talk", 'id="hearing"', 'id="settings"', 'id="people"', 'id="leaving"']
    assert [page.index(each) for each in order] == sorted(page.index(each) for each in order)


async def test_from_what_was_found_in_a_channel_one_comes_back_to_it(town: Town) -> None:
    page = await town.cy.open(f"/channels/{QUAY}")
    assert f'name="channel" value="{QUAY}"' in page
    asked = f"/search?q=rope&in=quay&part=messages&channel={QUAY}"
    led = str((await town.cy.get(asked)).headers["location"])
    page = await town.cy.open(led)
    assert f'<a href="/channels/{QUAY}">Back to the channel</a>' in page
    assert page.count(f'name="channel" value="{QUAY}"') == 2  # a search further on comes back, too
    assert "Back to the channel" not in await town.cy.open("/search?q=rope")
