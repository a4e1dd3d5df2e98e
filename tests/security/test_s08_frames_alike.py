"""A frame is the same for everybody who reads its language, and holds nothing about its reader.

Mattermost CVE-2023-48732: a broadcast told everybody who had been notified.
"""

import json

from tests.browsing import Tab
from tests.conftest import Town

BODY = "Ahoy @Cy, <script>alert(1)</script> and [you](javascript:alert(1))"
PERSONAL = ("email", "password", "token", "session", "mentioned", "notified", "muted", "network")


async def test_frame_identical_for_all_recipients(town: Town) -> None:
    """For the author, for whoever is mentioned, and for a moderator."""
    async with town.bo.tab() as bo, town.cy.tab() as cy, town.ada.tab() as ada:
        for tab in (bo, cy, ada):
            await tab.watch("channel:7")
        await bo.send("say", channel=7, body=BODY, key="k1")
        frames = [await _put(tab) for tab in (bo, cy, ada)]
    assert frames[0] == frames[1] == frames[2]
    assert not [word for word in PERSONAL if word in json.dumps(frames[0]).lower()]


async def test_the_same_markup_everywhere(town: Town) -> None:
    """S29: page, own page, catch-up and frame show what was made safe when it was stored."""
    async with town.bo.tab() as bo:
        await bo.watch("channel:7")
        await bo.send("say", channel=7, body=BODY, key="k1")
        live = str((await _put(bo))["html"])
        caught_up = (await town.cy.get(f"/catch-up?stream=channel:7&rev=0&epoch={bo.epoch}")).text
    pages = [await town.cy.open(path) for path in ("/channels/7", "/messages/1")]
    for shown in (live, caught_up, *pages):
        assert "javascript:" not in shown.replace("[you](javascript:alert(1))", "")
        assert "<script>alert" not in shown and "alert(1)" in shown


async def _put(tab: Tab) -> dict[str, object]:
    while "k1" not in json.dumps(frame := await tab.until("put")):
        pass
    return frame
