"""However much there is, what a pass in the channels asks is found by an index."""

from channels.actions import edit, say
from channels.direct import begin as begin_direct
from channels.models import Channel
from channels.queries import deaf_in, roles_of, still_in
from channels.reactions import react
from channels.saying import Said, say_all
from channels.threads import begin
from community.blocks import away_among, blocked_among
from community.database import Database, Transaction
from community.members.models import Member
from community.notices.models import NoticeKind
from community.notices.queries import waiting_for
from community.reactions import Word
from tests.cast import ADA, BO, CABIN, CY, FAY, QUAY
from tests.channels.test_saying_together import kinds_of, saying
from tests.plans import scanned


def who(tx: Transaction, member: int) -> Member:
    return tx.get_one(Member, member)


def furnished(tx: Transaction) -> tuple[int, int]:
    """A thread beside the quay, where it is slow, and the direct room of Bo and Cy."""
    say(tx, who(tx, BO), QUAY, "who has rope?", key="k1")
    tx.get_one(Channel, QUAY).slow_seconds = 5
    return begin(tx, who(tx, CY), 1).id, begin_direct(tx, who(tx, BO), CY).id


async def test_a_pass_looks_through_no_table(db: Database) -> None:
    def story(tx: Transaction) -> None:
        thread, direct = furnished(tx)
        tx.flush()
        tx.forget_turns()
        with scanned(tx) as tables:
            sayings = [
                saying(tx, CY, "k2", "@bo, @ada: aye"),
                saying(tx, ADA, "k3", "@cy", channel=thread),
                saying(tx, CY, "k4", channel=direct),
                saying(tx, BO, "k5", channel=CABIN),
            ]
            assert set(kinds_of(say_all(tx, sayings))) == {Said}
        assert not tables
        with scanned(tx) as tables:
            tx.forget_turns()
            react(tx, who(tx, CY), 1, Word.THANKS)
            tx.forget_turns()
            edit(tx, who(tx, CY), 2, "@bo, @ada, @fay: aye")
        assert not tables

    await db.act(story)


async def test_keys_of_two_columns_are_found_by_their_index(db: Database) -> None:
    """And those alone, not each with each."""

    def story(tx: Transaction) -> None:
        pairs = [(ADA, QUAY), (BO, CABIN), (CY, CABIN), (FAY, QUAY), (BO, CABIN)]
        with scanned(tx) as tables:
            assert roles_of(tx, pairs) == {(ADA, QUAY): "member", (BO, CABIN): "member"}
            assert still_in(tx, pairs) == {(ADA, QUAY), (BO, CABIN), (FAY, QUAY)}
            assert not deaf_in(tx, pairs) and not blocked_among(tx, [(ADA, BO), (CY, BO)])
            assert not away_among(tx, [(ADA, who(tx, BO)), (CY, who(tx, BO))])
            assert not waiting_for(tx, NoticeKind.DIRECT, {(ADA, "channel:7"), (BO, "channel:8")})
        assert not tables

    await db.act(story)
