"""What is limited for those who are new lifts by itself, by time and by what they say; others are
left alone, and nobody is told anything unkind."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, update

from channels.models import Message
from channels.saying import Saying
from community.clock import now
from community.database import Database, Transaction
from community.errors import Invalid, TooFast
from community.members.models import Member, Trust
from community.places import Lens
from community.text import spoken
from moderation.before.actions import Spoken, begin_direct, edit_message, say, say_all, start
from moderation.before.heeding import looked_at
from moderation.before.repeats import Repeats
from moderation.before.trust import LIMITS, NEEDED, Facts, known_as, step_of, weigh
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS, MARKET, QUAY
from tests.conftest import Town
from tests.moderation.reporting import as_, judge, reported, the

NEW = LIMITS[Trust.NEW]
COUNTS = st.integers(0, 60)


@pytest.fixture
async def newcomer(db: Database) -> None:
    """Bo has just joined."""
    await db.act(_joined, 0)


async def bo_says(db: Database, body: str, key: str, **more: Any) -> Any:
    return await as_(db, BO, say, QUAY, body, key=key, **more)


async def test_a_new_member_writes_so_much_an_hour_and_the_rest_a_little_later(
    db: Database, newcomer: None
) -> None:
    for n in range(NEW.an_hour):
        await bo_says(db, "ahoy", f"k{n}")
    with pytest.raises(TooFast) as slow:
        await bo_says(db, "ahoy", "more")
    assert slow.value.values["retry_after"] > 0
    assert (await bo_says(db, "ahoy", "k0")).seq == 1  # what is sent again is answered
    await db.act(_earlier, timedelta(hours=1, minutes=1))
    assert (await bo_says(db, "ahoy", "more")).seq == NEW.an_hour + 1


async def test_of_many_in_one_pass_those_that_fit_are_said(db: Database, newcomer: None) -> None:
    def work(tx: Transaction) -> list[str]:
        bo, cy = tx.get_one(Member, BO), tx.get_one(Member, CY)
        some = [(bo, f"k{n}") for n in range(NEW.an_hour + 2)] + [(cy, f"k{n}") for n in range(30)]
        wanted = [
            Spoken(
                Saying(member=who, channel_id=QUAY, body="a", written=spoken("a"), key=key),
                looked_at("a"),
            )
            for who, key in some
        ]
        return [type(one).__name__ for one in say_all(tx, wanted, Repeats())]

    outcomes = await db.act(work)
    assert outcomes.count("TooFast") == 2 and outcomes[-30:] == ["Said"] * 30


async def test_a_text_of_a_new_member_has_few_links_names_and_none_is_slipped_in_later(
    db: Database, newcomer: None
) -> None:
    links = " ".join(f"https://a{n}.test" for n in range(NEW.links + 1))
    with pytest.raises(Invalid, match="links"):
        await bo_says(db, links, "k1")
    with pytest.raises(Invalid, match="people"):
        await bo_says(db, "@Ada, @Cy, @Dee, @Eva", "k1")
    await bo_says(db, "https://a.test by @Ada", "k1")
    with pytest.raises(Invalid, match="links"):
        await as_(db, BO, edit_message, 1, links)
    with pytest.raises(Invalid, match="links"):
        await as_(db, BO, start, MARKET, "Rope", links, Lens(), key="t1")


async def test_a_new_member_begins_few_topics_a_day(db: Database, newcomer: None) -> None:
    for n in range(NEW.topics):
        await as_(db, BO, start, MARKET, "Rope", "ahoy", Lens(), key=f"t{n}")
    with pytest.raises(Invalid, match="topics"):
        await as_(db, BO, start, MARKET, "Rope", "ahoy", Lens(), key="more")


async def test_to_strangers_a_new_member_writes_on_when_some_have_answered(
    db: Database, newcomer: None
) -> None:
    rooms = [(await as_(db, BO, begin_direct, other)).id for other in (CY, DEE, EVA)]
    with pytest.raises(Invalid, match="answered"):
        await as_(db, BO, begin_direct, FAY)
    assert (await as_(db, BO, begin_direct, CY)).id == rooms[0]
    await as_(db, CY, say, rooms[0], "ahoy", key="k1")
    await as_(db, BO, begin_direct, FAY)


@pytest.mark.parametrize("who", [CY, ADA, DEE, GUS])
async def test_whoever_was_here_moderates_or_speaks_for_an_office_is_left_alone(
    db: Database, who: int
) -> None:
    if who in (ADA, DEE):
        await db.act(_joined, 0, who)
    for n in range(NEW.an_hour + 1):
        await as_(db, who, say, QUAY, "ahoy", key=f"k{n}")
    assert await db.look(lambda session: known_as(session, session.get_one(Member, who))) is None


async def test_who_is_known_well_costs_no_look_and_new_ones_cost_one_for_all(db: Database) -> None:
    """However many they are."""
    before = await db.act(_statements, [CY, GUS])
    await db.act(_joined, 0, BO)
    await db.act(_joined, 0, GUS)
    one = await db.act(_statements, [CY, BO])
    both = await db.act(_statements, [BO, GUS])
    assert one == both == before + 1


async def test_all_lifts_by_itself(db: Database, newcomer: None) -> None:
    for n in range(NEEDED[Trust.BASIC].said):
        await bo_says(db, "ahoy", f"k{n}")
    await db.act(_earlier, timedelta(days=1), 2)
    await db.act(_joined, 1)
    await db.act(weigh)
    assert (await the(db, Member, BO)).trust == Trust.NEW
    await db.act(_joined, 2)
    links = " ".join(f"https://a{n}.test" for n in range(NEW.links + 1))
    await bo_says(db, links, "now")  # though nobody has looked yet
    await db.act(weigh)
    assert (await the(db, Member, BO)).trust == Trust.BASIC


async def test_a_lost_decision_takes_one_step_and_gives_it_back(db: Database) -> None:
    _post, case = await reported(db)
    await judge(db, ADA, case)
    await db.act(weigh)
    assert (await the(db, Member, BO)).trust == Trust.BASIC
    known = await db.look(lambda session: known_as(session, session.get_one(Member, BO)))
    assert known and known.facts.lost_until
    await db.act(weigh)
    assert (await the(db, Member, CY)).trust == Trust.REGULAR


@given(COUNTS, COUNTS, COUNTS, st.booleans(), st.booleans())
def test_more_time_and_more_words_never_limit_more(
    days: int, said: int, active: int, lost: bool, powers: bool
) -> None:
    steps = [*Trust]
    facts = Facts(days, said, active, None, powers)
    more = facts._replace(days=days + 1, said=said + 1, active=active + 1)
    assert steps.index(step_of(facts)) <= steps.index(step_of(more))
    if powers:
        assert step_of(facts) == Trust.REGULAR


async def test_only_they_see_on_their_page_what_is_limited_and_what_is_still_to_come(
    town: Town,
) -> None:
    await town.db.act(_joined, 0)
    mine = await town.bo.open(f"/members/{BO}")
    assert "While people get to know you" in mine and "2 links" in mine
    assert "5 texts that stand: now 0" in mine
    assert "While people" not in await town.cy.open(f"/members/{BO}")
    assert "While people" not in await town.cy.open(f"/members/{CY}")
    body = " ".join(f"https://a{n}.test" for n in range(3))
    refused = await town.bo.post(f"/channels/{QUAY}/messages", body=body, key="k1")
    assert refused.status_code == 422 and "can have 2 links for now" in refused.text


def _joined(tx: Transaction, days: int, who: int = BO) -> None:
    member = tx.get_one(Member, who)
    member.trust, member.weighed_at = Trust.NEW, now(tx) - timedelta(hours=2)
    member.joined_at = now(tx) - timedelta(days=days, minutes=1)


def _earlier(tx: Transaction, by: timedelta, few: int = 1000) -> None:
    tx.execute(update(Message).where(Message.id <= few).values(written_at=now(tx) - by))


def _statements(tx: Transaction, members: list[int]) -> int:
    asked: list[str] = []
    sayings = []
    for who in members:
        body, key = "ahoy", f"s{len(members)}{who}{now(tx).timestamp()}"
        saying = Saying(member=tx.get_one(Member, who), channel_id=QUAY, body=body,
                        written=spoken(body), key=key)  # fmt: skip
        sayings.append(Spoken(saying, looked_at(body)))

    def write(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    bind = tx.get_bind()
    event.listen(bind, "before_cursor_execute", write)
    say_all(tx, sayings, Repeats())
    event.remove(bind, "before_cursor_execute", write)
    return sum(" AS count" in one or "count(*)" in one for one in asked)
