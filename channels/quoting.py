"""What was said in a channel, in what somebody writes elsewhere.

Sections in house order: policies, queries.
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from channels.leaving import messages_chosen
from channels.models import Channel, Message
from channels.queries import channel_for
from community.errors import Invalid
from community.members.models import Member
from community.members.policies import may_write
from community.policies import Verdict, no, require
from community.quotes import quoted
from community.words import _

MOST = 10  # messages quoted at once
PRIVATE = "↗"  # stands for the name of a channel that not all members see

# Policies


def may_quote(member: Member, channel: Channel, authors: Collection[int]) -> Verdict:
    """Elsewhere. What was said in private is carried out by nobody else, word for word neither."""
    if channel.private and set(authors) - {member.id}:
        return no(_("Words said in private are carried elsewhere only by those who said them."))
    return may_write(member)


# Queries


def quotes_of(session: Session, member: Member, channel_id: int, ids: Collection[int]) -> str:
    """As Markdown, in the order in which they were said. Raises Denied, and what messages_chosen
    raises."""
    channel = channel_for(session, member, channel_id)
    if len(ids) > MOST:
        raise Invalid(_("At most %(most)s messages are quoted at once."), most=MOST)
    messages = messages_chosen(session, channel, ids)
    require(may_quote(member, channel, {message.author_id for message in messages}))
    return "".join(_quote_of(channel, message) for message in messages)


def _quote_of(channel: Channel, message: Message) -> str:
    place = PRIVATE if channel.private else channel.name
    return quoted(message.author.name, place, f"/messages/{message.id}", message.body)
