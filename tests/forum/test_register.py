"""The register as everybody reads it: open, overdue, answered, refused; of all offices or one."""

import re
from datetime import datetime, timedelta

import pytest

from community.working_days import WIB
from forum.responses import listing
from forum.responses.actions import answer, assign, hand_over, refuse
from forum.responses.models import Response
from forum.topics.actions import withdraw
from tests.browsing import Browser
from tests.cast import BO, DEE, EVA, HARBOUR_OFFICE
from tests.conftest import Town
from tests.forum.asking import (
    CUSTOMS,
    MONDAY,
    At,
    answered,
    asked,
    assigned,
    mandate_of,
    open_customs,
    said_officially,
)
from tests.moderation.reporting import as_, the

AT = MONDAY.replace(tzinfo=WIB)


async def listed(reader: Browser, **query: object) -> list[int]:
    """The numbers of the requests on that page, in their order."""
    page = await reader.open("/responses?" + "&".join(f"{k}={v}" for k, v in query.items()))
    return [int(id) for id in re.findall(r'<h2><a href="/responses/(\d+)">', page)]


async def test_everybody_sees_what_is_open_overdue_answered_and_refused(town: Town, at: At) -> None:
    at(AT)
    db = town.db
    long, short = await asked(db, term=14), await assigned(db, term=5)
    done, refused = await answered(db), await asked(db)
    await as_(db, DEE, refuse, refused, "This was decided in May.")
    for reader in (town.visitor, town.bo, town.dee):
        assert await listed(reader) == [short, long]  # as they are due
        assert await listed(reader, show="overdue") == []
        assert await listed(reader, show="answered") == [done]
        assert await listed(reader, show="refused") == [refused]
    at(AT + timedelta(days=9))
    assert await listed(town.visitor, show="overdue") == [short]
    page = await town.visitor.open("/responses?show=overdue")
    assert "overdue: it was due on 7 Dec 2026" in page
    assert "(1)</span></a>" in page


async def test_each_office_has_its_own(town: Town, at: At) -> None:
    at(AT)
    await town.db.act(open_customs)
    ours, theirs = await asked(town.db), await asked(town.db, agency=CUSTOMS)
    handed = await asked(town.db)
    await as_(town.db, DEE, hand_over, handed, CUSTOMS, "Rope is theirs.")
    assert await listed(town.visitor, agency=HARBOUR_OFFICE) == [ours]
    assert await listed(town.visitor, agency=CUSTOMS) == [theirs, handed]
    at(AT + timedelta(days=30))
    assert await listed(town.visitor, agency=CUSTOMS, show="overdue") == [theirs, handed]
    assert "Customs" in await town.visitor.open(f"/responses?agency={CUSTOMS}&show=overdue")
    assert (await town.visitor.get("/responses?agency=999")).status_code == 404


async def test_what_is_hidden_is_not_counted_either(town: Town, at: At) -> None:
    at(AT)
    id = await asked(town.db)
    at(AT + timedelta(days=30))
    assert await listed(town.visitor, show="overdue") == [id]
    await as_(town.db, BO, withdraw, (await the(town.db, Response, id)).post_id)
    assert await listed(town.visitor, show="overdue") == []
    assert "</span></a>" not in (await town.visitor.open("/responses")).split('class="tabs"')[1]


async def test_a_long_list_has_pages(town: Town, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    asks = []
    for day in range(5):
        at(AT + timedelta(minutes=day))
        asks.append(await asked(town.db, by=DEE))
    for show in ("open", "refused"):
        seen, path = [], f"/responses?show={show}"
        while path:
            page = await town.visitor.open(path)
            seen += [int(id) for id in re.findall(r'<h2><a href="/responses/(\d+)">', page)]
            older = re.search(r'rel="next" href="([^"]+)"', page)
            path = older[1].replace("&amp;", "&") if older else ""
        assert seen == (asks if show == "open" else asks[::-1])
        for id in asks:
            if show == "open":
                await as_(town.db, DEE, refuse, id, "No.")
                at(AT + timedelta(hours=id))


async def test_it_says_how_long_an_answer_took(town: Town, at: At) -> None:
    """Handed over on the way, and later than it was due."""
    await town.db.act(open_customs)
    at(AT)
    id = await asked(town.db, term=5)
    at(datetime(2026, 12, 4, 9, tzinfo=WIB))
    await as_(town.db, DEE, hand_over, id, CUSTOMS, "Rope is theirs.")
    await as_(town.db, EVA, assign, id, EVA)
    at(datetime(2026, 12, 9, 9, tzinfo=WIB))
    post = await said_officially(town.db, EVA, await mandate_of(town.db, EVA))
    await as_(town.db, EVA, answer, id, post)
    page = await town.visitor.open("/responses?show=answered")
    assert "after 7 working days · later than it was due" in page
