"""What was written, as rows: posts and messages with their numbers, and who had read how far."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple, TypeVar

from channels.models import Message
from community.database import Transaction
from community.streams import Entry, Stream, fingerprint
from community.text import written
from forum.following.models import Level, TopicLevel
from forum.readings import Reading
from forum.tags import put_tags
from forum.topics.models import Post, Topic
from web.demonstration import content
from web.demonstration.cast import Cast
from web.demonstration.content import Said
from web.demonstration.picturing import hang_pictures

E = TypeVar("E", bound=Entry)

QUIET = timedelta(minutes=11)  # since the last message of the busiest channel


class Spoken(NamedTuple):
    at: datetime
    words: Said


def write_posts(tx: Transaction, cast: Cast) -> dict[Said, Post]:
    """The topics that began first come first, so they have the smaller numbers."""
    began = sorted(cast.given.topics.items(), key=lambda item: -item[1].days_ago)
    topics = {slug: _topic(cast, thread) for slug, thread in began}
    tx.add_all(topics.values())
    tx.flush()
    posts: dict[Said, Post] = {}
    for slug, thread in began:
        theirs = _thread(cast, topics[slug], slug, thread)
        topics[slug].moved_at = list(theirs.values())[-1].written_at
        topics[slug].echoed = len(_wrote(theirs.values())) > 1
        tx.add_all(theirs.values())
        tx.add_all(_readings(cast, topics[slug], list(theirs.values())))
        tx.add_all(
            TopicLevel(member_id=author, topic_id=topics[slug].id, level=Level.FOLLOWING)
            for author in _wrote(theirs.values())
        )
        posts |= theirs
        _file(tx, topics[slug], thread, theirs)
    tx.flush()
    _answer(cast, posts)
    hang_pictures(tx, cast, posts)
    tx.flush()
    return posts


def write_messages(tx: Transaction, cast: Cast) -> dict[Said, Message]:
    """Counted back: the last message of each channel was a little while ago. What was said first
    anywhere has the smallest number: lists of talk among few go by it."""
    messages: dict[Said, Message] = {}
    for quiet, (slug, room) in enumerate(cast.given.channels.items(), 1):
        channel = cast.channels[slug]
        spoken = [*_backwards(cast.today - quiet * QUIET, room.messages), *_reported(cast, slug)]
        theirs = {
            one.words: _numbered(cast, channel, Message(channel=channel), one, f"{slug}-{n}")
            for n, one in enumerate(sorted(spoken, key=attrgetter("at")), 1)
        }
        for handle in room.members:
            cast.joined[slug, handle].read_seq = _read_by(cast, handle, theirs.values())
        messages |= theirs
    tx.add_all(sorted(messages.values(), key=attrgetter("written_at")))
    tx.flush()
    hang_pictures(tx, cast, messages)
    return messages


def _topic(cast: Cast, thread: content.Topic) -> Topic:
    category, began = cast.categories[thread.category], cast.today - timedelta(days=thread.days_ago)
    return Topic(
        category=category,
        starter=cast.members[thread.posts[0].by],
        title=thread.title,
        started_at=began,
        moved_at=began,
        aim=thread.aim,
        last_seq=0,
        rev=0,
        region=thread.region or category.region,
        cluster=thread.cluster or category.cluster,
        theme=thread.theme or category.theme,
    )


def _thread(cast: Cast, topic: Topic, slug: str, thread: content.Topic) -> dict[Said, Post]:
    spoken = [*_forwards(topic.started_at, thread.posts), *_reported(cast, slug)]
    return {
        one.words: _numbered(cast, topic, Post(topic=topic), one, f"{slug}-{n}")
        for n, one in enumerate(sorted(spoken, key=attrgetter("at")), 1)
    }


def _file(tx: Transaction, topic: Topic, thread: content.Topic, posts: dict[Said, Post]) -> None:
    put_tags(tx, topic, thread.tags)
    if thread.answer:
        topic.answer_seq = posts[thread.posts[thread.answer - 1]].seq


def _forwards(began: datetime, said: Sequence[Said]) -> Iterator[Spoken]:
    at = began
    for one in said:
        at += timedelta(hours=one.after)
        yield Spoken(at, one)


def _backwards(ended: datetime, said: Sequence[Said]) -> Iterator[Spoken]:
    at = ended
    for one in reversed(said):
        yield Spoken(at, one)
        at -= timedelta(minutes=one.after)


def _reported(cast: Cast, place: str) -> Iterator[Spoken]:
    """What led to a case was said between the others."""
    for case in cast.given.cases:
        if place in (case.topic, case.channel):
            yield Spoken(cast.today - timedelta(days=case.days_ago), case)


def _numbered(cast: Cast, stream: Stream, entry: E, one: Spoken, key: str) -> E:
    """As append() would have done, at that moment."""
    stream.last_seq += 1
    stream.rev += 1
    entry.seq, entry.rev, entry.first_rev = stream.last_seq, stream.rev, stream.rev
    entry.author, entry.mandate = cast.members[one.words.by], cast.mandate_of(one.words)
    entry.body = one.words.body.strip()
    entry.html = written(entry.body).html
    entry.key, entry.first_hash = key, fingerprint(stream.id, entry.body)
    entry.written_at = one.at
    return entry


def _answer(cast: Cast, posts: dict[Said, Post]) -> None:
    for thread in cast.given.topics.values():
        for one in thread.posts:
            if one.reply:
                posts[one].parent = posts[thread.posts[one.reply - 1]]


def _readings(cast: Cast, topic: Topic, posts: Sequence[Post]) -> Iterator[Reading]:
    """Of those who wrote in it, and of some others in its cluster."""
    wrote = _wrote(posts)
    for number, one in enumerate(cast.given.members):
        member_id = cast.members[one.handle].id
        curious = topic.cluster in one.clusters and (topic.id + number) % 3 == 0
        if member_id in wrote or curious:
            read = _read_by(cast, one.handle, posts)
            yield Reading(member_id=member_id, topic_id=topic.id, read_seq=read)


def _wrote(posts: Iterable[Post]) -> set[int]:
    return {post.author_id or post.author.id for post in posts}


def _read_by(cast: Cast, handle: str, entries: Iterable[Entry]) -> int:
    """How far they had read at their last visit. What they wrote themselves they know."""
    visit, me = cast.last_visit(handle), cast.members[handle]
    return max(
        (one.seq for one in entries if one.written_at <= visit or one.author is me), default=0
    )
