"""The log: what was done with power, about what, in the words people know it by."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from channels.models import Channel, HeldMessage, Message
from community.audit import AuditEntry
from community.members.models import Member
from community.organisations.models import Mandate, Organisation
from community.words import _
from forum.announcements.models import Announcement
from forum.categories import Category
from forum.holding import HeldPost
from forum.topics.models import Post, Topic
from moderation.orders.models import Order
from moderation.reasons import Reason, all_reasons

MEMBERS = ("member", "holder", "from")  # details that hold the number of one
NUMBER = re.compile(r"\d{1,18}$")
NAMES: dict[str, Select[int, str]] = {  # what the kinds of subject are called, by number
    "announcement": select(Announcement.id, Announcement.title),
    "category": select(Category.id, Category.name),
    "channel": select(Channel.id, Channel.name),
    "held": select(HeldMessage.id, Channel.name).join(HeldMessage.channel),
    "held_post": select(HeldPost.id, func.coalesce(Topic.title, HeldPost.title)).outerjoin(
        HeldPost.topic
    ),
    "mandate": select(Mandate.id, Member.name).join(Mandate.member),
    "member": select(Member.id, Member.name),
    "message": select(Message.id, Channel.name).join(Message.channel),
    "order": select(Order.id, Order.authority),
    "organisation": select(Organisation.id, Organisation.name),
    "post": select(Post.id, Topic.title).join(Post.topic),
    "profile": select(Member.id, Member.name),
    "registration": select(Member.id, Member.name),
    "topic": select(Topic.id, Topic.title),
    "verification": select(Organisation.id, Organisation.name),
}

# What each deed is called, by its verb; the gap is who did it.
DEEDS = {
    "announcement.listed": _("%(name)s took a list of who has not acknowledged an announcement"),
    "announcement.corrected": _("%(name)s corrected an announcement"),
    "announcement.published": _("%(name)s published an announcement"),
    "announcement.withdrawn": _("%(name)s withdrew an announcement"),
    "case.agreed": _("%(name)s agreed, and it was decided"),
    "case.appealed": _("%(name)s appealed"),
    "case.applied": _("%(name)s asked for it"),
    "case.asked": _("%(name)s asked the applicant for more"),
    "case.called": _("Somebody was called to it"),
    "case.called_nobody": _("There was nobody to call to it"),
    "case.claimed": _("%(name)s claimed it"),
    "case.decided": _("%(name)s decided"),
    "case.ended": _("The case ended by itself"),
    "case.escalated": _("%(name)s passed it to the senior moderators"),
    "case.expired": _("Nobody appealed in time"),
    "case.flagged": _("%(name)s reported it"),
    "case.flagged_by_order": _("An authority reported it"),
    "case.flagged_by_outsider": _("Somebody without an account reported it"),
    "case.flagged_by_rule": _("A rule of words reported it"),
    "case.flagged_by_system": _("It was reported by itself"),
    "case.hidden": _("It was hidden by itself until somebody has looked"),
    "case.doubted": _("A line says that it is being checked until somebody has looked"),
    "case.kept": _("The profile of its author stays as it is until somebody has looked"),
    "case.labelled": _("A rule of words put a line above it"),
    "case.lapsed": _("The claim ended by itself"),
    "case.let_go": _("The profile of its author can be changed again"),
    "case.locked": _("Nobody answers where it stands until somebody has looked"),
    "case.noted": _("%(name)s wrote a note"),
    "case.objected": _("%(name)s objected to what was proposed"),
    "case.opened": _("The case was opened"),
    "case.proposed": _("%(name)s proposed a decision"),
    "case.proven": _("An office confirmed its address"),
    "case.report_withdrawn": _("%(name)s took a report back"),
    "case.replaced": _("What was hidden by itself follows from a decision now"),
    "case.shown": _("What was hidden by itself is shown again"),
    "case.stays_hidden": _(
        "Nobody has looked in time; what holds till then stays, and somebody was called"
    ),
    "case.reminded": _("The applicant was reminded"),
    "case.released": _("%(name)s let it go"),
    "case.returned": _("%(name)s gave it back to all moderators"),
    "case.ruled": _("%(name)s decided about the appeal"),
    "case.reopened": _("%(name)s agreed, and the case was opened anew"),
    "case.reopening": _("%(name)s proposed to open the case anew"),
    "case.kept_closed": _("%(name)s left the case closed"),
    "case.reversed": _("%(name)s found that it was decided wrongly"),
    "case.taken_back": _("%(name)s took the proposal back"),
    "case.taken_over": _("%(name)s took it over"),
    "case.viewed": _("%(name)s looked at what is private"),
    "case.file_viewed": _("%(name)s opened a file that is private"),
    "case.undoubted": _("No line says any more that it is being checked"),
    "case.unlabelled": _("The line above it was taken away"),
    "case.unlocked": _("Where it stands can be answered again"),
    "case.voided": _("%(name)s found nothing left to decide"),
    "case.answered": _("%(name)s answered"),
    "category.archived": _("%(name)s archived a category"),
    "category.changed": _("%(name)s changed a category"),
    "category.moved": _("%(name)s moved a category"),
    "category.opened": _("%(name)s opened a category"),
    "category.restricted": _("%(name)s changed who may enter a category"),
    "category.unarchived": _("%(name)s opened a category again"),
    "channel.admitted": _("%(name)s let somebody into a channel"),
    "channel.archived": _("%(name)s archived a channel"),
    "channel.back": _("%(name)s let messages come back from a topic"),
    "channel.changed": _("%(name)s changed a channel"),
    "channel.left": _("%(name)s made messages part of a topic"),
    "channel.muted": _("%(name)s muted somebody in a channel"),
    "channel.unmuted": _("%(name)s let somebody speak in a channel again"),
    "channel.opened": _("%(name)s opened a channel"),
    "channel.hosted": _("%(name)s changed who hosts a channel"),
    "channel.kept": _("%(name)s changed how long a channel keeps what is said"),
    "channel.callers": _("%(name)s changed who may call everybody in a channel"),
    "channel.paced": _("%(name)s changed the slow mode of a channel"),
    "channel.silenced": _("%(name)s set a channel to be read only"),
    "channel.removed": _("%(name)s removed somebody from a channel"),
    "channel.unarchived": _("%(name)s opened a channel again"),
    "deputy.begun": _("A deputy began to stand in"),
    "deputy.ended": _("A deputy does not stand in any more"),
    "deputy.named": _("%(name)s named a deputy"),
    "duty.added": _("%(name)s added a turn on call"),
    "duty.removed": _("%(name)s removed a turn on call"),
    "evidence.blanked": _("What an organisation had shown was deleted"),
    "field.given": _("%(name)s said who answers what at an office"),
    "field.taken": _("%(name)s took from somebody what they answer at an office"),
    "invitation.ended": _("%(name)s took an invitation back"),
    "invitation.made": _("%(name)s made an invitation"),
    "invitation.many": _("%(name)s sent invitations to a list"),
    "log.exported": _("%(name)s took lines of the log as a file"),
    "manuscript.approved": _("%(name)s approved an announcement"),
    "manuscript.declined": _("%(name)s declined an announcement"),
    "manuscript.dropped": _("%(name)s deleted the draft of an announcement"),
    "manuscript.planned": _("An announcement is planned"),
    "manuscript.published": _("The draft of an announcement is published"),
    "manuscript.skipped": _("A planned announcement was not published"),
    "manuscript.submitted": _("%(name)s asked for the approval of an announcement"),
    "manuscript.taken_back": _("%(name)s took the draft of an announcement back"),
    "mandate.accepted": _("%(name)s accepted a mandate"),
    "mandate.changed": _("%(name)s changed the role of a mandate"),
    "mandate.ended": _("A mandate ended by itself"),
    "mandate.extended": _("%(name)s changed until when a mandate holds"),
    "mandate.offered": _("%(name)s offered a mandate"),
    "mandate.withdrawn": _("%(name)s ended a mandate"),
    "member.linked": _("%(name)s linked an account elsewhere"),
    "member.added": _("%(name)s added a member"),
    "member.cleared": _("%(name)s took picture and words from a profile"),
    "holiday.added": _("%(name)s added a holiday"),
    "holiday.taken_away": _("%(name)s took a holiday away"),
    "member.dismissed": _("A role ended by itself"),
    "member.appointed": _("%(name)s gave or took back a role"),
    "member.factors_reset": _("%(name)s reset a lost second step"),
    "member.powers_back": _("What a member may do holds again"),
    "member.powers_rest": _("What a member may do rests until they sign in in two steps"),
    "member.reset_lapsed": _("Nobody confirmed in time that a second step be reset"),
    "member.reset_asked": _("%(name)s asked to reset a lost second step"),
    "member.reset_withdrawn": _("%(name)s withdrew the request to reset a second step"),
    "member.erased": _("%(name)s erased a member, who had asked for it"),
    "member.released": _("%(name)s ended the say of a guardian"),
    "member.renamed": _("%(name)s changed their name"),
    "member.signed_out": _("%(name)s signed a member out everywhere"),
    "member.suspended": _("%(name)s suspended a member"),
    "order.absent": _("%(name)s found that there is not all that an order names"),
    "order.named": _("%(name)s added addresses to an order"),
    "order.overdue": _("The time for an order is over"),
    "order.paper_kept": _("%(name)s put what an authority sent with its order"),
    "order.paper_seen": _("%(name)s looked at what an authority sent with its order"),
    "order.pressing": _("Administrators were told how much time an order has left"),
    "order.proof_seen": _("%(name)s looked at the proof about an order"),
    "order.received": _("%(name)s took in the order of an authority"),
    "order.seen": _("%(name)s looked at an order"),
    "order.verified": _("%(name)s made sure that an order is genuine"),
    "organisation.closed": _("An organisation was closed"),
    "organisation.closing": _("%(name)s wants an organisation to close"),
    "organisation.kept": _("%(name)s kept an organisation open"),
    "organisation.reopened": _("%(name)s opened an organisation again"),
    "organisation.changed": _("%(name)s changed an organisation"),
    "organisation.recovered": _("%(name)s offered an organisation to a new owner"),
    "organisation.unverified": _("%(name)s ended the badge of an organisation"),
    "organisation.registered": _("%(name)s registered an organisation"),
    "organisation.lapsed": _("The verification of an organisation ended"),
    "poll.ended": _("%(name)s ended a poll"),
    "proposal.agreed": _("%(name)s agreed to what was proposed for many cases"),
    "proposal.made": _("%(name)s proposed what becomes of many cases"),
    "proposal.objected": _("%(name)s objected to what was proposed for many cases"),
    "proposal.taken_back": _("%(name)s took back what they proposed for many cases"),
    "reason.changed": _("%(name)s changed a reason"),
    "response.answered": _("%(name)s answered officially for an office"),
    "response.assigned": _("%(name)s gave somebody of an office a question to see to"),
    "response.handed_over": _("%(name)s handed a question over to another office"),
    "response.implemented": _("%(name)s said for an office that it was carried out"),
    "response.paused": _("%(name)s paused the clock of an official response"),
    "response.refused": _("%(name)s refused a question for an office"),
    "response.reopened": _("An official answer was withdrawn, and its question is open again"),
    "response.went_on": _("The clock of an official response goes on"),
    "restriction.lifted": _("%(name)s lifted a restriction"),
    "restriction.met": _("%(name)s changed what they were asked to change"),
    "restriction.ended": _("A restriction ended by itself"),
    "site.joining": _("%(name)s changed who may join"),
    "site.publishing": _("%(name)s changed who approves announcements"),
    "site.thresholds": _("%(name)s changed from when on reports hide something"),
    "site.changed": _("%(name)s changed the settings of the site"),
    "word_rule.changed": _("%(name)s changed a rule of words"),
    "word_rule.made": _("%(name)s made a rule of words"),
    "template.kept": _("%(name)s kept a template of announcements"),
    "template.removed": _("%(name)s removed a template of announcements"),
    "template.renamed": _("%(name)s renamed a template of announcements"),
    "text.added": _("%(name)s added a canned text"),
    "text.changed": _("%(name)s changed a canned text"),
    "text.removed": _("%(name)s removed a canned text"),
    "topic.answered": _("%(name)s accepted an answer"),
    "topic.closed": _("A topic was closed, as planned"),
    "topic.concluded": _("%(name)s wrote the conclusion of a topic"),
    "topic.left_open": _("%(name)s lets a topic stay open"),
    "topic.locked": _("%(name)s locked a topic"),
    "topic.merged": _("%(name)s merged a topic with another one"),
    "topic.moved": _("%(name)s moved a topic to another category"),
    "topic.pinned": _("%(name)s pinned a topic"),
    "topic.posts_moved": _("%(name)s moved posts to another topic"),
    "topic.retitled": _("%(name)s changed the title of a topic"),
    "topic.split": _("%(name)s made a topic of posts of another one"),
    "topic.struck": _("%(name)s took words out of a topic"),
    "topic.tagged": _("%(name)s changed the tags of a topic"),
    "topic.to_close": _("%(name)s lets a topic close by itself"),
    "topic.turned": _("%(name)s made a topic another kind"),
    "topic.unanswered": _("%(name)s took an accepted answer back"),
    "topic.unlocked": _("%(name)s unlocked a topic"),
    "topic.unpinned": _("%(name)s unpinned a topic"),
}


class Told(NamedTuple):
    """Entries with what their sentences need."""

    entries: Sequence[AuditEntry]
    names: dict[str, str]  # by subject
    reasons: dict[str, Reason]

    def member(self, detail: str, value: object) -> str | None:
        """By name, where that detail of an entry holds the number of one."""
        return self.names.get(f"member:{value}", str(value)) if detail in MEMBERS else None


def told(session: Session, entries: Sequence[AuditEntry]) -> Told:
    mentioned = {subject for entry in entries for subject in _mentioned(entry)}
    return Told(entries, names_of(session, mentioned), all_reasons(session))


def names_of(session: Session, subjects: Iterable[str]) -> dict[str, str]:
    """One part of the query for each kind there is among them."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for kind, number in (subject.split(":") for subject in subjects):
        if kind in NAMES:
            numbers[kind].add(int(number))
    named = [
        NAMES[kind].where(_id(kind).in_(wanted)).add_columns(literal(kind))
        for kind, wanted in numbers.items()
    ]
    rows = session.execute(union_all(*named)) if named else ()
    return {f"{kind}:{number}": name for number, name, kind in rows}


def _mentioned(entry: AuditEntry) -> Iterator[str]:
    yield entry.subject
    if "about" in entry.details:
        yield entry.details["about"]
    if category := entry.details.get("category"):
        yield f"category:{category}"
    if organisation := entry.details.get("organisation"):
        yield f"organisation:{organisation}"
    yield from (f"member:{entry.details[key]}" for key in MEMBERS if key in entry.details)


def _id(kind: str) -> ColumnElement[int]:
    return NAMES[kind].selected_columns[0]
