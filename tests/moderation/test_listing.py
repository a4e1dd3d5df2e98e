"""The queue under filters: what is due first, page after page, and counts that are exact."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy.orm import Session

from community import clock
from community.database import Database, Transaction
from community.members.models import Member
from community.places import Lens
from moderation.appeals import appeal
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import rule
from moderation.models import Case, Ruling, SubjectKind
from moderation.queue import listing
from moderation.queue.filtering import ALL, KINDS, Age, Apart, Show, Wanted
from moderation.queue.listing import queue_page
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS
from tests.moderation.ordering import ordered
from tests.moderation.reporting import (
    MESSAGE,
    as_,
    judge,
    report,
    reported,
    say,
    start,
    take,
    the,
    write,
)
from tests.plans import scanned

UPHELD = Judgement(Ruling.UPHOLD, "spam", "I see it as my colleague did.")
LATER = timedelta(hours=30)


async def listed(db: Database, wanted: Wanted = ALL, who: int = ADA) -> list[int]:
    """Page after page."""

    def all_pages(session: Session) -> list[int]:
        moderator, found = session.get_one(Member, who), list[int]()
        while rows := queue_page(session, moderator, wanted, found[-1] if found else 0).rows:
            found += [row.case.id for row in rows]
        return found

    return await db.look(all_pages)


async def counts(db: Database, wanted: Wanted, who: int = ADA) -> dict[Show, int]:
    return await db.look(lambda s: queue_page(s, s.get_one(Member, who), wanted).counts)


async def furnished(db: Database) -> None:
    """Eight cases: of several reasons and ages, one claimed, one decided, two with a place."""
    for number, reason in enumerate(("spam", "doxxing", "off_topic", "spam")):
        await report(db, await write(db, body=f"rope {number}"), CY, reason)
    await report(db, await say(db), CY, "hoax", MESSAGE)
    for place in (Lens("32.05", "food"), Lens("31.71")):
        await report(db, await start(db, BO, place), CY)
    await take(db, ADA, 1)
    await judge(db, EVA, 2)
    await reported(db, by=DEE)


async def test_pages_follow_each_other_and_lose_nothing(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await furnished(db)
    whole = await listed(db)
    assert len(whole) == 7 and whole == sorted(whole, key=await _due(db))
    assert await listed(db, Wanted("decided")) == [2]
    monkeypatch.setattr(listing, "PAGE", 2)
    assert await listed(db) == whole
    assert await listed(db, Wanted("mine")) == [1]


async def test_counts_are_those_of_the_lists_under_every_filter(db: Database) -> None:
    await furnished(db)
    filters = product(
        ("", "spam", "hoax"),
        (None, 1, 3),
        (None, SubjectKind.POST, SubjectKind.MESSAGE, SubjectKind.REGISTRATION),
        (Lens(), Lens("32"), Lens("32.05", "food")),
    )
    for reason, priority, kind, lens in filters:
        wanted = Wanted("waiting", reason, priority, kind, lens=lens)
        shown = {show: await listed(db, wanted._replace(show=show)) for show in listing.COUNTED}
        assert await counts(db, wanted) == {show: len(ids) for show, ids in shown.items()}


async def test_kinds_and_places(db: Database) -> None:
    await furnished(db)
    assert await listed(db, Wanted(kind=MESSAGE)) == [5]
    assert await listed(db, Wanted(lens=Lens("32"))) == [6]
    assert await listed(db, Wanted(kind=SubjectKind.POST, lens=Lens("31.71"))) == [7]


async def test_appeals_orders_and_each_kind_have_their_list_and_exact_counts(db: Database) -> None:
    await furnished(db)
    decided = await judge(db, ADA, 4)
    await as_(db, BO, appeal, decided.id, "It was one offer.")
    await ordered(db, f"/posts/{await write(db, DEE, 'for the office')}")
    profile = await report(db, GUS, CY, kind=SubjectKind.PROFILE)
    assert await listed(db, Wanted(kind=Apart.APPEAL)) == [4]
    assert await listed(db, Wanted(kind=Apart.ORDER), FAY) == [9]
    assert await listed(db, Wanted(kind=SubjectKind.PROFILE)) == [profile]
    for kind in KINDS.values():
        for who in (ADA, FAY):
            shown = len(await listed(db, Wanted(kind=kind), who))
            assert (await counts(db, Wanted(kind=kind), who))["waiting"] == shown
    version = await take(db, EVA, 4)
    await as_(db, EVA, rule, 4, UPHELD, version=version, key="anew")
    assert await listed(db, Wanted(kind=Apart.APPEAL)) == []
    assert await listed(db, Wanted("decided", kind=Apart.APPEAL)) == [4]


async def test_ages(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim for personal data is due in four hours, spam in a day, what is off topic in seven."""
    await furnished(db)
    assert await listed(db, Wanted(age=Age.NEW)) == await listed(db)
    assert await listed(db, Wanted(age=Age.LATE)) == []
    spam = [1, 4, 6, 7, 8]
    assert sorted(await listed(db, Wanted(age=Age.DAY))) == [*spam[:2], 5, *spam[2:]]
    monkeypatch.setattr(clock, "ahead", timedelta(hours=23, minutes=30))
    assert sorted(await listed(db, Wanted(age=Age.HOUR, reason="spam"))) == spam
    monkeypatch.setattr(clock, "ahead", LATER)
    assert sorted(await listed(db, Wanted(age=Age.LATE, reason="spam"))) == spam
    assert await listed(db, Wanted(age=Age.NEW)) == []
    monkeypatch.setattr(clock, "ahead", timedelta(days=8))
    assert len(await listed(db, Wanted(age=Age.OLD))) == 7
    assert (await counts(db, Wanted(age=Age.OLD)))["waiting"] == 7


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(lens=Lens("32")),
        Wanted(kind=MESSAGE),
        Wanted("decided"),
        Wanted("decided", kind=Apart.ORDER),
        Wanted("decided", kind=Apart.APPEAL),
    ],
)
async def test_no_page_looks_through_what_was_ever_decided_or_written(
    db: Database, wanted: Wanted
) -> None:
    """However old the queue and however large the forum."""
    await furnished(db)

    def story(tx: Transaction) -> None:
        moderator = tx.get_one(Member, ADA)
        with scanned(tx) as tables:
            queue_page(tx, moderator, wanted)
        assert not tables & {"evidence", "posts", "topics", "members", "messages", "flags"}

    await db.act(story)


async def _due(db: Database) -> Callable[[int], tuple[datetime, int]]:
    cases = {id: (await the(db, Case, id)).due_at for id in range(1, 9)}
    return lambda id: (cases[id], id)
