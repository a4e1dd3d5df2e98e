"""What is another's is as absent as what never was, at every door.

Discourse #43781, CVE-2026-32615, CVE-2026-21865: ids that exist, but not for whoever asks.
"""

import re
from collections.abc import Sequence
from datetime import timedelta

from channels.models import Departure, HeldMessage, Message
from community.clock import now
from community.database import Transaction
from community.factors.models import Passkey
from community.files import FileKind, keep
from community.holding import HeldState
from community.invitations.actions import invite
from community.invitations.models import Wanted
from community.members.models import Member, SignIn
from community.notices.actions import notify
from community.notices.models import Notice, NoticeKind
from community.organisations.answering import give_field
from community.organisations.deputies import name_deputy
from community.organisations.granting import give_mandate
from community.organisations.models import MandateRole, Organisation
from community.pictures import Print
from community.places import Lens
from community.restrictions import Restriction, RestrictionKind
from community.searches import keep_search
from community.tickets import Purpose, Ticket, issue
from forum.announcements.models import Audience, Draft
from forum.bookmarks import Bookmark, bookmark_topic
from forum.holding import HeldPost
from forum.manuscripts.actions import write as write_manuscript
from forum.manuscripts.templates import keep_template
from forum.responses.actions import ask as ask_officially
from forum.tags import put_tags
from forum.topics.models import Topic
from moderation.queue.bulk import Way
from moderation.queue.canned import Canned
from moderation.queue.filtering import ALL
from moderation.queue.many import propose_many
from moderation.rules.actions import Wording, make_rule
from moderation.rules.models import Action
from tests.browsing import Browser
from tests.cast import (
    ADA,
    BO,
    BO_FOR_DODOL,
    CABIN,
    CY,
    DEE,
    DEE_FOR_OFFICE,
    DODOL,
    EVA,
    HARBOUR_OFFICE,
    LEDGER,
    MOORING,
    OFFICE,
    email,
)
from tests.conftest import Town
from tests.doors import FORM, Door, doors, everything
from tests.forum.announcing import publish
from tests.moderation.ordering import ordered
from tests.moderation.reporting import MESSAGE, as_, judge, report, reported, rows, say, write
from tests.raw import Answer, Raw, raw

NOWHERE = 10**17
FORBIDDEN = Wording("perjudian gelap", Action.BLOCK, "gambling_porn")
OURS = [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "image")]
# Everybody may know which organisations there are and how offices answer, report what they say of
# themselves, and be led to what was hidden of it; what only owners do, others are refused.
OF_ANY = [door for door in doors() if "{organisation:id}" in door.params]
OF_ALL = ("/flags", "/hidden", "/responses", "/responses/feed")
OF_OWNERS = [door for door in OF_ANY if not door.path.endswith(OF_ALL)]
# Members see each other; what visitors see of them is in tests/community/test_profiles.py.
OF_MEMBERS = [door for door in doors() if door.path.startswith("/members/{member:id}")]
WITH_IDS = [door for door in doors() if door.params and door not in OF_ANY + OF_MEMBERS]

Ids = dict[str, int | str]


async def test_what_is_anothers_is_as_absent_as_what_never_was(generous: Town) -> None:
    """For a member who belongs nowhere, and for visitors."""
    theirs = await _furnish(generous)
    named = {param.strip("{}").partition(":")[0] for door in WITH_IDS for param in door.params}
    assert named <= set(theirs), "say here whose a thing of the new kind is"
    await _find_nothing(generous, (generous.gus, generous.visitor), WITH_IDS, theirs)


async def test_only_owners_change_an_organisation(generous: Town) -> None:
    before = await everything(generous)
    async with raw(generous.origin) as line:
        for door in OF_OWNERS:
            address = door.address({"organisation": DODOL})
            headers = [*generous.gus.headers.items(), *OURS, FORM]
            answer = await line.ask(door.method, address, headers, door.filled())
            own_page = address == f"/organisations/{DODOL}" and door.safe
            assert answer.status in ({200} if own_page else {403, 422}), str(door)
    assert await everything(generous) == before


async def test_a_moderator_does_not_act_where_they_cannot_read(generous: Town) -> None:
    """test_mod_cannot_act_where_cannot_read: Eva is senior, and not in the cabin."""
    theirs = await _furnish(generous)
    private = [door for door in WITH_IDS if set(door.params) & {"{channel:id}", "{message:id}"}]
    await _find_nothing(generous, (generous.eva,), private, theirs)


async def test_ids_belong_to_each_other(generous: Town) -> None:
    """A post of the office is no parent in the market, nor a place for a draft or a preview."""
    theirs = await _furnish(generous)
    before = await everything(generous)
    for place in (f"topic:{LEDGER}", f"reply:{theirs['post']}", f"post:{theirs['post']}"):
        for path in ("/drafts", "/topics/5/posts"):
            written = {"place": place, "body": "ahoy", "key": "k1"}
            answer = await generous.bo.post(path, **written, mandate=DEE_FOR_OFFICE)
            assert answer.status_code in {403, 404, 422}, (path, place)
    assert await everything(generous) == before


THING = re.compile(r"^/[a-z]+/[0-9]+")  # a refusal leads back there, whether it is there or not


async def _find_nothing(
    town: Town, browsers: Sequence[Browser], some: Sequence[Door], theirs: Ids
) -> None:
    before = await everything(town)
    async with raw(town.origin) as line:
        for browser in browsers:
            for door in some:
                forbidden = await _asked(line, browser, door, theirs)
                missing = await _asked(line, browser, door, dict.fromkeys(theirs, NOWHERE))
                assert forbidden == missing, str(door)
                assert forbidden[0] in {303, 401, 403, 404, 410, 422}, str(door)
                assert forbidden[0] != 303 or not browser.token, str(door)
    assert await everything(town) == before


async def _asked(line: Raw, browser: Browser, door: Door, ids: Ids) -> tuple[int, str]:
    """Status and page, without the addresses that were asked for and of what they were about."""
    address = door.address(ids)
    headers = [*browser.headers.items(), *OURS, FORM]
    body = b"" if door.safe else door.filled()
    answer: Answer = await line.ask(door.method, address, headers, body)
    page = answer.text
    for written in (address, address.replace("/", "%2F"), *THING.findall(address)):
        page = page.replace(written, "ADDRESS")
    return answer.status, page.replace(answer.headers.get("x-request-id", "-"), "NUMBER")


async def _furnish(town: Town) -> Ids:
    """One thing of each kind, none of them for Gus."""
    post = await write(town.db, DEE, "for the office", LEDGER)
    message = await say(town.db, BO, "for the cabin", CABIN)
    case = await report(town.db, message, by=ADA, kind=MESSAGE)
    _post, other = await reported(town.db, by=BO, author=CY)
    await judge(town.db, EVA, other)
    draft = Draft("For us", "Only.", Audience("32", kind="government"), public=False)
    told = await as_(town.db, DEE, publish, DEE_FOR_OFFICE, draft, key="announcement")
    kept = await as_(town.db, DEE, write_manuscript, DEE_FOR_OFFICE, draft, key="manuscript")
    await as_(town.db, DEE, keep_template, "Ours", key="template", manuscript_id=kept.id)
    deputy, field = await town.db.act(_at_the_office)
    await town.db.act(lambda tx: put_tags(tx, tx.get_one(Topic, LEDGER), ["ledger"]))
    await town.db.act(_notice_bo)
    file = await town.db.act(_evidence_of_bo)
    await town.db.act(lambda tx: issue(tx, Purpose.RESET, email(BO), member_id=BO) and None)
    await town.db.act(_give_bo_a_passkey)
    departure, held = await town.db.act(_left_and_held)
    held_post = await town.db.act(_held_in_the_office)
    assert len(await rows(town.db, Message)) == 1
    notices, sign_ins = await rows(town.db, Notice), await rows(town.db, SignIn)
    return {
        "channel": CABIN,
        "topic": LEDGER,
        "category": OFFICE,
        "slug": "office",
        "tag": "ledger",
        "post": post,
        "message": message,
        "departure": departure,
        "held": held,
        "held_post": held_post,
        "case": case,
        "flag": 1,
        "decision": 1,
        "acknowledgement": f"{told.id}:{BO}:0",  # without our proof
        "announcement": told.id,
        "code": "AAAAAA",  # of nobody: who has one on paper may ask what it is of
        "manuscript": kept.id,
        "correction": kept.id,
        "response": (await as_(town.db, DEE, ask_officially, post, HARBOUR_OFFICE)).id,
        "template": 1,
        "deputy": deputy,
        "field": field,
        "notice": next(notice.id for notice in notices if notice.member_id == BO),
        "sign_in": next(one.id for one in sign_ins if one.member_id == BO),
        "file": file,
        "proof": f"{BO}:reply",  # without ours
        "member": BO,
        "passkey": 1,
        "mandate": BO_FOR_DODOL,
        "reason": "spam",
        "bookmark": (await as_(town.db, BO, _bookmark_of_bo)).id,
        "guardianship": 1,  # of nobody: its number is its secret
        "invitation": (await as_(town.db, DEE, invite, Wanted(HARBOUR_OFFICE), a_day=9)).id,
        "link": 1,  # of the same, without our proof
        "search": (await as_(town.db, BO, keep_search, "rope")).id,
        "word_rule": (await as_(town.db, EVA, make_rule, FORBIDDEN)).id,
        "text": (await rows(town.db, Canned))[0].id,
        "duty": 1,
        "order": await ordered(town.db, f"/posts/{post}"),
        "proposal": await _proposed(town),
        "restriction": await town.db.act(_hidden_for_now, post),
        "notifier": 1,  # of nobody: its link is its secret
        "ticket": (await rows(town.db, Ticket))[0].id,  # as it is stored, without our proof
    }


async def _proposed(town: Town) -> int:
    """For what waits for no second person yet."""
    await reported(town.db, by=BO, author=CY)
    made = await as_(town.db, EVA, propose_many, ALL, Way.KEEP, "As it was.", key="many")
    return made.id


def _left_and_held(tx: Transaction) -> tuple[int, int]:
    """Of Bo, in the cabin."""
    departure = Departure(channel_id=CABIN, actor_id=BO, left_at=now(tx))
    held = HeldMessage(channel_id=CABIN, author_id=BO, key="held", sent="", body="psst", html="p",
                       said_at=now(tx), state=HeldState.WAITING)  # fmt: skip
    tx.add_all([departure, held])
    tx.flush()
    return departure.id, held.id


def _held_in_the_office(tx: Transaction) -> int:
    """Of Dee."""
    held = HeldPost(topic_id=LEDGER, author_id=DEE, key="held", sent="", body="psst", html="p",
                    said_at=now(tx), state=HeldState.WAITING)  # fmt: skip
    tx.add(held)
    tx.flush()
    return held.id


def _notice_bo(tx: Transaction) -> None:
    assert tx.get_one(Member, BO)
    notify(tx, {BO}, NoticeKind.MENTION, title="Rope", link="/")


def _at_the_office(tx: Transaction) -> tuple[int, int]:
    """Cy stands in for Dee, and answers what she does."""
    dee, office = tx.get_one(Member, DEE), tx.get_one(Organisation, HARBOUR_OFFICE)
    cy = give_mandate(tx, tx.get_one(Member, CY), office, MandateRole.SPEAKER)
    tx.flush()
    at = now(tx)
    deputy = name_deputy(tx, dee, DEE_FOR_OFFICE, cy.id, at, at + timedelta(days=9), key="deputy")
    field = give_field(tx, dee, HARBOUR_OFFICE, cy.id, Lens(), key="field")
    return deputy.id, field.id


def _hidden_for_now(tx: Transaction, post: int) -> int:
    """Of Dee, in the office."""
    restriction = Restriction(kind=RestrictionKind.HIDDEN, subject=f"post:{post}", case_id=1,
                              interim=True, imposed_at=now(tx))  # fmt: skip
    tx.add(restriction)
    tx.flush()
    return restriction.id


def _evidence_of_bo(tx: Transaction) -> str:
    prints = [Print(1, 1, b"webp")] * 2
    return keep(tx, tx.get_one(Member, BO), FileKind.EVIDENCE, prints, "verification:1").id


def _bookmark_of_bo(tx: Transaction, bo: Member) -> Bookmark:
    bookmark = bookmark_topic(tx, bo, MOORING, "rope").bookmark
    assert bookmark
    return bookmark


def _give_bo_a_passkey(tx: Transaction) -> None:
    key = {"credential": "c", "public_key": "k", "sign_count": 0}
    tx.add(Passkey(member_id=BO, **key, name="Telephone", added_at=now(tx)))
