"""browser -> socket -> policy -> store -> bus -> every subscriber's socket"""

from tests.browsing import items_of
from tests.conftest import Town


async def test_bo_speaks_and_cy_hears(town: Town) -> None:
    async with town.bo.tab() as bo, town.cy.tab() as cy, town.ada.tab() as ada:
        await bo.watch("channel:7")
        await cy.watch("channel:7")
        await ada.send("listen", channels={7: 0})  # the list of channels is open
        await bo.send("say", channel=7, body="ahoy <b>", key="k1")

        for listener in (bo, cy):
            frame = await listener.until("put")
            while "stream" not in frame:  # who is here, who is typing
                frame = await listener.until("put")
            assert (frame["stream"], frame["rev"]) == ("channel:7", 1)
            assert "ahoy &lt;b&gt;" in frame["html"] and 'data-seq="1"' in frame["html"]
        assert (await ada.until("changed"))["stream"] == "news:7"
    assert ">1<" in await town.ada.open("/channels/news?of=7")


async def test_bo_is_told_that_it_is_safe_and_a_retry_is_told_the_same(town: Town) -> None:
    async with town.bo.tab() as bo:
        assert await bo.say("ahoy", "k1") == {"verb": "ack", "key": "k1", "seq": 1, "rev": 1}
        await bo.send("edit", message=1, body="ahoy!")
        assert await bo.say("ahoy", "k1") == {"verb": "ack", "key": "k1", "seq": 1, "rev": 1}

        other_words = await bo.say("aye", "k1")
        assert other_words["verb"] == "refused" and other_words["final"]


async def test_cy_catches_up_on_what_was_missed(town: Town) -> None:
    said = await town.bo.post("/channels/7/messages", body="ahoy", key="k1")
    assert said.status_code == 303
    async with town.cy.tab() as cy:
        quay = await cy.watch("channel:7")
        assert "ahoy" in quay.shown[0]


async def test_the_page_and_the_frame_show_the_same_html(town: Town) -> None:
    async with town.bo.tab() as bo:
        quay = await bo.watch("channel:7")
        await bo.say("ahoy", "k1")
        while not quay.items:
            await bo.until("put")
    assert items_of(await town.cy.open("/channels/7")) == quay.shown
