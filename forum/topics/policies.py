from community.members.models import Appointment, Member
from community.members.policies import may_write
from community.organisations.models import Mandate
from community.policies import YES, Verdict, no
from community.words import _
from forum.categories import Category
from forum.topics.models import Aim, Post, Topic


def may_start(member: Member, category: Category) -> Verdict:
    if not may_write(member):
        return may_write(member)
    if category.archived_at:
        return no(_("This category takes no new topics."))
    return YES


def may_reply(member: Member, topic: Topic) -> Verdict:
    if not may_write(member):
        return may_write(member)
    if topic.locked_at and not member.moderates:
        return no(_("This topic is locked."))
    return YES


def may_answer(
    member: Member, topic: Topic, answered: Post | None, mandate: Mandate | None
) -> Verdict:
    """The post `answered`, in the name of `mandate`. Under some announcements members ask, and
    nobody but the office answers them; what it said itself may be asked about."""
    office = topic.category.answered_by_id
    speaks = mandate is not None and mandate.organisation_id == office
    asks = answered is None or answered.seq == 1
    if office is not None and not (asks or speaks):
        return no(_("Here members ask, and the office answers. Ask your question by itself."))
    return may_reply(member, topic)


def may_change(member: Member, post: Post) -> Verdict:
    if post.author_id != member.id:
        return no(_("Only the author can change it."))
    if post.gone and post.gone != "asked":
        return no(_("It is not there any more."))
    return may_reply(member, post.topic)


def may_bring_back(member: Member, post: Post) -> Verdict:
    """Only what the author withdrew: what a moderator hid stays hidden."""
    if post.author_id != member.id:
        return no(_("Only the author can change it."))
    if post.hidden_at:
        return no(_("It is not there any more."))
    return may_reply(member, post.topic)


def may_lock(member: Member, appointment: Appointment | None, topic: Topic) -> Verdict:
    """`appointment` is the member's live one."""
    if not member.moderates or appointment is None:
        return no(_("Only moderators do this."))
    inside = appointment.lens.holds(topic)
    if not inside or appointment.category_id not in {None, topic.category_id}:
        return no(_("This topic lies outside of what you look after."))
    return YES


def may_close(member: Member, appointment: Appointment | None, topic: Topic) -> Verdict:
    """As may_lock; a decision is closed with what was decided."""
    if not may_lock(member, appointment, topic):
        return may_lock(member, appointment, topic)
    if topic.aim == Aim.DECISION and not topic.conclusion:
        return no(_("A decision needs its conclusion before it is closed."))
    return YES


def may_close_later(member: Member, appointment: Appointment | None, topic: Topic) -> Verdict:
    if topic.locked_at:
        return no(_("This topic is locked."))
    return may_lock(member, appointment, topic)


def may_arrange(member: Member, appointment: Appointment | None, topic: Topic) -> Verdict:
    """Its kind, its tags and what came of it: who started it, and who looks after it."""
    if may_lock(member, appointment, topic):
        return YES
    if topic.starter_id != member.id:
        return no(_("Only who started the topic and moderators do this."))
    return may_reply(member, topic)
