"""A string of its own for each place where something stays among few, and a town with all of them.

What is said for everybody at first is said in `begun`; `hushed` then withdraws, hides and holds it,
so that whoever listens in between must not hear any of it any more.
"""

import re
from hashlib import sha256
from typing import NamedTuple
from uuid import uuid4

from channels import actions as channels
from channels import direct, threads
from channels.drafts import keep_draft as keep_channel_draft
from channels.joining import invite, remove
from channels.saying import Said, Saying
from community.database import Database, Transaction
from community.drafts import Text
from community.members.actions import appoint_at_first, join
from community.members.models import Member, Role, Scope
from community.organisations import actions as organisations
from community.places import Lens
from community.profiles import change_profile
from community.searches import keep_search
from community.text import spoken
from community.tickets import Ticket
from community.verification import Shown
from forum.announcements.models import Audience, Discussion, Draft
from forum.bookmarks import bookmark_topic
from forum.discussions import discussion_under
from forum.drafts import keep_draft
from forum.moving.actions import move
from forum.topics import actions as topics
from moderation.actions import flag
from moderation.appeals import appeal, appeal_as_reporter
from moderation.decisions import holding
from moderation.decisions.applications import ask_for_verification
from moderation.decisions.claiming import note
from moderation.decisions.deciding import Judgement
from moderation.decisions.seconding import object_to
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Flag, Ruling, SubjectKind
from moderation.outsiders import Told, ask_to_report, report_by
from tests.cast import (
    ADA,
    BO,
    CABIN,
    CY,
    DEE,
    DEE_FOR_OFFICE,
    EVA,
    FAY,
    GUS,
    LEDGER,
    MARKET,
    MOORING,
    OFFICE,
    QUAY,
    hold_first,
)
from tests.community.organising import CANE
from tests.conftest import Town
from tests.forum.announcing import publish
from tests.forum.test_attachments import attached
from tests.forum.test_holding import waits
from tests.hashing import hash_password
from tests.moderation.ordering import INTAKE, ordered
from tests.moderation.reporting import (
    HIDE,
    KEEP,
    MESSAGE,
    POST,
    as_,
    judge,
    propose_at,
    report,
    rows,
    say,
    take,
    the,
    write,
)

BEGUN, AFTER = "kenari", "sings"  # how each of them begins, and what is said of it
SUNG = re.compile(BEGUN + "[a-p]{12}")
PROFILE = SubjectKind.PROFILE
BAN = (Act(MeasureKind.BAN),)
ELSEWHERE = Scope(region="91.05")  # where nothing in this town stands
BASKETS = 4  # the organisation of Cy
OUTSIDE = "gita@elsewhere.test"
OVER = "That is all"  # said for everybody when all has happened


def sung(place: str) -> str:
    """One word, of letters alone, so that it is found by each search there is."""
    digits = sha256(place.encode()).hexdigest()[:12]
    return BEGUN + digits.translate(str.maketrans("0123456789", "ghijklmnop"))


class Public(NamedTuple):
    """Numbers of what more people could read at first than later."""

    post: dict[str, int]
    message: dict[str, int]
    topic: int


async def begun(town: Town) -> Public:
    db = town.db

    def profile(tx: Transaction, bo: Member) -> None:
        change_profile(tx, bo, name="Bo", about=sung("hidden profile"))

    posts = ("hidden post", "removed post", "withdrawn post", "post hidden for now")
    post = {name: await write(db, BO, f"@Cy, {sung(name)} sings") for name in posts}
    post["kept post"] = await write(db, BO, "Where the ropes are")
    post["proposed post"] = await write(db, BO, "Rope for three coins")
    messages = ("hidden message", "withdrawn message")
    message = {name: await say(db, BO, f"{sung(name)} sings") for name in messages}
    private = "private message"
    message[private] = await say(db, BO, f"{sung(private)} sings", CABIN)
    pdf = f"%PDF-1.7 {sung('file of the hidden post')} %%EOF".encode()
    await attached(town, town.bo, post["hidden post"], pdf)
    title = f"{sung('moved topic')} as a title"
    first = await as_(db, DEE, topics.start, MARKET, title, "Ink", Lens(), key="moved")
    await as_(db, BO, profile)
    assert (await as_(db, CY, organisations.register, CANE)).id == BASKETS
    return Public(post, message, first.stream_id)


async def hushed(db: Database, said: Public) -> None:
    await _talk_among_few(db, said)
    await _keep_for_themselves(db)
    await _hide(db, said)
    await _take_back(db, said)
    await _judge(db, said)
    await _hold(db)
    await ordered(db, f"/posts/{said.post['kept post']}",
                  given=INTAKE._replace(words=sung("words of an order")))  # fmt: skip
    await _from_outside(db, said.post["proposed post"])
    await say(db, CY, OVER)


async def _talk_among_few(db: Database, said: Public) -> None:
    await as_(db, ADA, remove, CABIN, GUS)
    thread = await as_(db, ADA, threads.begin, said.message["private message"])
    await say(db, ADA, sung("private thread"), thread.id)
    room = await as_(db, BO, direct.begin, DEE)
    await say(db, BO, f"{sung('direct message')} sings", room.id)
    told_on = await as_(db, BO, direct.begin, CY)
    message = await say(db, BO, sung("reported direct message"), told_on.id)
    await report(db, message, kind=MESSAGE)
    await write(db, DEE, f"{sung('post of a closed category')} sings", LEDGER)
    draft = Draft("For us", sung("announcement to few"), Audience(kind="government"),
                  public=False, discussion=Discussion.OPEN)  # fmt: skip
    told = await as_(db, DEE, publish, DEE_FOR_OFFICE, draft, key="announcement")
    under = await db.look(
        lambda session: discussion_under(session, session.get_one(Member, DEE), told)
    )
    assert under
    await write(db, DEE, f"{sung('post under it')} sings", under.topic.id)


async def _keep_for_themselves(db: Database) -> None:
    await as_(db, BO, keep_draft, f"topic:{MOORING}", Text("", sung("draft of a post")))
    await as_(db, BO, keep_channel_draft, QUAY, sung("draft of a message"))
    await as_(db, BO, bookmark_topic, MOORING, sung("bookmark"))
    await as_(db, BO, keep_search, sung("kept search"))
    await as_(db, CY, ask_for_verification, BASKETS, Shown(sung("papers")))


async def _hide(db: Database, said: Public) -> None:
    hidden = await _reported(db, POST, said.post["hidden post"], sung("words of a report"))
    await as_(db, ADA, note, hidden, sung("internal note"))
    facts = HIDE._replace(facts=sung("statement of reasons"))
    decision = await judge(db, ADA, hidden, facts)
    await as_(db, BO, appeal, decision.id, sung("words of an appeal"))
    remove = HIDE._replace(acts=(Act(MeasureKind.REMOVE),))
    await judge(db, ADA, await report(db, said.post["removed post"]), remove)
    await report(db, said.post["post hidden for now"], reason="doxxing")
    await judge(db, ADA, await report(db, said.message["hidden message"], kind=MESSAGE))
    await judge(db, ADA, await report(db, BO, kind=PROFILE))
    await as_(db, FAY, move, said.topic, OFFICE, sung("why a topic was moved"))


async def _take_back(db: Database, said: Public) -> None:
    """After somebody had reported it: then it is sealed."""
    post, message = said.post["withdrawn post"], said.message["withdrawn message"]
    await report(db, post)
    await as_(db, BO, topics.withdraw, post)
    await report(db, message, kind=MESSAGE)
    await as_(db, BO, channels.withdraw, message)


async def _judge(db: Database, said: Public) -> None:
    kept = await _reported(db, POST, said.post["kept post"], "Again.")
    await judge(db, ADA, kept, KEEP)
    (mine,) = [one.id for one in await rows(db, Flag) if one.case_id == kept]
    await as_(db, CY, appeal_as_reporter, mine, sung("appeal of a reporter"))
    proposed = await report(db, said.post["proposed post"])
    ban = Judgement(Ruling.ACT, "scam_fraud", sung("proposal"), acts=BAN)
    version = await take(db, EVA, proposed)
    await propose_at(db, EVA, proposed, version, key=uuid4().hex, judgement=ban)
    version = (await the(db, Case, proposed)).version
    await as_(db, FAY, object_to, proposed, sung("objection"), version=version)
    version = await take(db, EVA, proposed)
    await propose_at(db, EVA, proposed, version, key=uuid4().hex, judgement=ban)


async def _hold(db: Database) -> None:
    """Bo is new by now: the first of what is held is refused, the second waits."""
    await db.act(hold_first, 3)
    await as_(db, BO, _say_first, sung("refused message"))
    held = max(one.id for one in await rows(db, Case))
    refusal = Judgement(Ruling.REFUSE, "held", sung("why it was refused"))
    await judge(db, ADA, held, refusal)
    await as_(db, BO, _say_first, sung("held message"))
    await waits(db, "first", body=sung("refused post"))
    held = max(one.id for one in await rows(db, Case))
    await judge(db, ADA, held, refusal._replace(facts="Not yet."))
    await waits(db, "second", body=f"{sung('held post')} sings")


def _say_first(tx: Transaction, bo: Member, body: str) -> None:
    saying = Saying(member=bo, channel_id=QUAY, body=body, written=spoken(body), key=uuid4().hex)
    (outcome,) = holding.say_all(tx, [saying])
    assert isinstance(outcome, Said) and outcome.held


async def _from_outside(db: Database, post: int) -> None:
    told = Told((f"/posts/{post}",), "spam", sung("words of an outsider"), OUTSIDE, "en",
                good_faith=True)  # fmt: skip
    await db.act(ask_to_report, told)
    (ticket,) = [one.id for one in await rows(db, Ticket)]
    await db.act(report_by, ticket)


async def _reported(db: Database, kind: SubjectKind, id: int, words: str) -> int:
    return (await as_(db, CY, flag, kind, id, "spam", words)).case_id


def moved_in(tx: Transaction) -> int:
    """Who moderates where nothing of this stands."""
    password = hash_password("tali-temali-kapal-91")
    hana = join(tx, name="Hana", email="hana@harbour.test", password_hash=password)
    hana.locale = "en"
    appoint_at_first(tx, hana, Role.MODERATOR, ELSEWHERE)
    return hana.id


def looked_in(tx: Transaction) -> None:
    """Gus was in the cabin for a while."""
    invite(tx, tx.get_one(Member, FAY), CABIN, GUS)
