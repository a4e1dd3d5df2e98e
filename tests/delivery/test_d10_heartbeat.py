"""D10: pings for the server's sake, ticks for the browser's."""

from tests.conftest import Town
from tests.delivery.conftest import Opening
from web.keeping import ORDINARY


async def test_the_server_asks_every_twenty_seconds_whether_somebody_is_there(town: Town) -> None:
    config = town.serving.config
    assert (config.ws_ping_interval, config.ws_ping_timeout) == (20, 20)


async def test_hello_says_how_often_something_comes(town: Town) -> None:
    async with town.bo.tab() as bo:
        assert bo.heard[0]["verb"] == "hello" and bo.heard[0]["tick"] == ORDINARY.tick == 20


async def test_a_quiet_line_ticks(opening: Opening) -> None:
    async with opening(ORDINARY._replace(tick=0.05)) as town, town.bo.tab() as bo:
        for _ in range(3):
            assert await bo.until("tick") == {"verb": "tick"}
