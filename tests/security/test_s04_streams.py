"""Who hears what: asked of the database for each stream, each time."""

import json
from typing import Any

from channels import joining
from community.database import Transaction
from community.members.models import Member
from tests.browsing import Browser, Tab
from tests.cast import ADA, BO, CABIN, LEDGER, MARKET, OFFICE
from tests.conftest import Town

NOWHERE = 10**17
OF_OTHERS = [
    f"channel:{CABIN}",
    f"topic:{LEDGER}",
]
NOT_FOR_THE_ASKING = [
    "member:1",
    "site:1",
    f"category:{OFFICE}",
    "audience:1",
    "announcement:1",
    "queue:1",
    "case:1",
]


async def test_a_stream_of_others_is_as_absent_as_one_that_is_not(town: Town) -> None:
    async with town.cy.tab() as cy:
        for stream in (*OF_OTHERS, *NOT_FOR_THE_ASKING):
            kind = stream.partition(":")[0]
            forbidden = await _asked_to_watch(cy, stream)
            missing = await _asked_to_watch(cy, f"{kind}:{NOWHERE}")
            assert (forbidden["verb"], forbidden["final"]) == ("refused", True)
            assert forbidden.pop("stream") == stream
            assert missing.pop("stream") == f"{kind}:{NOWHERE}"
            assert forbidden == missing


async def test_asking_for_what_one_hears_anyway_gives_nothing_up(town: Town) -> None:
    """Or a tab could stop hearing that it was removed, and would not be counted any more."""
    async with town.bo.tab() as bo:
        for stream in (f"member:{BO}", "site:1", f"category:{MARKET}"):
            assert (await _asked_to_watch(bo, stream))["verb"] == "refused"
        assert town.hub.sockets_of(BO) == 1
        await bo.watch(f"channel:{CABIN}")
        await town.db.act(_removed)
        assert (await bo.until("revoked"))["stream"] == f"channel:{CABIN}"


async def test_who_hears_of_a_category_is_decided_anew_when_it_is_restricted(town: Town) -> None:
    async with town.cy.tab() as cy:
        path = f"/administration/categories/{MARKET}/admissions"
        assert (await town.fay.post(path, holders="role:moderator")).status_code == 303
        assert (await cy.closed())[0] == 1012
    async with town.cy.tab() as cy, town.ada.tab() as ada:
        started = {"place": "new", "title": "For few", "body": "Rope", "key": "k1"}
        answer = await town.ada.post("/topics", **started, category=MARKET)
        assert answer.status_code == 303
        await ada.until("append")
        assert "topics" not in await _heard(cy)


async def test_whoever_was_refused_hears_nothing_of_it(town: Town) -> None:
    async with town.cy.tab() as cy, town.bo.tab() as bo:
        await bo.watch(f"channel:{CABIN}")
        assert (await _asked_to_watch(cy, f"channel:{CABIN}"))["verb"] == "refused"
        await bo.say("only for the cabin", "k1", channel=CABIN)
        await _until_it_arrives(bo, "only for")
        assert "cabin" not in await _heard(cy)


async def test_nobody_types_or_reads_where_they_may_not_be(town: Town) -> None:
    async with town.cy.tab() as cy:
        await cy.send("typing", channel=CABIN, key="k1")
        assert (await cy.until("refused"))["final"]
        for stream in OF_OTHERS:
            await cy.send("read", stream=stream, seq=1, key="k2")
            assert (await cy.until("refused"))["final"]


async def test_exmember_matrix(town: Town) -> None:
    """Whoever was removed is told so, hears no more and does nothing there (Zulip CVE-2023-32678;
    Discourse #43781)."""
    async with town.bo.tab() as bo, town.ada.tab() as ada:
        await bo.watch(f"channel:{CABIN}")
        await ada.watch(f"channel:{CABIN}")
        await bo.say("while I was in", "k1", channel=CABIN)
        await town.db.act(_removed)
        assert (await bo.until("revoked"))["stream"] == f"channel:{CABIN}"
        await ada.say("after they left", "k2", channel=CABIN)
        await _until_it_arrives(ada, "after they left")
        assert "after they left" not in await _heard(bo)

        for verb, fields in _everything_there(bo.epoch).items():
            await bo.send(verb, **fields)
            assert (await bo.until("refused", "ack", "caught_up"))["verb"] == "refused", verb
    await _finds_nothing_there(town.bo)


async def test_what_was_said_as_a_member_is_acked_the_same(town: Town) -> None:
    """D1 goes before the right: a retry is no second message and tells nothing new."""
    async with town.bo.tab() as bo:
        first = await bo.say("while I was in", "k1", channel=CABIN)
        await town.db.act(_removed)
        assert await bo.say("while I was in", "k1", channel=CABIN) == first


async def _asked_to_watch(tab: Tab, stream: str) -> dict[str, Any]:
    await tab.send("watch", stream=stream, rev=0, epoch=tab.epoch)
    while (answer := await tab.until("refused", "caught_up")).get("stream") != stream:
        pass
    return answer


async def _until_it_arrives(tab: Tab, words: str) -> None:
    while not any(words in html for html in tab.streams[f"channel:{CABIN}"].shown):
        await tab.until("put")


async def _heard(tab: Tab) -> str:
    """All that has come so far: up to the answer to a question of ours."""
    await tab.send("withdraw", message=NOWHERE, key="so-far")
    heard: list[str] = []
    while not heard or json.loads(heard[-1]).get("key") != "so-far":
        heard.append(str(await tab.socket.recv()))
    return "\n".join(heard)


def _everything_there(epoch: str) -> dict[str, dict[str, Any]]:
    """Each command, aimed at the private channel or the message in it."""
    return {
        "watch": {"stream": f"channel:{CABIN}", "rev": 0, "epoch": epoch},
        "say": {"channel": CABIN, "body": "ahoy", "key": "k9"},
        "edit": {"message": 1, "body": "ahoy", "key": "k10"},
        "withdraw": {"message": 1, "key": "k11"},
        "typing": {"channel": CABIN, "key": "k12"},
        "read": {"stream": f"channel:{CABIN}", "seq": 1, "key": "k13"},
    }


async def _finds_nothing_there(browser: Browser) -> None:
    assert (await browser.get(f"/channels/{CABIN}")).status_code == 404
    said = await browser.post(f"/channels/{CABIN}/messages", body="ahoy", key="k14")
    assert said.status_code == 404


def _removed(tx: Transaction) -> None:
    joining.remove(tx, tx.get_one(Member, ADA), CABIN, BO)
