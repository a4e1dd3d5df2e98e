"""What one tab may cost, and what happens to one that costs more."""

import asyncio
import json
import socket
from dataclasses import replace
from types import SimpleNamespace

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from community.database import Database
from community.settings import Settings
from tests.browsing import PATIENCE, Tab
from tests.cast import CABIN, QUAY
from tests.conftest import Town, running
from tests.doors import FORM
from tests.forum.pages import answer_in, start_topic
from tests.raw import raw
from web import limits
from web.guards import CROWD
from web.wire import LONGEST, PILE

pytestmark = pytest.mark.parametrize("setup", ["embedded"])


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the paces stands: nothing comes back while a slow machine is still knocking."""
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 1_000.0))


async def test_a_frame_has_a_longest(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    for size in (LONGEST + 1, 17 * 1024 * 1024):  # uvicorn's own would be 16 MiB
        async with town.bo.tab() as bo:
            with pytest.raises(ConnectionClosed) as closed:
                await bo.socket.send("x" * size)
                await bo.until("never")
            assert closed.value.rcvd is None or closed.value.rcvd.code == 1009
    assert (await town.cy.get("/readyz")).status_code == 200
    assert "Traceback" not in caplog.text


async def test_just_over_it_is_told_why(town: Town) -> None:
    async with town.bo.tab() as bo:
        await bo.socket.send("x" * (LONGEST + 1))
        await _ends(bo, 1009)


async def test_pieces_have_a_longest_together_and_a_number(town: Town) -> None:
    half = "x" * (LONGEST // 2 + 1)
    async with town.bo.tab() as bo:
        await _send_pieces(bo, [half, half])
        await _ends(bo, 1009)
    async with town.bo.tab() as bo:
        await _send_pieces(bo, [""] * 200)
        await _ends(bo, 1009)


async def test_a_frame_in_pieces_is_understood(town: Town) -> None:
    say = json.dumps({"verb": "say", "channel": 7, "body": "ahoy", "key": "k1"})
    async with town.bo.tab() as bo:
        await bo.socket.send([say[:10], say[10:20], say[20:]])
        assert (await bo.until("ack", "refused"))["verb"] == "ack"


async def test_nothing_is_inflated(town: Town) -> None:
    """No compression is agreed on, so there is no bomb."""
    async with town.bo.tab(compression="deflate") as bo:
        assert not bo.socket.protocol.extensions


@pytest.mark.usefixtures("still")
async def test_too_many_frames_end_the_line(town: Town) -> None:
    async with town.bo.tab() as bo:
        for _ in range(town.settings.frames_burst + 5):
            await bo.send("unwatch", stream="channel:7")
        await _ends(bo, 4429)


@pytest.mark.usefixtures("still")
async def test_too_many_messages_wait(db: Database, settings: Settings) -> None:
    slow = replace(settings, sends_per_second=1, sends_burst=2)
    async with running(db, slow) as town, town.bo.tab() as bo:
        for n in range(10):
            await bo.send("say", channel=7, body="ahoy", key=f"k{n}")
        while (answer := await bo.until("ack", "refused"))["verb"] == "ack":
            pass
        assert not answer["final"] and answer["retry_after"] > 0


async def test_a_member_says_so_much_in_a_channel_in_a_minute(
    db: Database, settings: Settings
) -> None:
    """Elsewhere they go on, and so do others."""
    async with running(db, replace(settings, sends_per_minute=3)) as town:
        async with town.bo.tab() as bo, town.cy.tab() as cy:
            for n in range(3):
                assert (await bo.say("ahoy", f"k{n}"))["verb"] == "ack"
            answer = await bo.say("ahoy", "k3")
            assert not answer["final"] and 30 < answer["retry_after"] <= 60
            assert (await bo.say("ahoy", "k4", channel=CABIN))["verb"] == "ack"
            assert (await cy.say("ahoy", "k0"))["verb"] == "ack"


async def test_a_member_writes_so_much_in_the_forum_in_a_minute(
    db: Database, settings: Settings
) -> None:
    """What was written too fast is not lost."""
    async with running(db, replace(settings, sends_per_minute=3)) as town:
        topic = await start_topic(town.bo, "Rope", "Ahoy.")
        for words in ("one", "two"):
            await answer_in(town.bo, topic, words)
        for path in (topic, "/topics/5"):
            place = path[1:].replace("s/", ":")
            refused = await town.bo.post(f"{path}/posts", place=place, body="three", key="k3")
            assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 30
            assert "A little slower, please" in refused.text and "three</textarea>" in refused.text
        steered = await town.bo.post(f"{topic}/tags", tag="rope")  # each is a line for everybody
        assert steered.status_code == 429 and "A little slower, please" in steered.text
        await answer_in(town.cy, topic, "three")


async def test_threads_are_begun_no_faster_than_is_spoken(db: Database, settings: Settings) -> None:
    async with running(db, replace(settings, sends_per_minute=3)) as town:
        async with town.bo.tab() as bo, town.cy.tab() as cy:
            for tab in (bo, cy):
                for key in ("k1", "k2"):
                    assert (await tab.say("ahoy", key))["verb"] == "ack"
        begun = [await town.dee.post(f"/messages/{n}/thread") for n in (1, 2, 3, 4)]
        assert [answer.status_code for answer in begun] == [303, 303, 303, 429]


@pytest.mark.usefixtures("still")
async def test_forms_and_commands_are_counted_together(db: Database, settings: Settings) -> None:
    """Each way alone would let all of them through."""
    burst, form = 5, "/channels/7/messages"
    async with running(db, replace(settings, sends_per_second=1, sends_burst=burst)) as town:
        async with town.bo.tab() as bo:
            told = [await bo.say("ahoy", f"k{n}") for n in range(burst)]
            words = [{"body": "ahoy, by a form", "key": f"f{n}"} for n in range(burst)]
            sent = await asyncio.gather(*(town.bo.post(form, **each) for each in words))
            late = [answer for answer in sent if answer.status_code == 429]
            assert late and int(late[0].headers["retry-after"]) >= 1
            assert "A little slower, please" in late[0].text and "ahoy, by a form" in late[0].text
            told += [await bo.say("ahoy", f"l{n}") for n in range(burst)]
            waits = [answer for answer in told if answer["verb"] == "refused"]
            assert waits and not any(answer["final"] for answer in waits)
        said = 3 * burst - len(late) - len(waits)
        assert len(await town.cy.shown("channel:7")) == said


async def test_a_member_has_so_many_sockets(db: Database, settings: Settings) -> None:
    async with running(db, replace(settings, sockets_per_member=2)) as town:
        async with town.bo.tab(), town.bo.tab():
            with pytest.raises(ConnectionClosed) as closed:
                async with town.bo.tab():
                    pass
            assert closed.value.rcvd and closed.value.rcvd.code == 4429
            async with town.cy.tab():
                pass  # no matter of Cy's
        async with town.bo.tab():
            pass  # there is room again


async def test_a_tab_watches_so_many_streams(db: Database, settings: Settings) -> None:
    async with running(db, replace(settings, watches_per_socket=1)) as town:
        async with town.bo.tab() as bo:
            await bo.watch("channel:7")
            await bo.send("watch", stream="topic:5", rev=0, epoch=bo.epoch, key="k1")
            assert (await bo.until("refused"))["final"]


async def test_what_lists_listen_to_is_not_watched_beside_what_a_tab_may_watch(
    db: Database, settings: Settings
) -> None:
    async with running(db, replace(settings, watches_per_socket=1)) as town:
        async with town.bo.tab() as bo:
            for n in (QUAY, CABIN):
                watch = {"stream": f"news:{n}", "rev": 0, "epoch": bo.epoch, "key": f"k{n}"}
                await bo.send("watch", **watch)
                answer = await bo.until("refused", "caught_up", "reset")
                assert answer["verb"] == "refused" and answer["final"]
            await bo.watch(f"channel:{QUAY}")


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(
    "path", ["/channels/news", f"/channels/{QUAY}/threads/news", f"/channels/{QUAY}/topics?of=1"]
)
async def test_what_scripts_ask_has_a_pace(db: Database, settings: Settings, path: str) -> None:
    async with running(db, replace(settings, frames_per_second=1, frames_burst=2)) as town:
        answers = [await town.bo.get(path) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2].headers["retry-after"]) >= 1
        assert (await town.cy.get(path)).status_code == 200


@pytest.mark.usefixtures("still")
async def test_forms_have_a_pace_and_a_size(town: Town) -> None:
    many = town.settings.frames_burst + 1
    answers = await asyncio.gather(*(town.bo.post("/language", locale="en") for _ in range(many)))
    (late,) = [answer for answer in answers if answer.status_code == 429]
    assert int(late.headers["retry-after"]) >= 1
    assert (await town.cy.post("/language", locale="en")).status_code == 303
    large = await town.cy.post("/channels/7/messages", body="x" * 300_000, key="k1")
    assert large.status_code == 413


async def test_who_never_reads_the_answers_is_cut_off(town: Town) -> None:
    """Pings are answered by the server itself, so their pile is bounded as any other."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    door.connect((town.settings.host, town.settings.port))
    async with town.bo.tab(sock=door, close_timeout=0) as bo:
        bo.socket.transport.pause_reading()
        ping = Frame(Opcode.PING, b"x" * 125).serialize(mask=True)
        bo.socket.transport.write(ping * (2 * PILE // 125))
        async with asyncio.timeout(PATIENCE):
            while town.hub.everyone:
                await asyncio.sleep(0.01)
        bo.socket.transport.abort()


async def _send_pieces(tab: Tab, pieces: list[str]) -> None:
    """Without an end."""
    opcodes = [Opcode.TEXT, *[Opcode.CONT] * (len(pieces) - 1)]
    for opcode, piece in zip(opcodes, pieces, strict=True):
        tab.socket.transport.write(Frame(opcode, piece.encode(), fin=False).serialize(mask=True))


async def _ends(tab: Tab, code: int) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        await tab.until("never")
    assert closed.value.rcvd and closed.value.rcvd.code == code


@pytest.mark.usefixtures("still")
async def test_who_makes_up_cookies_is_no_more_than_a_crowd(
    db: Database, settings: Settings
) -> None:
    async with (
        running(db, replace(settings, frames_burst=2)) as town,
        raw(town.origin) as line,
    ):

        async def comes(n: int) -> int:
            browser = [("cookie", f"sid={n}"), ("origin", town.origin), FORM]
            return (await line.ask("POST", "/language", browser, b"locale=en")).status

        assert [await comes(n) for n in range(2 * CROWD + 1)] == [303] * 2 * CROWD + [429]
