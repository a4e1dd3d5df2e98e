"""F8: PostgreSQL has committed and its answer gets lost; nobody knows what was done."""

from collections.abc import AsyncIterator
from dataclasses import replace
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import make_url

from community import postgres
from community.opening import open_bus, open_database
from community.settings import Settings
from tests.cast import BO
from tests.conftest import Town, running
from tests.history import History, rows_of
from tests.proxy import CommitLine, Gap
from tests.twins import judge

pytestmark = [pytest.mark.parametrize("setup", ["scaled out"]), pytest.mark.scaled_out]


@pytest.fixture
async def line(settings: Settings) -> AsyncIterator[CommitLine]:
    folder = make_url(settings.database_url).query["host"]
    assert isinstance(folder, str)
    with TemporaryDirectory(prefix="akar-") as between:
        async with CommitLine(folder, between) as line:
            yield line


@pytest.fixture
async def town(settings: Settings, line: CommitLine) -> AsyncIterator[Town]:
    """Reaches its PostgreSQL by that line only."""
    url = make_url(settings.database_url).update_query_dict({"host": line.folder})
    own = replace(settings, database_url=url.render_as_string(hide_password=False))
    db = open_database(own.database_url, open_bus(own.bus_url))
    async with running(db, own) as town:
        yield town


@pytest.mark.parametrize("gap", list(Gap))
async def test_f8_a_lost_answer_is_never_final_and_the_retry_finds_what_was_done(
    town: Town, line: CommitLine, gap: Gap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does whoever speaks after that wait for ever, where the line is dead and not closed."""
    history = History()
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        shows = await cy.go_on("channel:7", history.follows("channel:7", 3))
        assert (await bo.say("ahoy", "k1"))["seq"] == 1
        monkeypatch.setattr(postgres, "LONGEST", 1)
        line.lose_the_next_answer(gap)
        sent = history.sends(7, BO, "k2")
        sent.answered(unknown := await bo.say("aye", "k2"))
        await line.lost()
        monkeypatch.undo()
        assert unknown["verb"] == "refused" and not unknown["final"]
        stored = await town.db.look(rows_of)
        assert [row.key for row in stored] == ["k1", "k2"]
        for _again in range(2):
            sent.answered(await bo.say("aye", "k2"))
        assert [ack.seq for ack in sent.acks] == [2, 2]
        assert (await bo.say("once more", "k3"))["seq"] == 3
        await cy.until_rev("channel:7", 3)
        assert shows.seqs == [1, 2, 3]
        await judge(history, town.db, {"channel:7": town.cy})
