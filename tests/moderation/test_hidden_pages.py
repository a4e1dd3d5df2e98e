"""What is hidden by itself, as its author, its readers, who reported it and moderators see it."""

from community.audit import AuditEntry
from moderation.before.actions import say
from moderation.measures import Act, MeasureKind
from moderation.rules.actions import Wording, make_rule
from moderation.rules.models import Action
from tests.cast import ADA, BO, CY, EVA, GUS, QUAY
from tests.conftest import Town
from tests.moderation.reporting import HIDE, KEEP, as_, judge, report, rows, write


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


async def test_what_is_being_checked_stays_in_sight_with_a_line_and_its_author_reads_why(
    town: Town,
) -> None:
    post = await write(town.db)
    for by in (CY, EVA, GUS):
        case = await report(town.db, post, by, "hoax")
    for reader in (town.visitor, town.cy):
        page = await reader.open("/topics/5")
        assert "Being checked:" in page and "Buy my rope" in page
    why = await town.bo.open("/hidden/1")
    assert "Buy my rope" in why and "/rules#hoax" in why and "Being checked:" in why
    assert "Only you and moderators" not in why and "Cy" not in why
    assert "is read with a line above it" in await town.bo.open("/notices")
    assert (await town.cy.get("/hidden/1")).status_code == 404
    assert (await town.bo.get(f"/posts/{post}/hidden")).status_code == 404, "nothing is hidden"
    assert "says that it is being checked" in await town.ada.open(f"/cases/{case}")
    await judge(town.db, ADA, case, KEEP)
    assert "Being checked:" not in await town.visitor.open("/topics/5")
    assert "This holds no longer" in await town.bo.open("/hidden/1")


async def test_a_locked_topic_and_a_profile_that_is_kept_say_why(town: Town) -> None:
    post = await write(town.db)
    for by in (CY, EVA, GUS):
        case = await report(town.db, post, by, "price_collusion")
    assert "Nobody answers until somebody has looked" in await town.bo.open("/hidden/1")
    assert "Nobody answers where it stands" in await town.ada.open(f"/cases/{case}")
    await judge(town.db, ADA, case, KEEP)
    case = await report(town.db, await write(town.db), CY, "impersonation_official")
    assert "Your profile stays as it is" in await town.bo.open("/hidden/3")
    refused = await town.bo.post("/settings/profile", name="The port office", about="")
    assert refused.status_code == 403 and "pretend to be an official" in refused.text
    assert (await town.bo.post("/settings/picture/removal")).status_code == 403
    file = await town.ada.open(f"/cases/{case}")
    assert "name and profile stay as they are" in file and "Profile stays as it is" in file


async def test_what_a_rule_of_words_labels_says_so_to_its_author(town: Town) -> None:
    rule = Wording("judi", Action.LABEL, "gambling_porn", why="Ask for the licence first.")
    await as_(town.db, EVA, make_rule, rule)
    await as_(town.db, BO, say, QUAY, "Main judi", key="k1")
    why = await town.bo.open("/hidden/1")
    assert "A rule of words found it" in why and "Ask for the licence first." in why
    assert "ask for another look" in why and "Main judi" in why
    assert (await town.cy.get("/hidden/1")).status_code == 404


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
