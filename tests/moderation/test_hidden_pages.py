"""What is hidden by itself, as its author, its readers, who reported it and moderators see it."""

from community.audit import AuditEntry
from moderation.measures import Act, MeasureKind
from tests.cast import ADA, CY, EVA, GUS
from tests.conftest import Town
from tests.moderation.reporting import HIDE, KEEP, judge, report, rows, write


async def hidden(town: Town) -> tuple[int, int]:
    post = await write(town.db)
    cases = [await report(town.db, post, by, "harassment") for by in (CY, EVA, GUS)]
    return post, cases[-1]


async def test_its_place_says_that_nobody_has_looked_and_its_author_why(town: Town) -> None:
    post, case = await hidden(town)
    for reader in (town.visitor, town.cy, town.dee):
        page = await reader.open("/topics/5")
        assert "hidden until a moderator has looked" in page and "Buy my rope" not in page
    for path in (f"/posts/{post}/hidden", "/hidden/1"):
        assert (await town.cy.get(path)).status_code == 404
        assert (await town.visitor.get(path)).status_code == 303  # to sign in
    assert (await town.bo.get(f"/posts/{post}/hidden")).headers["location"] == "/hidden/1"
    why = await town.bo.open("/hidden/1")
    assert "Buy my rope" in why and "/rules#harassment" in why and "None yet" in why
    assert "Cy" not in why and "Gus" not in why
    assert "is hidden until a moderator has looked" in await town.bo.open("/notices")
    file = await town.ada.open(f"/cases/{case}")
    assert "hidden by itself until somebody has decided" in file and "Together they weigh" in file

    await judge(town.db, ADA, case, KEEP)
    assert "Buy my rope" in await town.visitor.open("/topics/5")
    assert "not hidden by itself any more" in await town.bo.open("/hidden/1")


async def test_after_a_decision_its_words_stand_there_no_more(town: Town) -> None:
    _post, case = await hidden(town)
    await judge(town.db, ADA, case, HIDE)
    why = await town.bo.open("/hidden/1")
    assert "Buy my rope" not in why and "/decisions/1" in why
    assert "hidden by a moderator" in await town.visitor.open("/topics/5")


async def test_what_a_decision_hides_leads_its_author_to_their_words_and_to_another_look(
    town: Town,
) -> None:
    post = await write(town.db)
    await judge(town.db, ADA, await report(town.db, post), HIDE)
    for reader in (town.cy, town.dee):
        assert (await reader.get(f"/posts/{post}/hidden")).status_code == 404
    here = (await town.bo.get(f"/posts/{post}/hidden")).headers["location"]
    assert here == "/decisions/1"
    assert f"/posts/{post}/hidden" in (await town.bo.open(f"/posts/{post}")).partition('"panel"')[2]
    words = (await town.bo.open(here)).partition('id="own-words"')[2]
    assert "Buy my rope" in words and "/rules#spam" in words
    assert "own-words" not in await town.ada.open(here)


async def test_what_is_removed_its_author_reads_no_more(town: Town) -> None:
    post = await write(town.db)
    removing = HIDE._replace(acts=(Act(MeasureKind.REMOVE),))
    await judge(town.db, ADA, await report(town.db, post), removing)
    page = await town.bo.open("/decisions/1")
    assert "Buy my rope" not in page and "Only moderators can still read it." in page
    assert "Buy my rope" in await town.ada.open("/decisions/1")


async def test_administrators_set_from_when_on_and_it_stands_in_the_audit(town: Town) -> None:
    bounds = {"hide_at": 9, "reporters": 4, "rush": 6, "rush_minutes": 20, "rush_days": 14}
    assert "thresholds" in await town.fay.open("/administration/reasons")
    assert (await town.fay.post("/administration/thresholds", **bounds)).status_code == 303
    page = await town.fay.open("/administration/thresholds?saved=yes")
    assert 'value="9"' in page and "It holds from now on" in page
    assert (await town.eva.post("/administration/thresholds", **bounds)).status_code == 403
    one = next(one for one in await rows(town.db, AuditEntry) if one.verb == "site.thresholds")
    assert one.details == bounds
    refused = await town.fay.post("/administration/thresholds", **bounds | {"reporters": 1})
    assert refused.status_code == 422
