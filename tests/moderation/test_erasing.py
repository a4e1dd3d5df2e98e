"""Whoever asks for it is erased: of who they were and what they wrote nothing is left, of what was
decided everything (M14)."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from channels import direct
from channels.drafts import keep_draft as keep_channel_draft
from community.audit import AuditEntry
from community.database import Base, Database, Transaction
from community.drafts import Text
from community.errors import Denied, Invalid
from community.members.models import Member
from community.profiles import change_profile
from community.searches import keep_search
from community.settings import Settings
from community.site import change_joining
from forum.bookmarks import bookmark_topic
from forum.drafts import keep_draft
from forum.polls.actions import ask
from forum.polls.models import Wanted
from forum.topics import actions as topics
from moderation.actions import flag
from moderation.appeals import appeal
from moderation.decisions.claiming import note
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import rule
from moderation.erasing import erase, wipe
from moderation.models import Case, Decision, Evidence, Ruling, SubjectKind
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS, MOORING, QUAY, email
from tests.channels.becoming import posts_in
from tests.conftest import Town
from tests.forum.test_holding import BACK, replies
from tests.moderation.reporting import (
    HIDE,
    MESSAGE,
    POST,
    as_,
    judge,
    report,
    rows,
    say,
    take,
    the,
    write,
)
from tests.tampering import found, keys_of, seal_all
from web.crossings import make_topic, undo_topic

CANARY, ASKED = "kenarihilang", "By letter, with a copy of the card."
NAME = "Kenarinama"


async def test_nothing_of_them_is_left_in_any_table(db: Database, settings: Settings) -> None:
    decision, evidence = await _lived(db)
    keys = keys_of(settings)
    await seal_all(db, keys)
    before = await db.look(_everywhere)
    assert len(before) > 15, before
    await as_(db, FAY, erase, CY, ASKED)
    await _wiped(db)
    assert await db.look(_everywhere) == set()
    kept = await the(db, Decision, decision.id)
    assert (kept.ruling, kept.facts) == (decision.ruling, decision.facts)
    assert (await the(db, Evidence, evidence.id)).hash == evidence.hash
    assert sha256(CANARY.encode()).hexdigest() == evidence.hash
    assert await found(db, keys) == []
    (entry,) = [one for one in await rows(db, AuditEntry) if one.verb == "member.erased"]
    assert (entry.actor_id, entry.subject) == (FAY, f"member:{CY}")
    assert [*entry.details] == ["words"]


async def test_twice_is_once(db: Database) -> None:
    for _twice in range(2):
        await as_(db, FAY, erase, CY, ASKED)
    verbs = [one.verb for one in await rows(db, AuditEntry)]
    assert verbs.count("member.erased") == 1


async def test_what_obliges_to_keep_it_stands_in_the_way(db: Database) -> None:
    case = await report(db, await write(db, CY), GUS, "scam_fraud")
    with pytest.raises(Denied, match="the law wants it kept"):
        await as_(db, FAY, erase, CY, ASKED)
    await judge(db, EVA, case)
    assert (await as_(db, FAY, erase, CY, ASKED)).erased_at


async def test_what_is_not_decided_yet_stays_until_it_is(db: Database) -> None:
    case = await report(db, await write(db, CY, CANARY), GUS)
    await as_(db, FAY, erase, CY, ASKED)
    await _wiped(db)
    (evidence,) = await rows(db, Evidence)
    assert evidence.body == CANARY and not (await the(db, Member, CY)).wiped_at
    await judge(db, ADA, case)
    await _wiped(db)
    (evidence,) = await rows(db, Evidence)
    assert evidence.body == "" and (await the(db, Member, CY)).wiped_at


@pytest.mark.parametrize("who", [BO, DEE, ADA, FAY])
async def test_who_speaks_for_others_or_has_a_role_lays_it_down_first(
    db: Database, who: int
) -> None:
    with pytest.raises(Denied):
        await as_(db, FAY, erase, who, ASKED)


async def test_only_administrators_erase_and_they_say_why(db: Database) -> None:
    for who in (CY, ADA, EVA):
        with pytest.raises(Denied):
            await as_(db, who, erase, CY, ASKED)
    with pytest.raises(Invalid):
        await as_(db, FAY, erase, CY, " ")
    assert not (await the(db, Member, CY)).erased_at


async def test_open_pages_show_it_and_they_are_signed_out(town: Town) -> None:
    post, message = await write(town.db, CY, CANARY), await say(town.db, CY, CANARY)
    page = f"/administration/members/{CY}"
    assert "Erase this member for good" in await town.fay.open(page)
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        await bo.follow("topic:5")
        await bo.follow(f"channel:{QUAY}")
        done = await town.fay.post(f"{page}/erasure", because=ASKED)
        assert done.status_code == 303
        await cy.closed()
        await _wiped(town.db)
        for stream in ("topic:5", f"channel:{QUAY}"):
            await bo.until_rev(stream, 2)
            assert CANARY not in str(bo.streams[stream].shown)
    assert "Erased on" in await town.fay.open(page)
    for path in (f"/posts/{post}", f"/messages/{message}", f"/members/{CY}", "/topics/5"):
        text = (await town.bo.get(path)).text
        assert CANARY not in text and ">Cy<" not in text
    signing_in = await town.visitor.post(
        "/sign-in", email=email(CY), password="tali-temali-kapal-91"
    )
    assert signing_in.status_code != 303
    refused = await town.ada.post(f"{page}/erasure", because=ASKED)
    assert refused.status_code == 403


@pytest.mark.parametrize("back", [False, True])
async def test_what_they_said_beside_what_was_reported_goes_wherever_that_went(
    db: Database, back: bool
) -> None:
    await (write if back else say)(db, CY, CANARY)
    message = await say(db, BO)
    if not back:
        await report(db, message, GUS, kind=MESSAGE)
    departure = await as_(db, ADA, make_topic, QUAY, [message], MOORING)
    if back:
        (post,) = await db.look(posts_in)
        await report(db, post.id, GUS)
        await as_(db, ADA, undo_topic, departure.id)
    assert CANARY in str([one.context for one in await rows(db, Evidence)])
    await as_(db, FAY, erase, CY, ASKED)
    await _wiped(db)
    assert CANARY not in str([one.context for one in await rows(db, Evidence)])


async def test_nothing_that_can_be_erased_stands_in_the_audit(db: Database) -> None:
    await judge(db, ADA, await report(db, await write(db, BO, "Buy my rope")))
    kept = str([(one.subject, one.verb, one.details) for one in await rows(db, AuditEntry)])
    for words in ("Bo", "Cy", "@", "rope", "Again."):
        assert words not in kept


async def _lived(db: Database) -> tuple[Decision, Evidence]:
    """Cy did all there is to be done."""
    await db.act(_kept_things)
    post = await write(db, CY, f"{CANARY}, edited away")
    await as_(db, CY, topics.edit, post, CANARY, CANARY)
    other = await write(db, CY, f"{CANARY} @Gus")
    await as_(db, CY, ask, other, Wanted(CANARY, [f"{CANARY} a", f"{CANARY} b"]))
    message = await say(db, CY, CANARY)
    room = await as_(db, CY, direct.begin, GUS)
    await say(db, CY, CANARY, room.id)
    await db.act(_observed)
    await replies(db, CY, "held", body=CANARY)
    near = await write(db, GUS, "Buy my rope")
    await report(db, near, BO)
    await as_(db, CY, flag, POST, near, "spam", CANARY)
    await report(db, message, GUS, kind=MESSAGE)
    case = await report(db, post, GUS)
    await as_(db, ADA, note, case, f"{NAME} wrote {CANARY}")
    decision = await judge(db, ADA, case)
    await as_(db, CY, appeal, decision.id, CANARY)
    upheld = Judgement(Ruling.UPHOLD, "spam", "I see it as my colleague did.")
    version = await take(db, EVA, case)
    await as_(db, EVA, rule, case, upheld, version=version, key="upheld")
    for one in await rows(db, Case):
        if one.id != case:
            held = one.subject_kind == SubjectKind.HELD_POST
            await judge(db, ADA, one.id, BACK if held else HIDE)
    (evidence,) = [one for one in await rows(db, Evidence) if one.case_id == case]
    return decision, evidence


def _observed(tx: Transaction) -> None:
    fay = tx.get_one(Member, FAY)
    change_joining(tx, fay, guardian_consent=False, approval=False, held_first=1)
    tx.get_one(Member, CY).observed = True


def _kept_things(tx: Transaction) -> None:
    cy = tx.get_one(Member, CY)
    change_profile(tx, cy, name=NAME, about=CANARY)
    keep_draft(tx, cy, f"topic:{MOORING}", Text("", CANARY))
    keep_channel_draft(tx, cy, QUAY, CANARY)
    bookmark_topic(tx, cy, MOORING, CANARY)
    keep_search(tx, cy, CANARY)


async def _wiped(db: Database) -> None:
    for _round in range(9):
        await db.act(wipe)


def _everywhere(session: Session) -> set[str]:
    """The columns in which something of them stands, of all there are; the words of the index for
    the search, too."""
    names = inspect(session.connection()).get_table_names()
    assert set(names) >= set(Base.metadata.tables)
    return {*_holding(session, names)}


def _holding(session: Session, names: list[str]) -> Iterator[str]:
    for name in names:
        for row in session.connection().exec_driver_sql(f'SELECT * FROM "{name}"').mappings():
            yield from (f"{name}.{column}" for column, value in row.items() if _tells(value))


def _tells(value: Any) -> bool:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return any(word in text.lower() for word in (CANARY, NAME.lower(), email(CY)))
