from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from community.errors import NotFound
from community.members.models import Member
from forum.topics.models import Post, Topic
from forum.topics.queries import post_for, topics_of


def posts_made_of(session: Session, message_ids: Collection[int]) -> Sequence[Post]:
    """That stand in a topic, in the order of their seq; what went back is none."""
    return session.scalars(_made_of(message_ids)).all()


def posts_read_of(session: Session, reader: Member, message_ids: Collection[int]) -> Sequence[Post]:
    """Those of them in topics that the reader may see."""
    seen = topics_of(reader).with_only_columns(Topic.id)
    return session.scalars(_made_of(message_ids).where(Post.stream_id.in_(seen))).all()


def post_made_of(session: Session, reader: Member | None, message_id: int) -> Post:
    """Raises NotFound."""
    made = posts_made_of(session, [message_id])
    return post_for(session, reader, made[0].id if made else 0)


def message_behind(session: Session, reader: Member | None, post_id: int) -> int:
    """As what a post was said that the reader may see; whether they may see that, its channel says.
    Raises NotFound."""
    post = post_for(session, reader, post_id)
    if post.message_id is None:
        raise NotFound
    return post.message_id


def message_again(session: Session, post_id: int) -> int:
    """The same of a post that went back. Raises NotFound."""
    back = (Post.id == post_id, Post.moved_to_id == Post.id)
    message_id = session.scalar(select(Post.message_id).where(*back))
    if message_id is None:
        raise NotFound
    return message_id


def _made_of(message_ids: Collection[int]) -> Select[Post]:
    made = select(Post).where(Post.message_id.in_(list(message_ids)), Post.moved_to_id.is_(None))
    return made.order_by(Post.seq).options(joinedload(Post.topic))
