from datetime import date, datetime
from typing import Any, Self

from msgspec import Struct, convert

from community.attachments import Attached
from community.bus import Event
from community.reactions import Given
from community.restrictions import why_gone
from community.streams import EntryChanged, StreamChanged, shown
from community.text import plain
from forum.topics.models import Aim, Post, Topic

QUOTED = 400  # characters of an accepted answer that stand in the head of its topic


class PollShown(Struct, frozen=True, kw_only=True):
    """What everybody sees of a poll. How many chose what they all see when it has ended."""

    question: str
    options: list[str]
    votes: list[int]  # by option; empty until then
    voters: int
    multiple: bool
    named: bool
    of_organisations: bool
    ends_at: datetime | None
    ended: bool


class AskedShown(Struct, frozen=True, kw_only=True):
    """What everybody sees of a request for an official response."""

    response: int
    state: str
    agency: str
    agency_id: int
    term: int  # working days
    due_on: date
    zone: str
    paused_until: date | None = None
    overdue: bool = False
    answer: int = 0  # the post


class PostChanged(EntryChanged, frozen=True, kw_only=True):
    """Written, edited, withdrawn, hidden, restored, reacted to, accepted, moved here: how it reads
    now. Or that it left: then `gone` is "moved", and nothing says what it was or where it went."""

    reactions: dict[str, Given] = {}
    accepted: bool = False  # as the answer to the question
    poll: PollShown | None = None
    asked: AskedShown | None = None  # of an office, officially
    answers: int = 0  # the post that asked; this is the official response
    attachments: list[Attached] = []
    was: int = 0  # of a stub: the post that stood here
    came: bool = False  # from another topic, or from a channel
    message: int = 0  # it was said as, in a channel
    said_in: str = ""  # the name of that, if all members may see it

    @classmethod
    def of(cls, topic: Topic, post: Post) -> Self:
        parent = post.parent
        return cls(
            **shown(topic, post),
            parent_id=post.parent_id,
            parent_seq=parent.seq if parent else 0,
            parent_author=parent.author.name if parent else "",
            reactions={} if post.gone else post.reactions,
            accepted=topic.answer_seq == post.seq,
            poll=None if post.gone else _poll(post.poll),
            asked=None if post.gone else _asked(post.asked),
            answers=0 if post.gone else post.answers_id or 0,
            attachments=[] if post.gone else post.attachments,
            was=post.moved_to_id or 0,
            came=post.came_at is not None,
            message=post.message_id or 0,
            said_in=post.said_in,
        )

    @classmethod
    def read(
        cls,
        stream_id: int,
        edited_at: datetime | None,
        hidden_at: datetime | None,
        hidden_as: str,
        withdrawn_at: datetime | None,
        level: int | None,
        closed_at: datetime | None,
        html: str,
        **columns: Any,
    ) -> Self:
        """The same from the columns of a row (queries.SHOWN), without making objects of it."""
        left = "moved" if columns["was"] else ""
        gone = why_gone(hidden_at, hidden_as, withdrawn_at) or left
        if gone:
            columns |= {"reactions": {}, "attachments": [], "label": "", "answers": 0}
        poll, asked = columns.pop("poll"), columns.pop("asked")
        return cls(
            address=f"{Topic.kind}:{stream_id}",
            edited=edited_at is not None,
            gone=gone,
            organisation_verified=bool(level),
            organisation_closed=closed_at is not None,
            html="" if gone else html,
            poll=None if gone else _poll(poll),
            asked=None if gone else _asked(asked),
            **{name: value for name, value in columns.items() if value is not None},
        )


def _poll(stored: dict[str, Any] | None) -> PollShown | None:
    return convert(stored, PollShown) if stored else None


def _asked(stored: dict[str, Any] | None) -> AskedShown | None:
    return convert(stored, AskedShown) if stored else None


class TopicChanged(StreamChanged, frozen=True, kw_only=True):
    """How its head reads from now on: what it is for, whether it is open, what came of it."""

    locked: bool
    pinned: bool
    closes_at: datetime | None
    tags: str
    aim: str
    conclusion: str  # as HTML
    answer_id: int = 0  # the post that was accepted, as long as it says something
    answer_seq: int = 0
    answer_author_id: int = 0
    answer_author: str = ""
    answer_words: str = ""  # its beginning

    @classmethod
    def of(cls, topic: Topic) -> Self:
        return cls(
            address=topic.address,
            rev=topic.changed_rev,
            name=topic.title,
            locked=topic.locked_at is not None,
            pinned=topic.pinned_until is not None,
            closes_at=topic.closes_at,
            tags=topic.tags,
            aim=topic.aim,
            conclusion=topic.conclusion_html if topic.aim == Aim.DECISION else "",
            **_answered(topic),
        )


def _answered(topic: Topic) -> dict[str, Any]:
    answer = topic.answer if topic.answer_seq else None
    if answer is None or answer.gone:
        return {}
    return {
        "answer_id": answer.id,
        "answer_seq": answer.seq,
        "answer_author_id": answer.author_id,
        "answer_author": answer.author.name,
        "answer_words": plain(answer.body, QUOTED),
    }


class TopicStarted(Event, frozen=True, kw_only=True):
    """Lists say "1 new topic – show"; nothing moves by itself."""

    topic_id: int
    category_id: int
    starter_id: int
    region: str = ""
    cluster: str = ""
    theme: str = ""

    @classmethod
    def of(cls, topic: Topic) -> Self:
        return cls(
            topic_id=topic.id,
            category_id=topic.category_id,
            starter_id=topic.starter_id,
            region=topic.region,
            cluster=topic.cluster,
            theme=topic.theme,
        )

    @property
    def stream(self) -> str:
        return f"category:{self.category_id}"
