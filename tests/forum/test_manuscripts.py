"""From the first word to the publication: states, four eyes, minutes that pass, on both set-ups."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from community import clock
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import Kind, Mandate, MandateRole, Organisation
from community.site import Seconding, change_publishing
from forum.announcements.models import Announcement, Audience, Draft, Purpose
from forum.manuscripts.actions import (
    approve,
    decline,
    drop,
    hand_in,
    publish_due,
    rewrite,
    take_back,
    write,
)
from forum.manuscripts.models import AT_ONCE, WAYS, Manuscript, Plan, State
from forum.manuscripts.policies import A_DAY_MOST, URGENT_MOST
from tests.cast import ADA, BO, BO_FOR_DODOL, CY, DEE, DEE_FOR_OFFICE, EVA, FAY, HARBOUR_OFFICE
from tests.forum.announcing import HARBOUR, publish
from tests.moderation.reporting import as_, rows, the

NATIONAL = HARBOUR._replace(audience=Audience())
SOON = timedelta(hours=1)


Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return lambda by: monkeypatch.setattr(clock, "ahead", by)


@pytest.fixture
async def colleagues(db: Database) -> None:
    """Cy and Eva speak for the office, too."""

    def offer(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        for one in (CY, EVA):
            give_mandate(tx, tx.get_one(Member, one), office, MandateRole.SPEAKER)

    await db.act(offer)


async def draft(db: Database, what: Draft = NATIONAL, plan: Plan = AT_ONCE, key: str = "k1") -> int:
    return (await as_(db, DEE, write, DEE_FOR_OFFICE, what, plan, key=key)).id


async def handed_in(db: Database, what: Draft = NATIONAL, plan: Plan = AT_ONCE) -> int:
    id = await draft(db, what, plan)
    await as_(db, DEE, hand_in, id, version=1)
    return id


async def state_of(db: Database, id: int) -> str:
    return (await the(db, Manuscript, id)).state


async def planned(db: Database, late: bool) -> int:
    at = await db.look(now) + SOON
    return await handed_in(db, HARBOUR, Plan(at, late))


async def told(db: Database, kind: NoticeKind) -> list[int]:
    return sorted(one.member_id for one in await rows(db, Notice) if one.kind == kind)


async def test_a_draft_is_no_announcement(db: Database) -> None:
    await draft(db)
    assert await rows(db, Announcement) == []
    assert await told(db, NoticeKind.ANNOUNCEMENT) == []


async def test_writing_twice_is_writing_once(db: Database) -> None:
    assert await draft(db) == await draft(db)
    with pytest.raises(Conflict, match="used for something else"):
        await draft(db, HARBOUR)


@pytest.mark.usefixtures("colleagues")
async def test_one_for_the_whole_country_waits_for_a_second_person(db: Database) -> None:
    id = await handed_in(db)
    assert await state_of(db, id) == State.WAITING
    assert await rows(db, Announcement) == []
    assert await told(db, NoticeKind.APPROVAL) == [CY, EVA]
    with pytest.raises(Denied, match="wrote part of it"):
        await as_(db, DEE, approve, id, version=2)
    done = await as_(db, CY, approve, id, version=2)
    (announcement,) = await rows(db, Announcement)
    assert done.became_id == announcement.id and announcement.author_id == DEE
    assert (await the(db, Manuscript, id)).approved_by_id == CY
    assert await told(db, NoticeKind.APPROVED) == [DEE]


@pytest.mark.usefixtures("colleagues")
async def test_who_wrote_any_of_it_does_not_approve_it(db: Database) -> None:
    """Not even where somebody else handed it in."""
    id = await draft(db)
    await as_(db, CY, rewrite, id, NATIONAL._replace(title="Another"), AT_ONCE, version=1)
    await as_(db, DEE, hand_in, id, version=2)
    for writer in (DEE, CY):
        with pytest.raises(Denied, match="wrote part of it"):
            await as_(db, writer, approve, id, version=3)
    await as_(db, EVA, approve, id, version=3)


@pytest.mark.usefixtures("colleagues")
async def test_of_two_who_approve_at_once_one_does_and_the_other_is_told(db: Database) -> None:
    id = await handed_in(db)
    both = (as_(db, who, approve, id, version=2) for who in (CY, EVA))
    done = await asyncio.gather(*both, return_exceptions=True)
    (refused,) = (one for one in done if isinstance(one, BaseException))
    assert isinstance(refused, Conflict) and "changed it meanwhile" in refused.sentence
    assert len(await rows(db, Announcement)) == 1


@pytest.mark.usefixtures("colleagues")
async def test_approving_twice_is_approving_once(db: Database) -> None:
    id = await handed_in(db)
    first = await as_(db, CY, approve, id, version=2)
    again = await as_(db, CY, approve, id, version=2)
    assert first.became_id == again.became_id
    assert len(await rows(db, Announcement)) == 1


@pytest.mark.usefixtures("colleagues")
async def test_what_is_declined_goes_back_with_the_reason(db: Database) -> None:
    id = await handed_in(db)
    with pytest.raises(Invalid, match="Say why"):
        await as_(db, CY, decline, id, " ", version=2)
    await as_(db, CY, decline, id, "Friday is a holiday.", version=2)
    one = await the(db, Manuscript, id)
    assert (one.state, one.because) == (State.WRITTEN, "Friday is a holiday.")
    assert await told(db, NoticeKind.APPROVED) == [DEE]
    await as_(db, DEE, rewrite, id, NATIONAL, AT_ONCE, version=3)
    await as_(db, DEE, hand_in, id, version=4)
    assert await state_of(db, id) == State.WAITING


@pytest.mark.parametrize(
    ("seconding", "audience", "waits"),
    [
        (Seconding.NATIONAL, Audience(), True),
        (Seconding.NATIONAL, Audience(region="32"), False),
        (Seconding.NATIONAL, Audience(kind="brand"), True),
        (Seconding.ALWAYS, Audience(region="32"), True),
        (Seconding.NEVER, Audience(), False),
    ],
)
async def test_who_has_to_approve_is_a_setting(
    db: Database, seconding: Seconding, audience: Audience, waits: bool
) -> None:
    await as_(db, FAY, change_publishing, seconding=seconding, facilitators=False)
    id = await handed_in(db, HARBOUR._replace(audience=audience))
    assert (await state_of(db, id) == State.WAITING) is waits


async def test_facilitators_publish_where_the_community_lets_them(db: Database) -> None:
    def facilitate(tx: Transaction) -> None:
        tx.get_one(Organisation, HARBOUR_OFFICE).kind = Kind.FACILITATOR

    await db.act(facilitate)
    with pytest.raises(Denied, match="verified government"):
        await draft(db)
    await as_(db, FAY, change_publishing, seconding=Seconding.NEVER, facilitators=True)
    assert await state_of(db, await handed_in(db)) == State.PUBLISHED


async def test_it_is_seen_by_its_office_alone(db: Database) -> None:
    id = await draft(db)
    for stranger in (ADA, BO, CY, EVA, FAY):
        for verb in (
            partial(hand_in, version=1), partial(approve, version=1), partial(drop, version=1),
            partial(take_back, version=1),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                await as_(db, stranger, verb, id)
    with pytest.raises(Denied, match="verified government"):
        await as_(db, BO, write, BO_FOR_DODOL, HARBOUR, key="k2")
    with pytest.raises(Denied, match="no mandate"):
        await as_(db, BO, write, DEE_FOR_OFFICE, HARBOUR, key="k2")


@pytest.mark.usefixtures("colleagues")
async def test_an_audience_is_not_changed_once_it_is_handed_in(db: Database) -> None:
    id = await handed_in(db)
    wider = NATIONAL._replace(audience=Audience(kind="brand"))
    with pytest.raises(Denied, match="Take it back first"):
        await as_(db, DEE, rewrite, id, wider, AT_ONCE, version=2)
    await as_(db, CY, approve, id, version=2)
    with pytest.raises(Denied, match="Take it back first"):
        await as_(db, DEE, rewrite, id, wider, AT_ONCE, version=3)
    (announcement,) = await rows(db, Announcement)
    assert announcement.audience == Audience()


async def test_what_somebody_else_changed_is_looked_at_again(db: Database) -> None:
    id = await draft(db, HARBOUR)
    await as_(db, DEE, rewrite, id, HARBOUR, AT_ONCE, version=1)
    with pytest.raises(Conflict, match="changed it meanwhile"):
        await as_(db, DEE, hand_in, id, version=1)


# Minutes


async def test_at_its_minute_it_is_published_once(db: Database, later: Later) -> None:
    id = await planned(db, late=False)
    await db.act(publish_due)
    assert await state_of(db, id) == State.PLANNED
    later(SOON)
    for _ in range(2):
        await db.act(publish_due)
    assert await state_of(db, id) == State.PUBLISHED
    assert len(await rows(db, Announcement)) == 1


@pytest.mark.parametrize(("late", "became"), [(True, State.PUBLISHED), (False, State.SKIPPED)])
async def test_where_the_server_was_down_over_it_it_comes_late_or_not_at_all(
    db: Database, later: Later, late: bool, became: State
) -> None:
    id = await planned(db, late)
    later(SOON + timedelta(hours=3))
    for _ in range(2):
        await db.act(publish_due)
    assert await state_of(db, id) == became
    assert len(await rows(db, Announcement)) == (became == State.PUBLISHED)
    assert await told(db, NoticeKind.SKIPPED) == ([DEE] if became == State.SKIPPED else [])


async def test_of_whom_the_mandate_ended_nothing_is_published(db: Database, later: Later) -> None:
    id = await planned(db, late=True)

    def end(tx: Transaction) -> None:
        tx.get_one(Mandate, DEE_FOR_OFFICE).ended_at = now(tx)

    await db.act(end)
    later(SOON)
    await db.act(publish_due)
    one = await the(db, Manuscript, id)
    assert one.state == State.SKIPPED and "may not publish" in one.because
    assert await rows(db, Announcement) == []


async def test_what_is_planned_can_be_taken_back(db: Database, later: Later) -> None:
    id = await planned(db, late=True)
    await as_(db, DEE, take_back, id, version=2)
    later(2 * SOON)
    await db.act(publish_due)
    assert await state_of(db, id) == State.WRITTEN and await rows(db, Announcement) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"acknowledge_by": timedelta(hours=-1)}, "has passed already"),
        ({"expires_at": timedelta(hours=-1)}, "would expire"),
        ({"acknowledge_by": timedelta(days=2), "expires_at": timedelta(days=1)}, "would expire"),
    ],
)
async def test_dates_that_cannot_be_kept_are_not_stored(
    db: Database, wrong: dict[str, timedelta], why: str
) -> None:
    at = await db.look(now)
    dates = {name: at + length for name, length in wrong.items()}
    with pytest.raises(Invalid, match=why):
        await draft(db, HARBOUR._replace(**dates))  # type: ignore[arg-type]


async def test_a_deadline_that_passed_while_it_waited_is_noticed(
    db: Database, later: Later
) -> None:
    at = await db.look(now)
    id = await draft(db, HARBOUR._replace(acknowledge_by=at + SOON))
    later(2 * SOON)
    with pytest.raises(Denied, match="passed already"):
        await as_(db, DEE, hand_in, id, version=1)


async def test_an_office_does_not_shout(db: Database, later: Later) -> None:
    urgent = HARBOUR._replace(purpose=Purpose.URGENT)
    for n in range(URGENT_MOST):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, urgent, key=f"u{n}")
    with pytest.raises(Denied, match="urgent announcements a day"):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, urgent, key="more")
    for n in range(A_DAY_MOST - URGENT_MOST):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key=f"k{n}")
    with pytest.raises(Denied, match="announcements a day"):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key="k99")
    later(timedelta(days=1))
    await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key="tomorrow")


def test_every_state_is_reached_and_left_as_the_table_says() -> None:
    reached: set[State] = {State.WRITTEN}
    for _ in State:
        reached |= {to for (state, _step), to in WAYS.items() if state in reached}
    assert reached == set(State)
    assert {state for state, _step in WAYS} == set(State) - {State.PUBLISHED, State.DROPPED}
