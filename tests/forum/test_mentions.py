"""Whom a post names: people, organisations and groups, of those who see the topic, once a post."""

from datetime import timedelta

from community.blocks import Extent, keep_away
from community.clock import now
from community.database import Database, Transaction
from community.members.actions import appoint_at_first
from community.members.models import Member, Role, Scope
from community.search.models import Mark, mark
from community.streams import written_by
from community.text import REL
from forum.mentions import Scene, mentionable
from forum.topics import actions
from forum.topics.models import Post, Topic
from tests.cast import ADA, BO, CY, DEE, DODOL, EVA, FAY, GUS, LEDGER, MOORING
from tests.forum.test_noticing import reply, told
from tests.moderation.reporting import rows, the


async def test_an_organisation_and_groups_are_their_people(db: Database) -> None:
    post = await reply(db, CY, "@dodol and @moderator: who decides? Ask @sentra-crafts.")
    for who in (BO, ADA, EVA, FAY):
        assert await told(db, who) == [("mention", f"/posts/{post}")], who
    assert [kind for kind, _ in await told(db, GUS)] == ["reply"]  # who started the topic
    assert await told(db, DEE) == []
    secret = await reply(db, DEE, "@dodol @harbour-office @moderator @Bo", topic=LEDGER)
    assert set(await told(db, FAY)) == {("mention", f"/posts/{one}") for one in (post, secret)}
    assert len(await told(db, BO)) == len(await told(db, ADA)) == 1


async def test_the_longest_name_is_meant_and_the_post_leads_there(db: Database) -> None:
    """Eva Marina is not Eva, even where she does not hear it; what is written stays as it was."""

    def called(tx: Transaction, who: int, name: str) -> None:
        tx.get_one(Member, who).name = name

    await db.act(called, DEE, "Eva Marina")
    await db.act(called, CY, "Cy Marina")
    post = await reply(db, BO, "@Eva Marina, and dodol: @dodol; @Cy? @moderator")
    assert [kind for kind, _ in await told(db, DEE)] == ["mention"]
    assert await told(db, CY) == []
    (html,) = [row.html for row in await rows(db, Post) if row.id == post]
    assert f'<a href="/members/{DEE}" rel="{REL}">@Eva Marina</a>, and dodol' in html
    assert f'<a href="/organisations/{DODOL}" rel="{REL}">@dodol</a>' in html
    assert "@Cy?" in html and "@moderator<" in html
    assert written_by(BO, None, html) == (mark(Mark.AUTHOR, BO),)  # it is found as having no link
    hers = await reply(db, DEE, "@Eva Marina and @Cy Marina", topic=LEDGER)
    (html,) = [row.html for row in await rows(db, Post) if row.id == hers]
    assert f'href="/members/{DEE}"' in html and f"/members/{CY}" not in html  # he is not there
    await db.act(called, DEE, "Dee")
    assert len(await told(db, EVA)) == 1  # as a moderator


async def test_an_edit_tells_only_whom_it_names_anew(db: Database) -> None:
    post = await reply(db, BO, "@Cy knows")

    async def edited(body: str) -> None:
        await db.act(lambda tx: actions.edit(tx, tx.get_one(Member, BO), post, body) and None)

    for body in ("@Cy knows, @Dee too", "nobody knows", "@Cy and @Dee know, @Bo"):
        await edited(body)
    assert await told(db, CY) == await told(db, DEE) == [("mention", f"/posts/{post}")]
    assert await told(db, BO) == []


async def test_suggestions_are_who_sees_the_topic_and_nobody_a_block_keeps_apart(
    db: Database,
) -> None:
    def apart(tx: Transaction) -> None:
        keep_away(tx, tx.get_one(Member, EVA), BO, Extent.BLOCKED)
        tx.get_one(Member, CY).admitted = False

    def suggested(tx: Transaction, topic: int, words: str, asker: int = BO) -> list[str]:
        scene = Scene.of(tx.get_one(Topic, topic))
        found = mentionable(tx, tx.get_one(Member, asker), scene, words)
        return [f"{one.text} {one.people}".removesuffix(" 0") for one in found]

    assert await db.act(suggested, MOORING, "e") == ["Eva"]
    assert await db.act(suggested, MOORING, "c") == ["Cy"]
    await db.act(apart)
    assert await db.act(suggested, MOORING, "e") == []
    assert await db.act(suggested, MOORING, "c") == []  # is not let in yet
    assert await db.act(suggested, MOORING, "d") == ["Dee", "dodol 1"]
    assert await db.act(suggested, LEDGER, "d", FAY) == ["Dee"]
    assert await db.act(suggested, LEDGER, "off", DEE) == ["harbour-office 1"]
    assert await db.act(suggested, MOORING, "mod") == ["moderator 3"]


async def test_nobody_learns_of_a_suspension_by_naming_somebody(db: Database) -> None:
    def suspended(tx: Transaction) -> None:
        tx.get_one(Member, CY).suspended_until = now(tx) + timedelta(days=9)

    def suggested(tx: Transaction) -> list[str]:
        scene = Scene.of(tx.get_one(Topic, MOORING))
        return [one.text for one in mentionable(tx, tx.get_one(Member, BO), scene, "c")]

    await db.act(suspended)
    assert await db.act(suggested) == ["Cy"]
    post = await reply(db, BO, "@Cy, do you know?")
    assert f'href="/members/{CY}"' in (await the(db, Post, post)).html
    assert await told(db, CY) == []  # that waits for nobody


async def test_moderators_are_those_of_the_place(db: Database) -> None:
    def elsewhere(tx: Transaction) -> None:
        tx.get_one(Topic, MOORING).region = "32.05"
        appoint_at_first(tx, tx.get_one(Member, BO), Role.MODERATOR, Scope("32"))
        appoint_at_first(tx, tx.get_one(Member, DEE), Role.MODERATOR, Scope("91"))

    await db.act(elsewhere)
    post = await reply(db, CY, "@moderator please")
    assert await told(db, BO) == await told(db, ADA) == [("mention", f"/posts/{post}")]
    assert await told(db, DEE) == []


async def test_whom_a_quote_names_is_not_called_again(db: Database) -> None:
    await reply(db, GUS, "> @Cy and @Bo know\n\n@Bo, do you?")
    assert await told(db, CY) == []
    assert [kind for kind, _ in await told(db, BO)] == ["mention"]
