"""What hosts may do, and what nobody does while they are muted or nothing is said."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from channels.direct import found_group, name_group
from channels.hosting import archive, describe, hold_whole, set_muted, silence
from channels.joining import give_role, invite, remove
from channels.models import ChannelRole, Membership
from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied
from community.members.actions import set_muted_until
from community.members.models import Member
from tests.cast import ADA, BO, CABIN, CY, FAY, MARKET, QUAY
from tests.moderation.reporting import as_
from tests.moderation.reporting import say as said
from web.crossings import NewTopic, make_topic


def _host(tx: Transaction, member: int, channel: int) -> Member:
    tx.get_one(Membership, (channel, member)).role = ChannelRole.HOST
    return tx.get_one(Member, member)


async def test_no_host_takes_the_role_of_another_away(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo, cy = _host(tx, BO, QUAY), _host(tx, CY, QUAY)
        with pytest.raises(Denied, match="another host"):
            give_role(tx, cy, QUAY, BO, ChannelRole.MEMBER)
        assert tx.get_one(Membership, (QUAY, BO)).role == ChannelRole.HOST
        give_role(tx, cy, QUAY, CY, ChannelRole.MEMBER)
        give_role(tx, bo, QUAY, CY, ChannelRole.HOST)
        give_role(tx, tx.get_one(Member, FAY), QUAY, CY, ChannelRole.MEMBER)

    await db.act(story)


@pytest.mark.parametrize("everywhere", [True, False])
async def test_who_is_muted_writes_nothing_as_host_either(db: Database, everywhere: bool) -> None:
    def story(tx: Transaction) -> None:
        bo = _host(tx, BO, CABIN)
        group = found_group(tx, bo)
        if everywhere:
            set_muted_until(tx, bo, now(tx))
        else:
            set_muted(tx, hold_whole(tx, bo, CABIN), BO, now(tx))
        for refused in (
            partial(describe, tx, bo, CABIN, about="Buy rope", notice="here"),
            partial(invite, tx, bo, CABIN, CY),
            partial(remove, tx, bo, CABIN, ADA),
            partial(give_role, tx, bo, CABIN, ADA, ChannelRole.HOST),
        ):
            tx.forget_turns()
            with pytest.raises(Denied, match="You are muted"):
                refused()
        tx.forget_turns()
        among_few = (
            partial(name_group, tx, bo, group.id, "x"),
            partial(invite, tx, bo, group.id, CY),
        )
        for verb in among_few:
            if everywhere:
                with pytest.raises(Denied, match="You are muted"):
                    verb()
            else:
                verb()

    await db.act(story)


@pytest.mark.parametrize("over", [archive, silence])
async def test_where_nothing_is_said_only_moderators_carry_something_out(
    db: Database, over: Callable[..., Any]
) -> None:
    ids = [await said(db, BO)]
    await as_(db, FAY, over, QUAY)
    with pytest.raises(Denied):
        await as_(db, BO, make_topic, QUAY, ids, NewTopic("Rope", MARKET))
    await as_(db, ADA, make_topic, QUAY, ids, NewTopic("Rope", MARKET))
