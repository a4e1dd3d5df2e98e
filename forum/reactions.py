"""What members say to a post without a word: each of a few, once.

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from community.blocks import avoided_by
from community.clock import now
from community.database import Base, Transaction
from community.members.models import Member
from community.notices.models import NoticeKind
from community.notices.queries import waits_for
from community.policies import Verdict, no, require
from community.words import _
from forum.telling import tell_author
from forum.topics.actions import show_anew
from forum.topics.models import Given, Post
from forum.topics.policies import may_reply
from forum.topics.queries import post_for

PAGE = 50
NAMED = 200  # whose ids travel with a post; of more only the number, and their own page says "mine"

# Models


class Word(StrEnum):
    AGREE = "agree"
    THANKS = "thanks"
    APPLAUSE = "applause"
    IDEA = "idea"
    CARE = "care"
    DOUBT = "doubt"


SIGNS = {
    Word.AGREE: "👍",
    Word.THANKS: "🙏",
    Word.APPLAUSE: "👏",
    Word.IDEA: "💡",
    Word.CARE: "❤️",
    Word.DOUBT: "🤔",
}
WORD_NAMES = {
    Word.AGREE: _("Agree"),
    Word.THANKS: _("Thank you"),
    Word.APPLAUSE: _("Well done"),
    Word.IDEA: _("Good idea"),
    Word.CARE: _("With you"),
    Word.DOUBT: _("Not sure yet"),
}


class Reaction(Base):
    """`Post.reactions` is what these add up to, kept in the same transaction."""

    __tablename__ = "post_reactions"
    __table_args__ = (UniqueConstraint("post_id", "member_id", "word"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    word: Mapped[str]
    made_at: Mapped[datetime]

    member: Mapped[Member] = relationship()


# Policies


def may_react(member: Member, post: Post) -> Verdict:
    if post.gone:
        return no(_("It is not there any more."))
    return may_reply(member, post.topic)


# Queries


class Reactions(NamedTuple):
    """A page of who reacted to a post, the newest first, and what the reader said to it."""

    given: Sequence[Reaction] = ()
    mine: Collection[str] = ()
    older: int | None = None  # the next page begins before this id


def reactions_to(
    session: Session, reader: Member | None, post: Post, before: int | None = None
) -> Reactions:
    """Without those the reader keeps away from. What is gone has none."""
    if post.gone or not post.reactions:
        return Reactions()
    page = select(Reaction).where(Reaction.post_id == post.id).options(joinedload(Reaction.member))
    if reader:
        page = page.where(Reaction.member_id.not_in(avoided_by(reader)))
    if before:
        page = page.where(Reaction.id < before)
    given = session.scalars(page.order_by(Reaction.id.desc()).limit(PAGE)).all()
    older = given[-1].id if len(given) == PAGE else None
    return Reactions(given, _said_by(session, reader, post) if reader else (), older)


def _said_by(session: Session, reader: Member, post: Post) -> set[str]:
    mine = (Reaction.post_id == post.id, Reaction.member_id == reader.id)
    return set(session.scalars(select(Reaction.word).where(*mine)))


# Actions


def react(tx: Transaction, member: Member, post_id: int, word: Word) -> Post:
    """Twice is once."""
    post = tx.hold(post_for, member, post_id)
    require(may_react(member, post))
    if word in _said_by(tx, member, post):
        return post
    tx.add(Reaction(post_id=post.id, member_id=member.id, word=word, made_at=now(tx)))
    _tell(tx, member, post)
    return _added_up(tx, post)


def take_back(tx: Transaction, member: Member, post_id: int, word: Word) -> Post:
    post = tx.hold(post_for, member, post_id)
    require(may_react(member, post))
    mine = (Reaction.post_id == post.id, Reaction.member_id == member.id, Reaction.word == word)
    reaction = tx.scalar(select(Reaction).where(*mine))
    if reaction is None:
        return post
    tx.delete(reaction)
    return _added_up(tx, post)


def _tell(tx: Transaction, member: Member, post: Post) -> None:
    """The author, once until they have looked."""
    if not waits_for(tx, post.author_id, NoticeKind.REACTION, post.topic.address):
        tell_author(tx, NoticeKind.REACTION, member, post)


def _added_up(tx: Transaction, post: Post) -> Post:
    """The post is held, so nobody counts beside us."""
    tx.flush()
    of_post = Reaction.post_id == post.id
    counted = select(Reaction.word, func.count()).where(of_post).group_by(Reaction.word)
    totals = {word: total for word, total in tx.execute(counted)}
    by: dict[str, list[int]] = {word: [] for word in totals}
    few = [word for word, total in totals.items() if total <= NAMED]
    named = select(Reaction.word, Reaction.member_id).where(of_post, Reaction.word.in_(few))
    for word, member_id in tx.execute(named.order_by(Reaction.id)):
        by[word].append(member_id)
    post.reactions = {word: Given(total=totals[word], by=by[word]) for word in totals}
    return show_anew(tx, post)
