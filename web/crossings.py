"""What takes two floors at once: one call of each, in one transaction."""

from collections.abc import Collection
from typing import NamedTuple

from channels.direct import part, renamed
from channels.leaving import come_back, leave, left_with, read_of
from channels.models import Channel, Departure, Message
from channels.reactions import Reaction
from community import blocks, joining, profiles
from community.blocks import Extent
from community.database import Transaction
from community.joining import Confirmation
from community.members.models import Member
from community.places import Lens
from forum.arriving.actions import Origin, Said, begin, send_back, take_in
from forum.arriving.queries import posts_made_of
from forum.topics.models import Topic
from moderation.decisions.going_along import cases_go_along, hold_queue
from moderation.decisions.registrations import ask_to_be_let_in
from moderation.models import SubjectKind


class NewTopic(NamedTuple):
    title: str
    category_id: int


def join_by(tx: Transaction, ticket_id: str, confirmation: Confirmation) -> Member | None:
    """As community/joining.py; where moderators let new members in, they are asked."""
    return _introduced(tx, joining.join_by(tx, ticket_id, confirmation))


def consent_to(tx: Transaction, guardianship_id: str, name: str, version: str) -> None:
    _introduced(tx, joining.consent_to(tx, guardianship_id, name, version))


def keep_away(tx: Transaction, member: Member, other_id: int, extent: Extent) -> None:
    """As community/blocks.py; what is being said in the direct room of the two is said before, or
    not any more, and who is there is shown to nobody there."""
    blocks.keep_away(tx, member, other_id, extent)
    part(tx, member, other_id)


def change_profile(tx: Transaction, member: Member, *, name: str, about: str) -> None:
    """As community/profiles.py; talk among few that is called by its people has the new name."""
    before = member.name
    profiles.change_profile(tx, member, name=name, about=about)
    if member.name != before:
        renamed(tx, member)


def make_topic(
    tx: Transaction, member: Member, channel_id: int, ids: Collection[int], into: NewTopic | int
) -> Departure:
    """These messages are posts from now on, in a new topic or in the one with that id. An open case
    about one of them is about its post."""
    departure = leave(tx, member, channel_id, ids)
    if posts_made_of(tx, ids):
        return departure  # sent twice
    hold_queue(tx)
    messages = left_with(tx, departure)
    said = [Said(one, one.parent_id, one.reactions, one.attachments) for one in messages]
    origin = _origin(departure)
    match into:
        case NewTopic(title=title, category_id=category_id):
            topic = begin(tx, member, category_id, title, said, origin)
        case topic_id:
            topic = take_in(tx, member, topic_id, said, origin)
    made = {post.message_id or 0: post.id for post in posts_made_of(tx, ids)}
    cases_go_along(tx, SubjectKind.MESSAGE, made, SubjectKind.POST, topic.id)
    return departure


def undo_topic(tx: Transaction, member: Member, departure_id: int) -> Topic:
    """All of it, as long as it may be: the messages stand where they were said."""
    messages = come_back(tx, member, departure_id)
    hold_queue(tx)
    ids = [message.id for message in messages]
    made = {post.id: post.message_id or 0 for post in posts_made_of(tx, ids)}
    topic = send_back(tx, member, Message.kind, ids)
    channel_id = messages[0].stream_id
    cases_go_along(tx, SubjectKind.POST, made, SubjectKind.MESSAGE, channel_id)
    return topic


def _origin(departure: Departure) -> Origin:
    channel = departure.channel
    place = Lens(channel.region, channel.cluster, channel.theme)
    name = "" if channel.private else channel.name
    return Origin(Channel.kind, name, place, Reaction, read_of(departure))


def _introduced(tx: Transaction, member: Member | None) -> Member | None:
    if member and not member.admitted:
        tx.forget_turns()  # nobody else knows of them yet
        ask_to_be_let_in(tx, member)
    return member
