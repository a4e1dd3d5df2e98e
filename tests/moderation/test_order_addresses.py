"""What an order names is found where it stands now, however its address is written, and what is
decided about it answers the order."""

from channels.models import Message
from community.database import Database
from community.members.actions import appoint_at_first
from community.members.models import Member, Role
from community.places import Lens
from forum.moving.actions import merge
from forum.topics import actions as topics
from forum.topics.models import Post
from moderation.decisions.reopening import agree_to_reopen, propose_reopening
from moderation.models import Case
from moderation.orders.actions import comply
from moderation.orders.models import Target
from moderation.orders.queries import Outcome
from tests.cast import ADA, BO, EVA, FAY, GUS, MARKET, MOORING, QUAY
from tests.channels.becoming import ROPE, posts_in
from tests.conftest import Town
from tests.moderation.ordering import answer, ordered
from tests.moderation.reporting import KEEP, as_, judge, reported, rows, say, the, write
from tests.moderation.test_order_pages import FILLED, ORDERS
from web.crossings import make_topic, undo_topic


async def test_a_topic_that_was_merged_is_found_in_the_other_one(db: Database) -> None:
    """Else a line that leads on would be hidden, and the words be read as before."""
    begun = await as_(db, BO, topics.start, MARKET, "Rope", "Buy my rope", Lens(), key="k")
    topic = (await the(db, Post, begun.id)).stream_id
    await as_(db, ADA, merge, topic, MOORING, reason="The same.")
    await _complied(db, f"/topics/{topic}")
    assert (await the(db, Post, begun.id)).gone == "hidden"


async def test_what_was_said_in_a_channel_is_found_as_the_post_it_is(db: Database) -> None:
    message = await say(db, BO)
    departure = await as_(db, BO, make_topic, QUAY, [message], ROPE)
    (post,) = await db.look(posts_in)
    await as_(db, BO, undo_topic, departure.id)
    await _complied(db, f"/posts/{post.id}")
    assert (await the(db, Message, message)).gone == "hidden"


async def test_what_went_into_a_topic_is_hidden_there(db: Database) -> None:
    message = await say(db, BO)
    await as_(db, BO, make_topic, QUAY, [message], ROPE)
    await _complied(db, f"/channels/{QUAY}#message-{message}")
    (post,) = await db.look(posts_in)
    assert post.gone == "hidden"


async def test_the_name_of_the_site_and_a_stroke_at_the_end_make_no_difference(
    town: Town,
) -> None:
    post = await write(town.db)
    home = town.origin
    bare = home.partition("://")[2]
    here, there = f"/posts/{post}", f"/topics/{MOORING}/"
    lines = (home + here, f"HTTP://{bare.upper()}{here}/", f"{bare}{here}?x", there)
    given = "\n".join([*lines, f"https://x.{bare}{here}"])
    await town.fay.post(ORDERS, **FILLED, addresses=given)
    targets = await rows(town.db, Target)
    assert [bool(one.case_id) for one in targets] == [True, True, True, True, False]


async def test_what_two_opened_anew_answers_an_order_once_it_is_decided(db: Database) -> None:
    """Else its clock would go on for good, though all it names is hidden."""
    post, case = await reported(db)
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, GUS), Role.ADMINISTRATOR))
    await judge(db, ADA, case, KEEP)
    version = (await the(db, Case, case)).version
    await as_(db, FAY, propose_reopening, case, "A court.", version=version, key="k1")
    await as_(db, GUS, agree_to_reopen, case, version=version + 1)
    order = await _complied(db, f"/posts/{post}")
    found = await answer(db, order)
    assert (found.outcome, found.left, found.in_time) == (Outcome.HIDDEN, [], True)


async def _complied(db: Database, address: str) -> int:
    order = await ordered(db, address)
    ((target, *_),) = (await answer(db, order)).answered
    assert await as_(db, EVA, comply, order, target.id) == Outcome.HIDDEN
    return order
