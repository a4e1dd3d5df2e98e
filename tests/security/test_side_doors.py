"""Ways around a rule of moderation that lead through another door: each is shut."""

import pytest

from channels import actions as channels
from channels.models import Message
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied
from community.members.actions import appoint_at_first
from community.members.models import Member, Role
from community.organisations.granting import give_mandate
from community.organisations.models import Mandate, MandateRole, Organisation
from community.tickets import Ticket
from forum.announcements.models import Draft
from forum.topics import actions as topics
from forum.topics.models import Post
from moderation.appeals import appeal, appeal_as_reporter
from moderation.decisions.claiming import note, void
from moderation.decisions.deciding import Judgement
from moderation.decisions.reopening import agree_to_reopen, leave_closed, propose_reopening
from moderation.decisions.reviewing import reverse, rule
from moderation.decisions.seconding import agree
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Decision, Flag, Ruling, State, SubjectKind
from moderation.outsiders import Told, ask_to_report, report_by
from moderation.proposals import Proposal
from moderation.reports import withdraw
from tests.cast import (
    ADA,
    BO,
    BO_FOR_DODOL,
    CY,
    DEE,
    DEE_FOR_OFFICE,
    DODOL,
    EVA,
    FAY,
    GUS,
    MOORING,
    QUAY,
    email,
)
from tests.conftest import Town
from tests.forum.announcing import publish
from tests.moderation.ordering import ordered
from tests.moderation.reporting import (
    HIDE,
    KEEP,
    as_,
    judge,
    propose_at,
    report,
    reported,
    rows,
    suspend,
    take,
    the,
    write,
)

ANNOUNCEMENT, ORGANISATION = SubjectKind.ANNOUNCEMENT, SubjectKind.ORGANISATION
WHY = "It stood in a court's ruling."


async def test_whose_organisation_is_reported_does_not_learn_by_whom(town: Town) -> None:
    """M8: all who speak for it are what was reported, not only who owns it longest."""
    await town.db.act(_speaks_for_dodol)
    case = await report(town.db, DODOL, GUS, kind=ORGANISATION)
    for page in (f"/cases/{case}", "/moderation/log", "/moderation/log?verb=case.flagged"):
        assert "Gus" not in (await town.ada.get(page)).text, page
    assert "Gus" in await town.eva.open(f"/cases/{case}")
    assert "Gus" in await town.eva.open("/moderation/log?verb=case.flagged")


async def test_an_author_does_not_undo_what_an_authority_has_ordered(db: Database) -> None:
    """To ask for a change is to leave it to the author, which takes two people."""
    post = await write(db)
    await ordered(db, f"/posts/{post}")
    (case,) = await rows(db, Case)
    asked = Judgement(Ruling.ACT, "spam", "Please.", acts=(Act(MeasureKind.ASK_EDIT),))
    version = await take(db, EVA, case.id)
    done = await propose_at(db, EVA, case.id, version, key="k1", judgement=asked)
    assert isinstance(done, Proposal)


async def test_a_proposed_decision_is_not_answered_as_another_proposal(db: Database) -> None:
    """Else the case would wait for good for a proposal that is answered."""
    _post, case = await reported(db, author=DEE)
    version = await take(db, ADA, case)
    await propose_at(db, ADA, case, version, key="k1", judgement=HIDE)
    version = (await the(db, Case, case)).version
    with pytest.raises((Conflict, Denied)):
        await as_(db, FAY, leave_closed, case, "No.", version=version)
    assert isinstance(await as_(db, EVA, agree, case, version=version), Decision)


async def test_a_proposal_to_open_anew_is_not_agreed_to_as_a_decision(town: Town) -> None:
    _post, case = await reported(town.db)
    await judge(town.db, ADA, case)
    version = (await the(town.db, Case, case)).version
    await as_(town.db, FAY, propose_reopening, case, WHY, version=version, key="k1")
    sent = await town.eva.post(f"/cases/{case}/proposal/agreement", version=str(version + 1))
    assert sent.status_code in (403, 409)


@pytest.mark.parametrize("who", ["its reporter", "a moderator"])
async def test_what_was_opened_anew_is_decided_and_its_author_can_appeal(
    db: Database, who: str
) -> None:
    """Put aside, what was decided before would hold, and nobody could look at it any more."""
    _post, case = await reported(db)
    first = await _opened_anew(db, case)
    version = (await the(db, Case, case)).version
    if who == "its reporter":
        (flag,) = await rows(db, Flag)
        await as_(db, CY, withdraw, flag.id)
        assert (await the(db, Case, case)).state == State.OPEN
    else:
        with pytest.raises(Denied):
            await as_(db, ADA, void, case, "A duplicate.", version=version)
    again = await judge(db, EVA, case)
    assert again.answers_id == first.id
    await as_(db, BO, appeal, again.id, "It was no offer.")


async def test_an_announcement_of_an_office_takes_two_whoever_left_it(town: Town) -> None:
    draft = Draft("Read this", "The harbour is closed.", public=True)
    one = (await as_(town.db, DEE, publish, DEE_FOR_OFFICE, draft, key="a1")).id
    await town.db.act(_leaves)
    case = await report(town.db, one, kind=ANNOUNCEMENT)
    version = await take(town.db, ADA, case)
    done = await propose_at(town.db, ADA, case, version, key="k1", judgement=HIDE)
    assert isinstance(done, Proposal)


async def test_what_was_proposed_is_not_agreed_to_once_an_order_has_come(db: Database) -> None:
    """Two who did not know of it would have refused it."""
    post, case = await reported(db, author=DEE)
    label = HIDE._replace(acts=(Act(MeasureKind.LABEL, words="Disputed"),))
    version = await take(db, EVA, case)
    await propose_at(db, EVA, case, version, key="k1", judgement=label)
    seen = (await the(db, Case, case)).version
    await ordered(db, f"/posts/{post}")
    with pytest.raises(Conflict):
        await as_(db, FAY, agree, case, version=seen)


async def test_whose_decision_was_found_wrong_does_not_take_that_back(db: Database) -> None:
    """M4: another look is somebody else's, also when it is over."""
    post, case = await reported(db)
    await judge(db, EVA, case, KEEP)
    (flag,) = await rows(db, Flag)
    await as_(db, CY, appeal_as_reporter, flag.id, "Look at the link.")
    version = await take(db, FAY, case)
    wrong = HIDE._replace(ruling=Ruling.OVERTURN)
    await as_(db, FAY, rule, case, wrong, version=version, key="k1")
    version = (await the(db, Case, case)).version
    with pytest.raises(Denied):
        await as_(db, EVA, reverse, case, "I was right.", version=version, key="k2")
    assert (await the(db, Post, post)).gone == "hidden"


async def test_a_report_taken_back_changes_nothing_in_an_order(db: Database) -> None:
    post = await write(db)
    await ordered(db, f"/posts/{post}")
    (case,) = await rows(db, Case)
    await report(db, post, CY)
    flag = next(one for one in await rows(db, Flag) if one.member_id == CY)
    await as_(db, CY, withdraw, flag.id)
    after = await the(db, Case, case.id)
    assert (after.priority, after.reason_code) == (case.priority, case.reason_code)


async def test_an_author_who_moderates_writes_no_note_to_their_own_case(db: Database) -> None:
    _post, case = await reported(db, author=ADA)
    with pytest.raises(Denied):
        await as_(db, ADA, note, case, "I know the author: all is well.")


async def test_who_speaks_for_it_does_not_judge_what_somebody_said_who_left_it(
    db: Database,
) -> None:
    """Who said it is a stranger to them by now; that it is said for their organisation stays."""
    await db.act(_speaks_for_dodol)
    key, spoken = "for-dodol", {"mandate_id": BO_FOR_DODOL}
    post = await as_(db, BO, topics.reply, MOORING, "Dodol has rope", key=key, **spoken)
    await as_(db, BO, channels.say, QUAY, "Dodol has rope", key=key, **spoken)
    (message,) = await rows(db, Message)
    await db.act(lambda tx: _leaves(tx, BO_FOR_DODOL))
    for kind, entry in ((SubjectKind.POST, post.id), (SubjectKind.MESSAGE, message.id)):
        case = await report(db, entry, CY, kind=kind)
        with pytest.raises(Denied, match="same organisation"):
            await take(db, ADA, case)


async def test_who_reported_it_from_outside_does_not_decide_it(db: Database) -> None:
    post = await write(db)
    told = Told((f"/posts/{post}",), "spam", "Again.", email(ADA), "en", good_faith=True)
    await db.act(ask_to_report, told)
    await db.act(report_by, (await rows(db, Ticket))[-1].id)
    (case,) = await rows(db, Case)
    with pytest.raises(Denied, match="reported this yourself"):
        await take(db, ADA, case.id)


async def test_who_is_kept_out_by_now_has_proposed_nothing(db: Database) -> None:
    _post, case = await reported(db)
    version = await take(db, EVA, case)
    await propose_at(db, EVA, case, version, key="k1", judgement=suspend(60))
    other = await report(db, await write(db, EVA), CY)
    await judge(db, FAY, other, suspend(5))
    with pytest.raises(Conflict, match="may not decide it any more"):
        await as_(db, FAY, agree, case, version=(await the(db, Case, case)).version)


def _speaks_for_dodol(tx: Transaction) -> None:
    ada, dodol = tx.get_one(Member, ADA), tx.get_one(Organisation, DODOL)
    give_mandate(tx, ada, dodol, MandateRole.SPEAKER)


def _leaves(tx: Transaction, mandate: int = DEE_FOR_OFFICE) -> None:
    tx.get_one(Mandate, mandate).ended_at = now(tx)


async def _opened_anew(db: Database, case: int) -> Decision:
    first = await judge(db, EVA, case)
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, GUS), Role.ADMINISTRATOR))
    version = (await the(db, Case, case)).version
    await as_(db, FAY, propose_reopening, case, WHY, version=version, key="k1")
    await as_(db, GUS, agree_to_reopen, case, version=version + 1)
    return first
