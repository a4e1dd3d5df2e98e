"""What became of topics besides what was written in them, as deeds with their moments."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.organisations.models import Organisation
from forum.bookmarks import bookmark_topic
from forum.conclusions import conclude
from forum.lasting import pin
from forum.polls.actions import ask, vote
from forum.polls.models import Wanted
from forum.responses.actions import answer as respond
from forum.responses.actions import ask as ask_officially
from forum.responses.actions import assign
from forum.topics.models import Post
from web.demonstration import content
from web.demonstration.cast import Cast
from web.demonstration.content import Said
from web.demonstration.deeds import Deed

MINUTE = timedelta(minutes=1)
A_WHILE = timedelta(minutes=40)
LATELY = timedelta(days=2)
PINNED = timedelta(days=90)


def gathered(cast: Cast, posts: Mapping[Said, Post]) -> Iterator[Deed]:
    for one in cast.given.topics.values():
        first, last = posts[one.posts[0]], posts[one.posts[-1]]
        if one.conclusion:
            yield last.written_at + A_WHILE, partial(_conclude, first, one.conclusion)
        if one.pinned_by:
            yield cast.today - LATELY, partial(_pin, cast, one.pinned_by, first.stream_id)
        for mark in one.bookmarks:
            yield cast.today - LATELY, partial(_bookmark, cast, mark, first.stream_id)
        for said in one.posts:
            if said.poll:
                yield from _polled(cast, posts[said], said.poll)
            if said.request:
                answer = posts[one.posts[said.request.answer - 1]]
                yield from _requested(cast, posts[said], said.request, answer)


def _polled(cast: Cast, post: Post, poll: content.Poll) -> Iterator[Deed]:
    moment = post.written_at + A_WHILE
    yield moment, partial(_ask, post, poll)
    for one in poll.votes:
        moment += A_WHILE
        yield moment, partial(_vote, cast, one, post)


def _requested(cast: Cast, post: Post, request: content.Request, answer: Post) -> Iterator[Deed]:
    numbers: list[int] = []  # the request's, once it is there
    yield post.written_at + MINUTE, partial(_request, cast, post, request, numbers)
    if request.seen_to_by:
        official = cast.members[request.seen_to_by]
        yield post.written_at + A_WHILE, partial(_see_to, official, numbers)
        if request.answer:
            yield answer.written_at + A_WHILE, partial(_respond, official, answer, numbers)


def _request(
    cast: Cast, post: Post, request: content.Request, numbers: list[int], tx: Transaction
) -> None:
    asked = tx.scalars(select(Organisation).where(Organisation.slug == request.office)).one()
    numbers.append(ask_officially(tx, post.author, post.id, asked.id, request.term).id)


def _see_to(official: Member, numbers: list[int], tx: Transaction) -> None:
    assign(tx, official, numbers[0], official.id)


def _respond(official: Member, answer: Post, numbers: list[int], tx: Transaction) -> None:
    respond(tx, official, numbers[0], answer.id)


def _ask(post: Post, poll: content.Poll, tx: Transaction) -> None:
    ask(tx, post.author, post.id, Wanted(poll.question, poll.options))


def _vote(cast: Cast, one: content.Vote, post: Post, tx: Transaction) -> None:
    vote(tx, cast.members[one.by], post.id, {one.option - 1})


def _conclude(first: Post, conclusion: str, tx: Transaction) -> None:
    conclude(tx, first.author, first.stream_id, conclusion.strip())


def _pin(cast: Cast, handle: str, topic_id: int, tx: Transaction) -> None:
    pin(tx, cast.members[handle], topic_id, now(tx) + PINNED)


def _bookmark(cast: Cast, mark: content.Bookmark, topic_id: int, tx: Transaction) -> None:
    bookmark_topic(tx, cast.members[mark.by], topic_id, mark.note)
