"""What a rule would have found lately, before it finds anything: looked for in what whoever asks
may read, a window of rows at a time, so that nobody else waits for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from channels.direct import FEW
from channels.models import Channel, Message
from channels.queries import channels_of
from community.clock import now
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import require
from community.text import plain
from forum.topics.models import Post, Topic
from forum.topics.queries import topics_of
from moderation.rules.folding import folded
from moderation.rules.models import CATEGORY, Scope
from moderation.rules.patterns import Pattern
from moderation.rules.policies import may_make_rules

LATELY = timedelta(days=30)
WINDOW = 1_000  # rows of a table that one look goes through, whether they may be read or not
SHOWN = 10  # examples
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


class Text(NamedTuple):
    link: str
    author: str
    body: str
    written_at: datetime


class Window(NamedTuple):
    texts: Sequence[Text]
    next: int  # the id below which to go on; 0: there is nothing older


@dataclass
class Trial:
    looked: int = 0
    found: int = 0
    examples: list[Text] = field(default_factory=list)
    whole: bool = False  # else there was no time for all of it
    since: datetime | None = None  # the oldest that was looked at


KINDS = ("posts", "messages")


def newest(session: Session, member: Member) -> dict[str, int]:
    """Where to begin in each table: one beyond its last row."""
    require(may_make_rules(member, live_appointment_of(session, member)))
    ends = {"posts": select(func.max(Post.id)), "messages": select(func.max(Message.id))}
    return {kind: (session.scalar(end) or 0) + 1 for kind, end in ends.items()}


def window_of(session: Session, member: Member, kind: str, scope: str, below: int) -> Window:
    """What they may read of a window, and what is still there."""
    found = _posts(member, scope) if kind == "posts" else _messages(member, scope)
    table = Post if kind == "posts" else Message
    within = found.where(table.id < below, table.id >= below - WINDOW).order_by(table.id.desc())
    since = now(session) - LATELY
    rows = [Text(f"/{kind}/{id}", author, body, at)
            for id, author, body, at in session.execute(within)]  # fmt: skip
    texts = [one for one in rows if one.written_at > since]
    over = below <= WINDOW or bool(rows and not texts)
    return Window(texts, 0 if over else below - WINDOW)


def look_for(sought: Pattern, texts: Sequence[Text], trial: Trial) -> None:
    """Adds what is in these."""
    for text in texts:
        trial.looked += 1
        trial.since = min(trial.since or text.written_at, text.written_at)
        if sought.matches(folded(text.body)):
            trial.found += 1
            if len(trial.examples) < SHOWN:
                trial.examples.append(text._replace(body=_sentence(sought, text.body)))


def _sentence(sought: Pattern, body: str) -> str:
    """The one with the words in it; where they stand in several, the beginning."""
    found = (one for one in SENTENCE.split(body) if sought.matches(folded(one)))
    return plain(next(found, body))


def _posts(member: Member, scope: str) -> Select[int, str, str, datetime]:
    topics = topics_of(member).with_only_columns(Topic.id)
    if scope.startswith(CATEGORY):
        topics = topics.where(Topic.category_id == int(scope.removeprefix(CATEGORY)))
    here = (Post.stream_id.in_(topics), Post.hidden_at.is_(None), Post.withdrawn_at.is_(None))
    return select(Post.id, Member.name, Post.body, Post.written_at).join(Post.author).where(*here)


def _messages(member: Member, scope: str) -> Select[int, str, str, datetime]:
    open = channels_of(member).with_only_columns(Channel.id)
    open = open.where(Channel.private.is_(scope == Scope.CLOSED), Channel.type.not_in(FEW))
    here = (Message.stream_id.in_(open), Message.hidden_at.is_(None),
            Message.withdrawn_at.is_(None), Message.blanked_at.is_(None))  # fmt: skip
    columns = (Message.id, Member.name, Message.body, Message.written_at)
    return select(*columns).join(Message.author).where(*here)
