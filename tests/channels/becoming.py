"""Talk that becomes a topic, and what there is of it on both sides."""

from typing import Any

from sqlalchemy import select

from channels.models import Departure, Message
from channels.queries import unread_messages
from community.database import Database
from community.members.models import Member
from forum.readings import progress_of
from forum.topics.models import Post, Topic
from tests.cast import MARKET, QUAY
from tests.moderation.reporting import say
from web.crossings import NewTopic

ROPE = NewTopic("Rope", MARKET)


async def talk(db: Database, *said: tuple[int, str], channel: int = QUAY) -> list[int]:
    return [await say(db, who, body, channel) for who, body in said]


async def topic_of(db: Database, departure: Departure) -> int:
    left = select(Message.id).where(Message.departure_id == departure.id)
    topic = select(Post.stream_id).where(Post.message_id.in_(left), Post.moved_to_id.is_(None))
    return await db.look(lambda session: session.scalars(topic).first() or 0)


def posts_in(session: Any, *, all: bool = False) -> list[Post]:
    made = select(Post).where(Post.message_id.is_not(None)).order_by(Post.stream_id, Post.seq)
    return [post for post in session.scalars(made) if all or not post.moved_to_id]


def messages_in(session: Any) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.seq)))


def fields_of(entry: Post | Message) -> tuple[Any, ...]:
    return (entry.author_id, entry.mandate_id, entry.body, entry.html, entry.written_at,
            entry.edited_at)  # fmt: skip


def unread_of(session: Any, who: int, topic: int = 0) -> tuple[int, int]:
    member = session.get_one(Member, who)
    here = session.scalars(unread_messages(member)).one()
    there = progress_of(session, member, session.get(Topic, topic)).unread.posts if topic else 0
    return here, there
