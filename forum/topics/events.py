from typing import Self

from community.bus import Event
from community.streams import EntryChanged, StreamChanged, shown
from forum.topics.models import Post, Topic


class PostChanged(EntryChanged, frozen=True, kw_only=True):
    """Written, edited, withdrawn, hidden or restored: how it reads from now on."""

    @classmethod
    def of(cls, topic: Topic, post: Post) -> Self:
        parent = post.parent
        return cls(
            **shown(topic, post),
            parent_id=post.parent_id,
            parent_seq=parent.seq if parent else 0,
            parent_author=parent.author.name if parent else "",
        )


class TopicChanged(StreamChanged, frozen=True, kw_only=True):
    """Renamed, locked or opened again."""

    locked: bool

    @classmethod
    def of(cls, topic: Topic) -> Self:
        return cls(
            address=topic.address,
            rev=topic.changed_rev,
            name=topic.title,
            locked=topic.locked_at is not None,
        )


class TopicStarted(Event, frozen=True, kw_only=True):
    """Lists say "1 new topic – show"; nothing moves by itself."""

    topic_id: int
    category_id: int

    @property
    def stream(self) -> str:
        return f"category:{self.category_id}"
