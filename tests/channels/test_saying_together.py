"""Many in one pass: what each is told, in what order, and that a bad one harms nobody else."""

import asyncio

from sqlalchemy import text

from channels.models import Message
from channels.queries import channel_for
from channels.saying import Said, Saying, say_all
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound, Refusal
from community.members.models import Member
from community.streams import changed_after
from community.text import written
from moderation.before.repeats import Repeats
from tests.cast import ADA, BO, CABIN, CY, DEE_FOR_OFFICE, QUAY
from tests.conftest import Town
from web import commands
from web.saying import Sayings


def saying(tx: Transaction, member: int, key: str, body: str = "ahoy", **about: int) -> Saying:
    return Saying(
        member=tx.get_one(Member, member),
        channel_id=about.get("channel", QUAY),
        body=body,
        written=written(body),
        key=key,
        mandate_id=about.get("mandate"),
        parent_id=about.get("parent"),
    )


def kinds_of(outcomes: list[Said | Refusal]) -> list[type[Said | Refusal]]:
    return [type(outcome) for outcome in outcomes]


async def test_hundreds_are_said_in_one_pass_in_the_order_given(db: Database) -> None:
    def story(tx: Transaction) -> None:
        outcomes = say_all(tx, [saying(tx, BO, f"k{n}", f"number {n}") for n in range(300)])
        assert [(one.seq, one.rev) for one in outcomes if isinstance(one, Said)] == [
            (n, n) for n in range(1, 301)
        ]
        channel = channel_for(tx, tx.get_one(Member, CY), QUAY)
        stored = changed_after(tx, Message, channel, 0, most=1_000)
        assert [message.body for message in stored] == [f"number {n}" for n in range(300)]
        assert len(tx.events) == 300

    await db.act(story)


async def test_each_is_answered_for_itself(db: Database) -> None:
    def story(tx: Transaction) -> None:
        outcomes = say_all(
            tx,
            [
                saying(tx, BO, "k1"),
                saying(tx, CY, "k1", channel=CABIN),  # not for Cy's eyes
                saying(tx, BO, "k2", channel=99),
                saying(tx, BO, "k3", mandate=DEE_FOR_OFFICE),
                saying(tx, BO, "k1"),  # again
                saying(tx, BO, "k1", "other words"),
                saying(tx, ADA, "k1", channel=CABIN),
            ],
        )
        assert kinds_of(outcomes) == [Said, NotFound, NotFound, Denied, Said, Conflict, Said]
        assert outcomes[0] == outcomes[4]

    await db.act(story)


async def test_a_pass_full_of_names_asks_in_statements_that_are_short_enough(db: Database) -> None:
    """A driver takes 32,767 values in one; here are 36,000 names."""
    crowd = [" ".join(f"@a{n}x{m} b c d," for m in range(20)) for n in range(450)]

    def story(tx: Transaction) -> None:
        sayings = [saying(tx, BO, f"k{n}", body) for n, body in enumerate(crowd)]
        assert set(kinds_of(say_all(tx, sayings))) == {Said}

    await db.act(story)


async def test_d15_one_that_the_database_refuses_is_refused_alone(town: Town) -> None:
    """A trigger stands for whatever only the database can find wrong with a row."""
    await town.db.act(_forbid_poison)
    sayings = Sayings(town.db, Repeats())
    commanded = [
        commands.Say(channel=QUAY, body="poison" if n == 7 else f"number {n}", key=f"k{n}")
        for n in range(20)
    ]
    told = await asyncio.gather(
        *[await sayings.hear(town.bo.token, one) for one in commanded], return_exceptions=True
    )
    assert isinstance(told[7], Invalid | Conflict)
    said = [one for n, one in enumerate(told) if n != 7]
    assert all(isinstance(one, Said) for one in said)
    assert sorted(one.seq for one in said if isinstance(one, Said)) == list(range(1, 20))


POISON = {
    "sqlite": """CREATE TRIGGER no_poison BEFORE INSERT ON messages WHEN NEW.body = 'poison'
                 BEGIN SELECT RAISE(ABORT, 'poison'); END""",
    "postgresql": """ALTER TABLE messages ADD CONSTRAINT no_poison CHECK (body <> 'poison')""",
}


def _forbid_poison(tx: Transaction) -> None:
    tx.execute(text(POISON[tx.get_bind().dialect.name]))


async def test_a_tab_is_answered_in_the_order_it_asked(town: Town) -> None:
    """It may say more before the first is stored; what comes after waits for all it said."""
    async with town.bo.tab() as bo:
        for n in range(5):
            await bo.send("say", channel=QUAY, body=f"ahoy {n}", key=f"k{n}")
        await bo.send("withdraw", message=10**17, key="last")
        await bo.answer("last")
        keys = [frame["key"] for frame in bo.heard if frame["verb"] in {"ack", "refused"}]
        assert keys == ["k0", "k1", "k2", "k3", "k4", "last"]
