"""`appointment` is the moderator's live one."""

from community.members.models import Appointment, Member
from community.policies import Verdict, no
from community.words import _
from forum.categories import Category
from forum.topics.models import Topic
from forum.topics.policies import may_lock, may_start

STAYS = _("This belongs to its announcement, and stays there.")
MOST_MERGED = 1_000  # posts of a topic that is merged: for about a second nobody else writes


def may_move(
    moderator: Member, appointment: Appointment | None, topic: Topic, category: Category
) -> Verdict:
    """Also whether they may make a topic of its posts there. What is written under an announcement
    stays with it."""
    if topic.category.announcement_id:
        return no(STAYS)
    may = may_lock(moderator, appointment, topic)
    return may_start(moderator, category) if may else may


def may_bring(
    moderator: Member, appointment: Appointment | None, topic: Topic, target: Topic
) -> Verdict:
    """Posts of the one into the other."""
    if topic.id == target.id:
        return no(_("They stand in this topic already."))
    may = may_lock(moderator, appointment, topic)
    return may_lock(moderator, appointment, target) if may else may


def may_merge(
    moderator: Member, appointment: Appointment | None, topic: Topic, target: Topic
) -> Verdict:
    """A conclusion belongs to its topic, and would be lost; so would what stands under an
    announcement."""
    if topic.category.announcement_id:
        return no(STAYS)
    if not topic.posts:
        return no(_("There is nothing in this topic."))
    if topic.posts > MOST_MERGED:
        return no(_("A topic of more than %(most)s posts is not merged."), most=MOST_MERGED)
    if topic.conclusion:
        return no(_("A topic with a conclusion cannot be merged with another one."))
    return may_bring(moderator, appointment, topic, target)
