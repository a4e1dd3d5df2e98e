"""Reactions to messages (community/reactions.py).

Sections in house order: models, policies, queries, actions.
"""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from channels.models import Message
from channels.policies import Standing, may_answer
from channels.queries import deaf_in, message_for, standing_in, still_in
from channels.showing import show_anew
from community import reactions
from community.blocks import away_from
from community.database import Transaction
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.notices.queries import waits_for
from community.policies import Verdict, no, require
from community.reactions import Reactions, Word, give, take
from community.words import _

# Models


class Reaction(reactions.Reaction):
    __tablename__ = "message_reactions"
    __table_args__ = (UniqueConstraint("message_id", "member_id", "word"),)
    named = 50  # all who watch are sent them with every press

    entry_id: Mapped[int] = mapped_column("message_id", ForeignKey("messages.id"))


# Policies


def may_react(member: Member, message: Message, standing: Standing) -> Verdict:
    if message.gone:
        return no(_("It is not there any more."))
    return may_answer(member, message.channel, standing)


# Queries


def reactions_to(
    session: Session, reader: Member | None, message: Message, before: int | None = None
) -> Reactions:
    return reactions.reactions_to(session, reader, Reaction, message, before)


# Actions


def react(tx: Transaction, member: Member, message_id: int, word: Word) -> Message:
    """Twice is once."""
    message = tx.hold(message_for, member, message_id)
    require(may_react(member, message, standing_in(tx, member, message.channel)))
    if not give(tx, member, Reaction, message, word):
        return message
    _tell(tx, member, message)
    return show_anew(tx, message)


def take_back(tx: Transaction, member: Member, message_id: int, word: Word) -> Message:
    message = tx.hold(message_for, member, message_id)
    require(may_react(member, message, standing_in(tx, member, message.channel)))
    return show_anew(tx, message) if take(tx, member, Reaction, message, word) else message


def _tell(tx: Transaction, member: Member, message: Message) -> None:
    """The author, once until they have looked; not who keeps away from the member,
    left, or wants to hear nothing of it."""
    author, channel = message.author_id, message.channel
    if author in {member.id} | away_from(tx, member, {author}):
        return
    if waits_for(tx, author, NoticeKind.REACTION, channel.address):
        return
    theirs = {(author, channel.id)}
    if still_in(tx, theirs) - deaf_in(tx, theirs):
        notify(tx, {author}, NoticeKind.REACTION, actor=member, title=channel.name_for(author),
               link=f"/messages/{message.id}", stream=channel.address, seq=message.seq)  # fmt: skip
