"""What was decided about words holds wherever they go, and what they cost to look at is bounded."""

import time

import pytest

from channels.models import Message
from community.database import Database
from community.errors import Conflict
from forum.topics import actions as topics
from forum.topics.models import Post
from moderation.actions import flag
from moderation.appeals import appeal
from moderation.decisions.reviewing import rule
from moderation.detectors.looking import found_in
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Ruling
from moderation.reports import withdraw
from moderation.rules.folding import folded
from tests.cast import ADA, BO, CY, EVA, FAY, GUS, QUAY
from tests.channels.becoming import ROPE, posts_in
from tests.moderation.reporting import (
    HIDE,
    MESSAGE,
    as_,
    decide_at,
    judge,
    report,
    reported,
    say,
    take,
    the,
)
from web.crossings import make_topic, undo_topic

LABELLED = HIDE._replace(acts=(Act(MeasureKind.LABEL, words="Disputed"),))


async def test_a_label_goes_along_into_a_topic_and_back(db: Database) -> None:
    message = await say(db, BO)
    case = await report(db, message, kind=MESSAGE)
    await judge(db, ADA, case, LABELLED)
    departure = await as_(db, BO, make_topic, QUAY, [message], ROPE)
    (post,) = await db.look(lambda session: posts_in(session))
    assert post.label == "Disputed"
    await as_(db, BO, undo_topic, departure.id)
    assert (await the(db, Message, message)).label == "Disputed"


async def test_another_look_is_taken_at_what_is_read_by_now(db: Database) -> None:
    """Else a label would be put above a line that leads on, and the words be read without."""
    message = await say(db, BO)
    case = await report(db, message, kind=MESSAGE)
    decision = await judge(db, ADA, case, LABELLED)
    departure = await as_(db, BO, make_topic, QUAY, [message], ROPE)
    await as_(db, BO, appeal, decision.id, "Nobody disputes it.")
    worse = Act(MeasureKind.LABEL, words="Wrong")
    modified = HIDE._replace(ruling=Ruling.MODIFY, acts=(worse,))
    version = await take(db, EVA, case)
    await as_(db, EVA, rule, case, modified, version=version, key="k")
    (post,) = await db.look(posts_in)
    assert post.label == "Wrong"
    await as_(db, BO, undo_topic, departure.id)
    assert (await the(db, Message, message)).label == "Wrong"


async def test_what_was_shown_again_is_hidden_by_itself_no_second_time(db: Database) -> None:
    """Also not where it went meanwhile."""
    message = await say(db, BO)
    await report(db, message, by=CY, kind=MESSAGE)
    given = await as_(db, EVA, flag, MESSAGE, message, "doxxing")
    assert (await the(db, Message, message)).gone == "checked"
    await as_(db, EVA, withdraw, given.id)
    await as_(db, BO, make_topic, QUAY, [message], ROPE)
    (post,) = await db.look(posts_in)
    await report(db, post.id, by=FAY, reason="doxxing")
    assert (await the(db, Post, post.id)).gone == ""


async def test_a_decision_is_about_words_that_its_moderator_has_seen(db: Database) -> None:
    """An author who makes them innocent, and a friend who reports that, change no statement."""
    post, case = await reported(db)
    version = await take(db, ADA, case)
    await as_(db, BO, topics.edit, post, "Quite another thing")
    await report(db, post, by=GUS)
    with pytest.raises(Conflict, match="look at it again"):
        await decide_at(db, ADA, case, version)
    version = (await the(db, Case, case)).version
    await report(db, post, by=EVA)  # says nothing new
    assert await decide_at(db, ADA, case, version)


def test_many_numbers_in_a_text_take_four_times_as_long_as_a_quarter_of_them() -> None:
    few, many = (min(_took("0812345678 " * times) for _ in range(5)) for times in (350, 1_400))
    assert many < 8 * few


def test_one_sign_that_is_a_whole_sentence_is_not_read_as_one() -> None:
    """Else a message of them would be eighteen times as long to whoever compares it."""
    assert len(folded("\ufdfa" * 2_000).words) <= 2_000


def _took(text: str) -> float:
    began = time.process_time()
    assert found_in(text)
    return time.process_time() - began
