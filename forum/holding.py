"""What waits in the forum for a moderator, as community/holding.py has it: replies to a topic, and
topics that are not begun yet. forum/releasing.py lets them go.

Sections in house order: models, events, policies, queries, actions.
"""

from collections.abc import Sequence
from typing import Self

from sqlalchemy import JSON, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.attachments import Along, hang
from community.bus import Event
from community.clock import now
from community.database import Base, Transaction
from community.drafts import use_draft
from community.errors import NotFound
from community.holding import (
    SHOWN,
    Held,
    HeldState,
    HeldWords,
    Waiting,
    is_looked_at,
    stays_as_looked_at,
)
from community.members.models import Member
from community.places import Placed
from community.policies import Verdict, no
from community.words import _
from forum.categories import Category
from forum.topics.models import Aim, Post, Topic
from forum.topics.policies import may_change

LOOKED_AT = _(
    "A moderator looks at your first posts, so this one cannot be edited yet. You can withdraw it "
    "and write it anew."
)

# Models


class HeldPost(Placed, HeldWords):
    """In a topic; without one it begins one, of that title and place in its category."""

    __tablename__ = "held_posts"

    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))  # it answers
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    title: Mapped[str] = mapped_column(default="")
    aim: Mapped[str] = mapped_column(default=Aim.DISCUSSION)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)

    topic: Mapped[Topic | None] = relationship(lazy="joined")
    parent: Mapped[Post | None] = relationship(lazy="joined")
    category: Mapped[Category | None] = relationship(lazy="joined")

    @property
    def address(self) -> str:
        return f"held_post:{self.id}"

    @property
    def stands_in(self) -> str:
        """Where its author sees it: in its topic, or among those that are to begin."""
        return self.topic.address if self.topic else "new"

    @property
    def place(self) -> str:
        """What it is called."""
        return self.topic.title if self.topic else self.title

    @property
    def home(self) -> Category:
        category = self.topic.category if self.topic else self.category
        assert category
        return category

    @property
    def chain(self) -> tuple[Base, ...]:
        return (self.topic, self) if self.topic else (self,)


Index("ix_held_posts_in_topic", HeldPost.topic_id, HeldPost.author_id)


# Events


class HeldPostChanged(Event, frozen=True, kw_only=True):
    """It waits, or waits no more. Its author's tabs ask how it looks."""

    member_id: int
    stands_in: str

    @classmethod
    def of(cls, held: HeldPost) -> Self:
        return cls(member_id=held.author_id, stands_in=held.stands_in)

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"


# Policies


def may_edit(session: Session, member: Member, post: Post) -> Verdict:
    """What a moderator let through stays as it was looked at, as long as the next things its author
    writes are looked at, too."""
    may = may_change(member, post)
    if not may or post.topic.category.restricted or not stays_as_looked_at(session, member):
        return may
    return no(LOOKED_AT)


# Queries


def held_in(session: Session, member: Member, topic: Topic) -> Sequence[HeldPost]:
    """What of theirs waits in a topic, or was refused, as its author sees it there."""
    return _held_of(session, member, topic.id)


def topics_held(session: Session, member: Member) -> Sequence[HeldPost]:
    """What they wanted to begin."""
    return _held_of(session, member, None)


def held_post_for(session: Session, member: Member, held_id: int) -> HeldPost:
    """For its author, whatever became of it. Raises NotFound."""
    held = session.get(HeldPost, held_id)
    if held is None or held.author_id != member.id:
        raise NotFound
    return held


def _held_of(session: Session, member: Member, topic_id: int | None) -> Sequence[HeldPost]:
    if not is_looked_at(member):
        return ()
    shown = select(HeldPost).where(
        HeldPost.author_id == member.id,
        HeldPost.topic_id == topic_id,
        HeldPost.state != HeldState.RELEASED,
    )
    return session.scalars(shown.order_by(HeldPost.id.desc()).limit(SHOWN)).all()[::-1]


# Actions


def takes(waiting: Waiting, member: Member, category: Category, hold: str) -> bool:
    """Whether a moderator sees it first: `hold` is why, whoever writes it. Where not everybody
    reads, nothing is held: who is there was let in."""
    return not category.restricted and (bool(hold) or waiting.takes_first(member))


def hold(tx: Transaction, waiting: Waiting, held: HeldPost, along: Along, draft: str) -> Held:
    """`draft` is the place of the one it was. Raises TooFast where too much of theirs waits."""
    waiting.must_be_few(held.author)
    held.state, held.said_at = HeldState.WAITING, now(tx)
    tx.add(held)
    tx.flush()
    held.attachments = hang(tx, held.author, held.address, (), along)
    use_draft(tx, held.author, draft, held.body, along.version)
    tx.publish(HeldPostChanged.of(held))
    return waiting.take(held)
