from community.bus import Event
from community.streams import Revised
from forum.topics.models import Topic


class TopicRestricted(Event, frozen=True, kw_only=True):
    """Who may read it is decided anew."""

    topic_id: int

    @property
    def stream(self) -> str:
        return f"{Topic.kind}:{self.topic_id}"


class TopicRearranged(Revised, frozen=True, kw_only=True):
    """Posts left it or came into it, maybe hundreds: whoever has it open asks what has changed."""

    @classmethod
    def of(cls, topic: Topic) -> "TopicRearranged":
        return cls(address=topic.address, rev=topic.rev)


class TopicMerged(Event, frozen=True, kw_only=True):
    """It is not there any more: what was in it stands in another one."""

    topic_id: int

    @property
    def stream(self) -> str:
        return f"{Topic.kind}:{self.topic_id}"


class TopicEmptied(Event, frozen=True, kw_only=True):
    """It is not there any more: what was in it went back to where it was said."""

    topic_id: int

    @property
    def stream(self) -> str:
        return f"{Topic.kind}:{self.topic_id}"
