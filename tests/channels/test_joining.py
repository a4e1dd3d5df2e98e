"""Who is in a channel, who hosts it, and how much they hear of it."""

from functools import partial

import pytest
from sqlalchemy import select

from channels.actions import say
from channels.direct import MOST, begin, found_group, name_group, people_called, renamed
from channels.hosting import archive, describe, set_callers, set_pace, silence, unarchive
from channels.joining import favour, give_role, hear, invite, join, leave, remove
from channels.listing import channel_list, channels_listed, few_listed
from channels.models import Callers, Channel, ChannelRole, ChannelState, HearingLevel, Membership
from channels.queries import unread_messages
from channels.rooms import room_for
from channels.threads import begin as begin_thread
from community.blocks import Extent, keep_away
from community.database import Database, Transaction
from community.errors import Conflict, Denied, NotFound
from community.members.actions import join as join_community
from community.members.models import Member
from community.notices.models import Notice
from community.places import Lens
from tests.cast import ADA, BO, CABIN, CY, DEE, FAY, QUAY
from tests.hashing import hash_password


def who_in(tx: Transaction, channel: int) -> set[int]:
    joined = select(Membership.member_id).where(Membership.channel_id == channel)
    return set(tx.scalars(joined))


def notices_of(tx: Transaction, member: int) -> list[tuple[str, str]]:
    told = select(Notice).where(Notice.member_id == member).order_by(Notice.id)
    return [(one.kind, one.about["title"]) for one in tx.scalars(told)]


def unread_of(tx: Transaction, member: int) -> int:
    return tx.scalars(unread_messages(tx.get_one(Member, member))).one()


def _host(tx: Transaction, member: int, channel: int) -> Member:
    tx.get_one(Membership, (channel, member)).role = ChannelRole.HOST
    return tx.get_one(Member, member)


async def test_a_public_channel_is_joined_and_left_and_what_was_said_before_is_read(
    db: Database,
) -> None:
    def story(tx: Transaction) -> None:
        dee, bo = tx.get_one(Member, DEE), tx.get_one(Member, BO)
        say(tx, bo, QUAY, "ahoy", key="k1")
        for _twice in range(2):
            join(tx, dee, QUAY)
        assert unread_of(tx, DEE) == 0 and DEE in who_in(tx, QUAY)
        say(tx, bo, QUAY, "aye", key="k2")
        assert unread_of(tx, DEE) == 1
        for _twice in range(2):
            leave(tx, dee, QUAY)
        assert unread_of(tx, DEE) == 0 and DEE not in who_in(tx, QUAY)
        with pytest.raises(NotFound):
            join(tx, dee, CABIN)

    await db.act(story)


async def test_a_host_invites_into_a_private_channel_and_they_are_told(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        with pytest.raises(Denied, match="Only hosts"):
            invite(tx, bo, CABIN, CY)
        tx.forget_turns()
        with pytest.raises(Denied, match="without an invitation"):
            invite(tx, bo, QUAY, DEE)
        tx.forget_turns()
        _host(tx, BO, CABIN)
        for _twice in range(2):
            invite(tx, bo, CABIN, CY)
        assert CY in who_in(tx, CABIN) and notices_of(tx, CY) == [("invited", "cabin")]
        keep_away(tx, tx.get_one(Member, DEE), BO, Extent.BLOCKED)
        with pytest.raises(Denied, match="cannot invite"):
            invite(tx, bo, CABIN, DEE)
        remove(tx, bo, CABIN, CY)
        assert CY not in who_in(tx, CABIN)
        with pytest.raises(NotFound):
            invite(tx, tx.get_one(Member, CY), CABIN, DEE)

    await db.act(story)


async def test_one_host_stays_and_administrators_reach_all(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo = _host(tx, BO, QUAY)
        with pytest.raises(Denied, match="only host"):
            leave(tx, bo, QUAY)
        with pytest.raises(Denied, match="only host"):
            give_role(tx, bo, QUAY, BO, ChannelRole.MEMBER)
        give_role(tx, bo, QUAY, CY, ChannelRole.HOST)
        with pytest.raises(Denied, match="remove no hosts"):
            remove(tx, bo, QUAY, CY)
        leave(tx, bo, QUAY)
        tx.forget_turns()
        fay = tx.get_one(Member, FAY)
        give_role(tx, fay, CABIN, BO, ChannelRole.HOST)
        assert describe(tx, fay, CABIN, about="rope", notice="knots at nine").notice
        with pytest.raises(Denied, match="Only hosts"):
            describe(tx, tx.get_one(Member, ADA), CABIN, about="", notice="")

    await db.act(story)


async def test_a_host_sets_state_and_pace_and_nobody_else_does(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo, cy = _host(tx, BO, QUAY), tx.get_one(Member, CY)
        rev = tx.get_one(Channel, QUAY).rev
        assert silence(tx, bo, QUAY).state == ChannelState.READ_ONLY
        assert archive(tx, bo, QUAY).state == ChannelState.ARCHIVED
        assert set_pace(tx, bo, QUAY, 30).slow_seconds == 30
        channel = tx.get_one(Channel, QUAY)
        assert channel.rev == channel.changed_rev == rev + 3
        assert set_callers(tx, bo, QUAY, Callers.NOBODY).callers == Callers.NOBODY
        everybody = partial(set_callers, callers=Callers.EVERYBODY)
        for verb in (silence, archive, unarchive, partial(set_pace, seconds=0), everybody):
            with pytest.raises(Denied, match="Only hosts"):
                verb(tx, cy, QUAY)

    await db.act(story)


@pytest.mark.parametrize(
    ("level", "unread", "told"), [("all", 2, 1), ("mentions", 0, 1), ("nothing", 0, 0)]
)
async def test_a_level_says_what_is_unread_and_what_makes_a_notice(
    db: Database, level: str, unread: int, told: int
) -> None:
    def story(tx: Transaction) -> None:
        cy, bo = tx.get_one(Member, CY), tx.get_one(Member, BO)
        hear(tx, cy, QUAY, HearingLevel(level))
        say(tx, bo, QUAY, "ahoy @Cy", key="k1")
        say(tx, bo, QUAY, "aye", key="k2")
        (listed,) = channels_listed(tx, cy)
        assert (unread_of(tx, CY), listed.unread, len(notices_of(tx, CY))) == (unread, unread, told)
        assert room_for(tx, cy, QUAY).unread == 2  # on the page itself the line stands all the same
        with pytest.raises(Conflict, match="Join"):
            hear(tx, tx.get_one(Member, DEE), QUAY, HearingLevel.NOTHING)

    await db.act(story)


async def test_a_direct_room_is_one_for_all_time_and_called_by_the_other(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo, cy = tx.get_one(Member, BO), tx.get_one(Member, CY)
        room = begin(tx, bo, CY)
        assert begin(tx, cy, BO) is room and who_in(tx, room.id) == {BO, CY}
        assert few_listed(tx, cy) == []  # nothing was said yet
        for key in ("k1", "k2"):
            say(tx, bo, room.id, "psst", key=key)
        (listed,) = few_listed(tx, cy)
        assert (listed.name, listed.unread) == ("Bo", 2)
        assert room_for(tx, bo, room.id).name == "Cy"
        assert notices_of(tx, CY) == [("direct", "")]  # once, until it is read
        assert room.id not in {one.channel.id for one in channel_list(tx, cy, Lens()).listed}
        with pytest.raises(Denied, match="stays with its two"):
            leave(tx, bo, room.id)
        with pytest.raises(Denied, match="This is you"):
            begin(tx, bo, BO)

    await db.act(story)


@pytest.mark.parametrize(
    ("keeper", "other", "extent", "sentence"),
    [
        (BO, CY, Extent.BLOCKED, "keep away from"),
        (BO, CY, Extent.MUTED, "keep away from"),
        (CY, BO, Extent.BLOCKED, "cannot write"),
    ],
)
async def test_who_keeps_away_begins_nothing(
    db: Database, keeper: int, other: int, extent: Extent, sentence: str
) -> None:
    def story(tx: Transaction) -> None:
        keep_away(tx, tx.get_one(Member, keeper), other, extent)
        with pytest.raises(Denied, match=sentence):
            begin(tx, tx.get_one(Member, BO), CY)

    await db.act(story)


async def test_who_muted_somebody_is_not_told_of_what_they_write_alone(db: Database) -> None:
    def story(tx: Transaction) -> None:
        room = begin(tx, tx.get_one(Member, BO), CY)
        keep_away(tx, tx.get_one(Member, CY), BO, Extent.MUTED)
        say(tx, tx.get_one(Member, BO), room.id, "psst", key="k1")
        assert notices_of(tx, CY) == []

    await db.act(story)


async def test_a_group_is_called_by_its_people_until_somebody_names_it(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        group = found_group(tx, bo)
        invite(tx, bo, group.id, CY)
        invite(tx, tx.get_one(Member, CY), group.id, DEE)  # whoever is in it
        assert group.name == "Bo, Cy, Dee" and who_in(tx, group.id) == {BO, CY, DEE}
        assert notices_of(tx, DEE) == [("invited", "Bo, Cy")]
        assert [group.name_for(one) for one in (BO, CY, DEE)] == ["Cy, Dee", "Bo, Dee", "Bo, Cy"]
        with pytest.raises(Denied, match="by themselves"):
            remove(tx, bo, group.id, DEE)
        leave(tx, tx.get_one(Member, CY), group.id)
        assert group.name == "Bo, Dee"
        bo.name = "Boris"
        renamed(tx, bo)
        tx.refresh(group)
        assert group.name == "Boris, Dee"
        name_group(tx, bo, group.id, "Rope")
        leave(tx, bo, group.id)
        assert group.name == "Rope"
        for outsider in (BO, ADA, FAY):
            with pytest.raises(NotFound):
                room_for(tx, tx.get_one(Member, outsider), group.id)

    await db.act(story)


async def test_a_group_holds_so_many(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        group = found_group(tx, bo, "Crew")
        for n in range(MOST - 1):
            sailor = join_community(
                tx, name=f"Sailor {n}", email=f"s{n}@harbour.test", password_hash=HASH
            )
            tx.flush()
            invite(tx, bo, group.id, sailor.id)
        with pytest.raises(Denied, match="has room for"):
            invite(tx, bo, group.id, CY)

    await db.act(story)


HASH = hash_password("tali-temali")


async def test_favourites_are_known_in_the_list(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        favour(tx, bo, QUAY, True)
        listed = {one.channel.id: one.favourite for one in channels_listed(tx, bo)}
        assert listed == {QUAY: True, CABIN: False}
        assert [one.name for one in people_called(tx, bo, "b")] == []
        assert [one.name for one in people_called(tx, bo, "ee")] == ["Dee"]

    await db.act(story)


async def test_a_new_name_changes_no_name_that_somebody_gave(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo, cy = tx.get_one(Member, BO), tx.get_one(Member, CY)
        named, unnamed = found_group(tx, bo, "Boat of Bo"), found_group(tx, bo)
        invite(tx, bo, unnamed.id, CY)
        tx.forget_turns()
        say(tx, bo, unnamed.id, "psst", key="k1")
        tx.forget_turns()
        thread = begin_thread(tx, bo, 1)
        tx.forget_turns()
        room = begin(tx, cy, BO)
        bo.name = "Zed"
        renamed(tx, bo)
        tx.flush()
        tx.expire_all()
        names = [tx.get_one(Channel, id).name for id in (named.id, unnamed.id, thread.id, room.id)]
        assert names == ["Boat of Bo", "Zed, Cy", "Zed, Cy", "Zed, Cy"]
        tx.forget_turns()
        name_group(tx, bo, unnamed.id, "Rope")
        assert thread.name == "Rope"

    await db.act(story)


async def test_who_muted_the_inviting_member_is_told_of_no_invitation(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        keep_away(tx, tx.get_one(Member, CY), BO, Extent.MUTED)
        tx.forget_turns()
        group = found_group(tx, bo)
        invite(tx, bo, group.id, CY)
        assert CY in who_in(tx, group.id) and notices_of(tx, CY) == []

    await db.act(story)
