"""What one may not do in a channel, one may not do in the threads beside it."""

import pytest

from channels.actions import edit, hide_message, say
from channels.hosting import silence
from channels.joining import remove
from channels.models import Message
from channels.pinning import pin
from channels.reactions import react
from channels.threads import begin
from community.database import Database
from community.errors import Denied
from community.notices.models import Notice, NoticeKind
from community.reactions import Word
from moderation.muting import mute_in
from tests.cast import ADA, BO, CABIN, CY, FAY, QUAY
from tests.moderation.reporting import as_, rows


async def talk_beside(db: Database, channel: int = QUAY) -> int:
    """Begun at a message of Bo's; in it another one of theirs, the second there is."""
    await as_(db, BO, say, channel, "who has rope?", key="k1")
    thread = (await as_(db, ADA, begin, 1)).id
    await as_(db, BO, say, thread, "or tar?", key="k2")
    return thread


async def refused(db: Database, who: int, thread: int, why: str) -> None:
    for message in (1, 2):
        with pytest.raises(Denied, match=why):
            await as_(db, who, react, message, Word.THANKS)
    with pytest.raises(Denied, match=why):
        await as_(db, who, say, thread, "aye", key="k3")


async def test_a_mute_by_a_moderator_holds_beside_the_channel(db: Database) -> None:
    thread = await talk_beside(db)
    await as_(db, ADA, mute_in, 1, hours=1, because="Three times today.")
    await refused(db, BO, thread, "You are muted in this channel")
    with pytest.raises(Denied, match="You are muted"):
        await as_(db, BO, edit, 2, "or glue?")
    await as_(db, CY, say, QUAY, "ahoy", key="k6")
    with pytest.raises(Denied, match="You are muted"):
        await as_(db, BO, begin, 3)
    await as_(db, BO, say, CABIN, "elsewhere as before", key="k4")


async def test_where_nothing_is_said_for_now_nothing_is_done_beside_it(db: Database) -> None:
    thread = await talk_beside(db)
    await as_(db, FAY, silence, QUAY)
    await refused(db, CY, thread, "Nothing can be said here for now")
    with pytest.raises(Denied, match="for now"):
        await as_(db, ADA, pin, 2)


async def test_beside_what_is_hidden_nobody_reacts_or_pins(db: Database) -> None:
    await talk_beside(db)
    await db.act(lambda tx: hide_message(tx, tx.get_one(Message, 1)))
    with pytest.raises(Denied, match="for now"):
        await as_(db, CY, react, 2, Word.THANKS)
    with pytest.raises(Denied, match="for now"):
        await as_(db, ADA, pin, 2)


async def test_who_left_a_private_channel_is_not_called_back_from_beside_it(db: Database) -> None:
    thread = await talk_beside(db, CABIN)
    await as_(db, ADA, remove, CABIN, BO)
    await as_(db, ADA, say, thread, "@Bo knows", key="k5")
    await as_(db, ADA, edit, 3, "@Bo and @Cy know")
    assert not [one for one in await rows(db, Notice) if one.kind == NoticeKind.MENTION]
