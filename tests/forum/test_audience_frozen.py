"""What holds of every announcement, whatever happens: its audience is who belonged to it when it
was published, and to acknowledge it again changes nothing."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from community.clock import now
from community.database import Database, Transaction
from community.errors import NotFound
from community.members.models import Member, MemberCluster
from community.organisations.granting import give_mandate
from community.organisations.models import Mandate, MandateRole, Organisation
from forum.announcements.acknowledging import acknowledge
from forum.announcements.answers import Answer
from forum.announcements.events import AnnouncementAcknowledged
from forum.announcements.joining_late import add_late_ones
from forum.announcements.models import Audience, Receipt
from forum.announcements.reminding import remind_due
from tests.cast import ADA, BO, CY, DODOL, GUS, LEATHER
from tests.forum.acknowledging import called

WHO = [ADA, BO, CY, GUS]
AUDIENCES = [
    Audience(region="32"), Audience(cluster="food"), Audience(kind="brand"), Audience(role="owner"),
    Audience(region="32", kind="industry_region"), Audience(),
]  # fmt: skip
CHANGES = ["move in", "move out", "take a cluster", "speak", "end", "acknowledge", "unverify"]
EXAMPLES = 40


class Undone(Exception):
    """So that each example begins from the same."""


@settings(max_examples=EXAMPLES)
@given(
    audience=some.sampled_from(AUDIENCES),
    changes=some.lists(some.tuples(some.sampled_from(CHANGES), some.sampled_from(WHO)), max_size=8),
    by_organisation=some.booleans(),
)
async def test_whatever_members_become_the_audience_is_frozen(
    db: Database, audience: Audience, changes: list[tuple[str, int]], by_organisation: bool
) -> None:
    def play(tx: Transaction) -> None:
        call = called(tx, audience=audience, by_organisation=by_organisation)
        told, asked = _told(tx), _asked(tx)
        for change, member in changes:
            _change(tx, change, tx.get_one(Member, member), call.id)
            add_late_ones(tx)
            remind_due(tx)
            assert _told(tx) == told and _asked(tx) == asked
        raise Undone

    with pytest.raises(Undone):
        await db.act(play)


@settings(max_examples=EXAMPLES)
@given(
    who=some.lists(some.sampled_from(WHO), max_size=12),
    by_organisation=some.booleans(),
    colleagues=some.booleans(),
)
async def test_to_acknowledge_it_again_changes_nothing(
    db: Database, who: list[int], by_organisation: bool, colleagues: bool
) -> None:
    """Whoever does, in whatever order and however often: the first moment stays, and who it was;
    the office is told of each once."""

    def play(tx: Transaction) -> None:
        cy = tx.get_one(Member, CY)
        cy.region = "32.05"
        if colleagues:
            give_mandate(tx, cy, tx.get_one(Organisation, DODOL), MandateRole.SPEAKER)
        call, first = called(tx, by_organisation=by_organisation), dict[str, object]()
        told = _told(tx)
        tx.events.clear()
        for member in who:
            _acknowledge(tx, tx.get_one(Member, member), call.id)
            for one, answer in _answers(tx).items():
                assert first.setdefault(one, answer) == answer
            assert first == _answers(tx)
        rings = [one for one in tx.events if isinstance(one, AnnouncementAcknowledged)]
        assert len(rings) == len(set(who) & told)
        assert _told(tx) == told
        raise Undone

    with pytest.raises(Undone):
        await db.act(play)


def _told(tx: Transaction) -> set[int]:
    return set(tx.scalars(select(Receipt.member_id)))


def _asked(tx: Transaction) -> set[int]:
    return set(tx.scalars(select(Answer.organisation_id)))


def _answers(tx: Transaction) -> dict[str, object]:
    """Of members and of organisations: when it was given, and by whom."""
    tx.flush()
    receipts = select(Receipt).where(Receipt.acknowledged_at.is_not(None))
    members = {f"member {one.member_id}": one.acknowledged_at for one in tx.scalars(receipts)}
    answers = select(Answer).where(Answer.acknowledged_at.is_not(None))
    return members | {
        f"organisation {one.organisation_id}": (one.acknowledged_at, one.member_id)
        for one in tx.scalars(answers)
    }


def _acknowledge(tx: Transaction, member: Member, announcement: int) -> None:
    tx.forget_turns()  # each in a transaction of their own, as it were
    with suppress(NotFound):
        acknowledge(tx, member, announcement)


def _change(tx: Transaction, change: str, member: Member, announcement: int) -> None:
    match change:
        case "move in":
            member.region = "32.05"
        case "move out":
            member.region = "33.01"
        case "take a cluster" if not tx.get(MemberCluster, (member.id, "food")):
            tx.add(MemberCluster(member_id=member.id, cluster="food"))
        case "speak" if not _mandates(tx, member):
            give_mandate(tx, member, tx.get_one(Organisation, DODOL), MandateRole.OWNER)
        case "end":
            for mandate in _mandates(tx, member):
                mandate.ended_at = now(tx)
        case "acknowledge":
            _acknowledge(tx, member, announcement)
        case "unverify":
            tx.get_one(Organisation, LEATHER).level = 0
    tx.flush()


def _mandates(tx: Transaction, member: Member) -> list[Mandate]:
    live = select(Mandate).where(Mandate.member_id == member.id, Mandate.ended_at.is_(None))
    return list(tx.scalars(live))
