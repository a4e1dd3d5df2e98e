"""What a topic is for, and what comes of a question: an answer. (Of a decision: conclusions.py.)

Sections in house order: policies, actions.
"""

from community import audit
from community.database import Transaction
from community.members.models import Appointment, Member
from community.members.queries import live_appointment_of
from community.notices.models import NoticeKind
from community.policies import Verdict, no, require
from community.words import _
from forum.indexing import index_anew
from forum.telling import tell_author
from forum.timeline import Deed, note
from forum.topics.actions import show_anew
from forum.topics.models import Aim, Post, Topic
from forum.topics.policies import may_arrange
from forum.topics.queries import post_for, topic_for

# Policies


def may_accept(member: Member, appointment: Appointment | None, post: Post) -> Verdict:
    """`appointment` is the member's live one. Also whether they may take it back."""
    if post.topic.aim != Aim.QUESTION:
        return no(_("Only a question has an answer."))
    if post.seq == 1:
        return no(_("This is the question itself."))
    if post.gone:
        return no(_("It is not there any more."))
    return may_arrange(member, appointment, post.topic)


def may_take_back(member: Member, appointment: Appointment | None, post: Post) -> Verdict:
    """Also of an answer that was hidden or withdrawn since."""
    if post.seq != post.topic.answer_seq:
        return no(_("This is not the accepted answer."))
    return may_arrange(member, appointment, post.topic)


# Actions


def turn(tx: Transaction, member: Member, topic_id: int, aim: Aim, reason: str = "") -> Topic:
    """Into another kind of topic. What is no question any more has no answer."""
    topic = tx.hold(topic_for, member, topic_id)
    require(may_arrange(member, live_appointment_of(tx, member), topic))
    if topic.aim == aim:
        return topic
    topic.aim = aim
    _accept_instead(tx, topic, None)
    index_anew(tx, topic)  # what was concluded is only found where it is shown
    record(tx, member, topic, "topic.turned")
    return note(tx, topic, member, Deed(f"to_{aim}"), reason)


def accept(tx: Transaction, member: Member, post_id: int) -> Topic:
    """In place of the one accepted before."""
    post = tx.hold(post_for, member, post_id)
    require(may_accept(member, live_appointment_of(tx, member), post))
    topic = post.topic
    if topic.answer_seq == post.seq:
        return topic
    _accept_instead(tx, topic, post)
    tell_author(tx, NoticeKind.ACCEPTED, member, post)
    record(tx, member, topic, "topic.answered")
    return note(tx, topic, member, Deed.ANSWERED, number=str(post.seq))


def take_back(tx: Transaction, member: Member, post_id: int) -> Topic:
    """That this is the answer."""
    post = tx.hold(post_for, member, post_id)
    require(may_take_back(member, live_appointment_of(tx, member), post))
    topic = post.topic
    _accept_instead(tx, topic, None)
    record(tx, member, topic, "topic.unanswered")
    return note(tx, topic, member, Deed.UNANSWERED, number=str(post.seq))


def record(tx: Transaction, member: Member, topic: Topic, verb: str) -> None:
    """What the starter does is no deed of power."""
    if member.id != topic.starter_id:
        audit.record(tx, member, verb, topic.address)


def _accept_instead(tx: Transaction, topic: Topic, post: Post | None) -> None:
    """Both read differently from now on: the one, and the one before."""
    before = topic.answer if topic.answer_seq else None
    topic.answer_seq = post.seq if post else None
    tx.flush()
    tx.expire(topic, ["answer"])
    for one in (before, post):
        if one:
            show_anew(tx, one)
