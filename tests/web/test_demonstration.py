"""The community one tries AKAR with: whole, believable, and moved in once."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import chain, pairwise
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from channels.listing import channels_listed, few_listed
from channels.models import Channel, Message
from community.audit import AuditEntry
from community.bus import MemoryBus
from community.clock import now
from community.database import Base, Database
from community.members.models import Member, Role
from community.members.queries import member_with_email
from community.migrating import on_connection
from community.notices.models import Notice
from community.opening import open_database
from community.organisations.models import Mandate, Organisation
from community.site import site_of
from community.verification import Verification
from forum.announcements.models import Announcement, Receipt
from forum.topics.models import Post, Topic
from moderation.models import Case, Decision, Evidence
from web import demonstration
from web.demonstration import content
from web.framing import Counts, framing
from web.migrations import migrate

SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
MARKS = " >-*|"
GIVEN = content.read()


@pytest.fixture(
    scope="module", params=["embedded", pytest.param("scaled out", marks=pytest.mark.scaled_out)]
)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a database that was empty, with all of it."""
    if request.param == "embedded":
        url = f"sqlite:///{tmp_path_factory.mktemp('seeded')}/akar.db"
    else:
        url = asyncio.run(request.getfixturevalue("postgres").create("seeded"))
    asyncio.run(_seed(url))
    return url


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    db = open_database(url, MemoryBus())
    yield db
    await db.close()


def test_there_is_as_much_of_it_as_was_promised() -> None:
    assert len(GIVEN.members) == 40
    assert len(GIVEN.organisations) == 15
    assert len(GIVEN.topics) == 60
    assert all(3 <= len(topic.posts) <= 80 for topic in GIVEN.topics.values())
    assert len(GIVEN.channels) == 12
    assert len(GIVEN.announcements) == 6
    assert Counter(case.state for case in GIVEN.cases) == {"open": 5, "claimed": 2, "decided": 5}
    assert [bool(one.question) for one in GIVEN.applications] == [False, True]
    assert len(GIVEN.offers) == 1


def test_no_sentence_stands_twice() -> None:
    said = chain(
        (post.body for topic in GIVEN.topics.values() for post in topic.posts),
        (message.body for channel in GIVEN.channels.values() for message in channel.messages),
        (announcement.body for announcement in GIVEN.announcements),
        (text for case in GIVEN.cases for text in (case.body, case.statement)),
        (report.note for case in GIVEN.cases for report in case.reports),
        (topic.title for topic in GIVEN.topics.values()),
    )
    times = Counter(sentence for body in said for sentence in _sentences(body))
    assert [sentence for sentence, often in times.items() if often > 1] == []


def test_nobody_speaks_for_an_organisation_without_a_mandate() -> None:
    mandates = {(one.handle, to.organisation) for one in GIVEN.members for to in one.mandates}
    topics, channels = GIVEN.topics.values(), GIVEN.channels.values()
    spoken = chain(*(topic.posts for topic in topics), *(one.messages for one in channels))
    assert {(one.by, one.organisation) for one in spoken if one.organisation} <= mandates


async def test_everything_has_moved_in(db: Database) -> None:
    """Two organisations more than there were wait to be verified, each with a case."""
    kinds = (Member, Organisation, Topic, Channel, Announcement, Case)
    assert [await db.look(_count, kind) for kind in kinds] == [40, 15 + 2, 60 + 1, 12, 6, 12 + 2]
    assert (await db.look(site_of)).demonstration


@pytest.mark.parametrize("kind", [Post, Message])
async def test_what_was_written_is_numbered_without_holes_in_the_order_of_its_moments(
    db: Database, kind: type[Post] | type[Message]
) -> None:
    order = select(kind.stream_id, kind.seq, kind.written_at).order_by(kind.stream_id, kind.seq)
    rows = await db.look(lambda session: session.execute(order).all())
    for (stream, seq, at), (next_stream, next_seq, later) in pairwise(rows):
        if stream == next_stream:
            assert (next_seq, at <= later) == (seq + 1, True)
        else:
            assert next_seq == 1


async def test_talk_among_few_stands_in_the_order_it_went_on(db: Database) -> None:
    def moments(session: Session, handle: str) -> list[datetime]:
        rooms = few_listed(session, _member(session, handle))
        return [one.last.written_at for one in rooms if one.last]

    seen = [await db.look(moments, one.handle) for one in GIVEN.members]
    assert max(map(len, seen)) > 1
    assert all(one == sorted(one, reverse=True) for one in seen)


async def test_nothing_happened_in_the_future(db: Database) -> None:
    moments = (Post.written_at, Message.written_at, Notice.sent_at, AuditEntry.done_at,
               Announcement.published_at, Receipt.acknowledged_at, Decision.decided_at,
               Evidence.taken_at)  # fmt: skip
    latest = await db.look(lambda s: [s.scalar(select(func.max(moment))) for moment in moments])
    assert max(filter(None, latest)) <= await db.look(now)


async def test_every_account_has_something_waiting_and_nobody_too_much(db: Database) -> None:
    def waiting(session: Session, handle: str) -> Counts:
        return framing(session, _member(session, handle))[1]

    for handle in demonstration.ACCOUNTS.values():
        counts = await db.look(waiting, handle)
        assert 0 < sum(one or 0 for one in counts) < 150, (handle, counts)


async def test_private_rooms_are_private(db: Database) -> None:
    def rooms_of(session: Session, handle: str) -> set[str]:
        return {one.channel.name for one in channels_listed(session, _member(session, handle))}

    assert "Koordinasi dinas" in await db.look(rooms_of, "demo-pejabat")
    assert "Ruang moderator" in await db.look(rooms_of, "demo-moderator")
    hidden = {"Koordinasi dinas", "Ruang moderator"}
    assert not hidden & await db.look(rooms_of, "demo-anggota")


async def test_organisations_wait_and_a_mandate_is_offered(db: Database) -> None:
    def waiting(session: Session) -> tuple[int, ...]:
        offered = (Mandate.accepted_at.is_(None), Mandate.ended_at.is_(None))
        return (
            _count(session, Organisation, Organisation.level == 0),
            _count(session, Verification, Verification.closed_at.is_(None)),
            _count(session, Mandate, *offered),
        )

    assert await db.look(waiting) == (2, 2, 1)


async def test_the_queue_has_cases_in_every_state(db: Database) -> None:
    states = await db.look(lambda s: Counter(s.scalars(select(Case.state))))
    assert states == {"open": 5 + 1, "claimed": 2, "decided": 5, "asked": 1}
    muted = await db.look(lambda s: _member(s, "wahyu").muted_until)
    assert muted and muted > await db.look(now)


async def test_there_is_an_account_for_every_role(db: Database) -> None:
    def role(session: Session, name: str) -> str:
        return _member(session, demonstration.ACCOUNTS[name]).role

    assert await db.look(role, "member") == Role.MEMBER
    assert await db.look(role, "official") == Role.MEMBER
    assert await db.look(role, "moderator") == Role.MODERATOR
    assert await db.look(role, "senior moderator") == Role.SENIOR
    assert await db.look(role, "administrator") == Role.ADMINISTRATOR


async def test_a_second_time_changes_nothing(db: Database) -> None:
    before = await db.look(_sizes)
    assert "nothing was changed" in await demonstration.seed(db, "another hash")
    assert await db.look(_sizes) == before


def test_the_password_is_for_its_owner_and_stays_the_same(tmp_path: Path) -> None:
    first = demonstration.kept_password(tmp_path)
    assert len(first) >= 12
    assert demonstration.kept_password(tmp_path) == first
    assert (tmp_path / demonstration.KEPT).stat().st_mode & 0o777 == 0o600


async def _seed(url: str) -> None:
    await on_connection(url, migrate)
    db = open_database(url, MemoryBus())
    await demonstration.seed(db, "a hash")
    await db.close()


def _sentences(body: str) -> list[str]:
    parts = (part.strip(MARKS).casefold() for part in SENTENCE.split(body))
    return [part for part in parts if " " in part]


def _count(session: Session, kind: type[Base], *which: ColumnElement[bool]) -> int:
    return session.scalars(select(func.count()).select_from(kind).where(*which)).one()


def _sizes(session: Session) -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    return {
        table.name: session.scalars(select(func.count()).select_from(table)).one()
        for table in tables
    }


def _member(session: Session, handle: str) -> Member:
    member = member_with_email(session, f"{handle}@{content.DOMAIN}")
    assert member
    return member
