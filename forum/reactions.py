"""Reactions to posts (community/reactions.py).

Sections in house order: models, policies, queries, actions.
"""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import reactions
from community.database import Transaction
from community.members.models import Member
from community.notices.models import NoticeKind
from community.notices.queries import waits_for
from community.policies import Verdict, no, require
from community.reactions import Reactions, Word, give, take
from community.words import _
from forum.telling import tell_author
from forum.topics.actions import show_anew
from forum.topics.models import Post
from forum.topics.policies import may_reply
from forum.topics.queries import post_for

# Models


class Reaction(reactions.Reaction):
    __tablename__ = "post_reactions"
    __table_args__ = (UniqueConstraint("post_id", "member_id", "word"),)
    named = 200

    entry_id: Mapped[int] = mapped_column("post_id", ForeignKey("posts.id"))


# Policies


def may_react(member: Member, post: Post) -> Verdict:
    if post.gone:
        return no(_("It is not there any more."))
    return may_reply(member, post.topic)


# Queries


def reactions_to(
    session: Session, reader: Member | None, post: Post, before: int | None = None
) -> Reactions:
    return reactions.reactions_to(session, reader, Reaction, post, before)


# Actions


def react(tx: Transaction, member: Member, post_id: int, word: Word) -> Post:
    """Twice is once."""
    post = tx.hold(post_for, member, post_id)
    require(may_react(member, post))
    if not give(tx, member, Reaction, post, word):
        return post
    _tell(tx, member, post)
    return show_anew(tx, post)


def take_back(tx: Transaction, member: Member, post_id: int, word: Word) -> Post:
    post = tx.hold(post_for, member, post_id)
    require(may_react(member, post))
    return show_anew(tx, post) if take(tx, member, Reaction, post, word) else post


def _tell(tx: Transaction, member: Member, post: Post) -> None:
    """The author, once until they have looked."""
    if not waits_for(tx, post.author_id, NoticeKind.REACTION, post.topic.address):
        tell_author(tx, NoticeKind.REACTION, member, post)
