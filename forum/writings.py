"""What members have written in the forum, as a reader may see it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.members.models import Member
from forum.topics.models import Post, Topic
from forum.topics.queries import topics_of


def post_is_there(session: Session, reader: Member, topic_id: int, seq: int) -> bool:
    """Whether the reader may see that post, and it says something."""
    seen = topics_of(reader).where(Topic.id == topic_id).with_only_columns(Topic.id)
    there = select(Post.id).where(
        Post.stream_id.in_(seen),
        Post.seq == seq,
        Post.hidden_at.is_(None),
        Post.withdrawn_at.is_(None),
    )
    return session.scalar(there) is not None
