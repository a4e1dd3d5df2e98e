from datetime import datetime, timedelta

from community.members.models import Member
from community.members.policies import may_write
from community.organisations.models import Kind, Mandate
from community.organisations.policies import may_speak_for, may_speak_officially
from community.policies import YES, Verdict, no
from community.site import Seconding
from community.words import _
from forum.announcements.models import Announcement, Audience, Draft, Purpose
from forum.manuscripts.models import Correction, Manuscript, Plan, State

A_DAY_MOST = 20  # announcements of one office within a day
URGENT_MOST = 3  # of them urgent ones
FARTHEST = timedelta(days=36_525)  # a hundred years: nobody means a date beyond
TOO_FAR = _("This is too far ahead.")


def may_publish(member: Member, mandate: Mandate | None, *, facilitators: bool = True) -> Verdict:
    """An official, under the mandate they publish with; where the community lets them,
    `facilitators`, too, as is known of a mandate that was found for it."""
    if mandate is None:
        return no(_("Only officials publish announcements."))
    if not may_write(member):
        return may_write(member)
    organisation = mandate.organisation
    if facilitators and organisation.kind == Kind.FACILITATOR and organisation.verified:
        return may_speak_for(member, mandate)
    return may_speak_officially(member, mandate)


def needs_second(seconding: str, audience: Audience) -> bool:
    """Whether somebody else of the office has to approve it first (ASVS 5.0, 2.3.5)."""
    return seconding == Seconding.ALWAYS or (seconding == Seconding.NATIONAL and audience.national)


def may_approve(
    member: Member, mandate: Mandate | None, manuscript: Manuscript, absent: frozenset[int]
) -> Verdict:
    """Four eyes: who has written nothing of it, nor stands in for one of the `absent` who has. Else
    its writer would choose, by naming a deputy, who approves it in their place."""
    if not may_publish(member, mandate):
        return may_publish(member, mandate)
    if member.id in manuscript.writers:
        return no(_("You wrote part of it. Somebody else who speaks for the office approves it."))
    if not absent.isdisjoint(manuscript.writers):
        return no(_("You stand in for somebody who wrote part of it. Somebody else who speaks for "
                    "the office approves it."))  # fmt: skip
    return YES


def may_rewrite(manuscript: Manuscript) -> Verdict:
    if manuscript.state != State.WRITTEN:
        return no(_("It is handed in. Take it back first, then change it."))
    return YES


def may_be_told(purpose: str, today: int, urgent: int) -> Verdict:
    """`today`: how many announcements the office published within a day; how many of them were
    `urgent`. Who is told of everything listens to nothing."""
    if today >= A_DAY_MOST:
        return no(_("An office publishes at most %(most)s announcements a day."), most=A_DAY_MOST)
    if purpose == Purpose.URGENT and urgent >= URGENT_MOST:
        return no(_("An office publishes at most %(most)s urgent announcements a day."),
                  most=URGENT_MOST)  # fmt: skip
    return YES


def may_take_away(lately: int) -> Verdict:
    """`lately`: how many announcements the office withdrew within a day."""
    if lately >= A_DAY_MOST:
        return no(_("An office withdraws at most %(most)s announcements a day."), most=A_DAY_MOST)
    return YES


def may_come_now(manuscript: Manuscript, at: datetime) -> Verdict:
    """Dates that had not passed when it was written may have by now."""
    if _too_far(manuscript.draft, at):
        return no(TOO_FAR)
    if manuscript.acknowledge_by and manuscript.acknowledge_by <= at:
        return no(_("The time to acknowledge by has passed already."))
    if manuscript.expires_at and manuscript.expires_at <= at:
        return no(_("It would have expired already."))
    return YES


def wrong_correction(
    announcement: Announcement, it: Correction, at: datetime
) -> dict[str, Verdict]:
    """What cannot stand so, by the name of the field. Who is asked again has a new deadline."""
    draft = it.draft
    wrong = _too_far(draft, at)
    if not it.reason.strip():
        wrong["reason"] = no(_("Say why: all who read it see this."))
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        wrong["valid_until"] = no(_("It would end before it begins."))
    expires = announcement.expires_at
    if it.material and expires and expires <= at:
        wrong["material"] = no(_("It has expired: nobody is told of it any more."))
    if it.material and announcement.acknowledge_by:
        if draft.acknowledge_by is None or draft.acknowledge_by <= at:
            wrong["acknowledge_by"] = no(_("The time to acknowledge by has passed already."))
        elif expires and draft.acknowledge_by >= expires:
            wrong["acknowledge_by"] = no(_("It would expire before it is read and acknowledged."))
    return wrong


def wrong_dates(draft: Draft, plan: Plan, at: datetime) -> dict[str, Verdict]:
    """What cannot be kept, by the name of the field."""
    wrong = _too_far(draft, at)
    if plan.publish_at and plan.publish_at > at + FARTHEST:
        wrong["publish_at"] = no(TOO_FAR)
    begins = max(plan.publish_at or at, at)
    if plan.publish_at and plan.publish_at <= at:
        wrong["publish_at"] = no(_("The minute to publish it at has passed already."))
    if draft.acknowledge_by and draft.acknowledge_by <= begins:
        wrong["acknowledge_by"] = no(_("The time to acknowledge by has passed already."))
    if draft.expires_at and draft.expires_at <= max(begins, draft.acknowledge_by or begins):
        wrong["expires_at"] = no(_("It would expire before it is read and acknowledged."))
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        wrong["valid_until"] = no(_("It would end before it begins."))
    return wrong


def _too_far(draft: Draft, at: datetime) -> dict[str, Verdict]:
    """Reminders are reckoned from them, and each reader sees them in their own zone."""
    last = at + FARTHEST
    minutes = {"acknowledge_by": draft.acknowledge_by, "expires_at": draft.expires_at}
    days = {"valid_from": draft.valid_from, "valid_until": draft.valid_until}
    far = [name for name, minute in minutes.items() if minute and minute > last]
    far += [name for name, day in days.items() if day and day > last.date()]
    return {name: no(TOO_FAR) for name in far}
