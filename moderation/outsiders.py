"""Reports by people without an account (Regulation (EU) 2022/2065, Art 16; PM Kominfo 5/2020,
Art 10). They prove an address by a letter; before that nothing enters the queue. What can be
reported is what they can read.

Sections in house order: models, policies, queries, actions, what time does.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from community.addresses import canonical
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, NotFound
from community.letters import MailKind
from community.outbox import post
from community.policies import YES, Verdict, no, require
from community.tickets import (
    Purpose,
    Ticket,
    end,
    issue_beside,
    ticket_for,
    too_many_letters,
)
from community.words import _
from forum.topics.models import Post
from forum.topics.queries import post_for, topic_for
from moderation.actions import Report, flagged_already, join_or_open
from moderation.appeals import Appeal, appeal_by_notice
from moderation.models import SHEETS, Case, Flag, Source, SubjectKind
from moderation.notifiers import Notifier
from moderation.queries import the_queue
from moderation.reasons import Reason, may_be_given, reason_for
from moderation.reports import Answer, answers_to
from moderation.sheets import PAGES
from moderation.subjects import Entry, entry_for, kind_of

MOST = 10  # pages of one report
SHOWN = 50  # reports from one address, the latest of them
FOR_ALL = (SubjectKind.POST, *SHEETS)  # what anybody may read; channels are for members
OF_RIGHTS = "counterfeit_ip"  # where the right has to be shown
KINDS = {"posts": SubjectKind.POST} | {page: kind for kind, page in PAGES.items()}
ENTRY_AT = re.compile(rf"/({'|'.join(KINDS)})/([1-9][0-9]{{0,17}})/?$")
TOPIC_AT = re.compile(r"/topics/([1-9][0-9]{0,17})/?$")
IN_TOPIC = re.compile(r"post-([1-9][0-9]{0,17})$")
USED = _(
    "This link was used already, or is too old. If you used it, a letter leads to your report."
)
OVER = _("This link is not one of ours, or what it led to was forgotten.")

# Models


class Told(NamedTuple):
    """What somebody fills in. Pages are paths of ours."""

    pages: tuple[str, ...]
    reason: str
    note: str
    email: str
    locale: str
    name: str = ""
    right: str = ""
    good_faith: bool = False


# Policies


def may_be_told(told: Told, reason: Reason) -> Verdict:
    if not may_be_given(reason):
        return may_be_given(reason)
    if not told.pages:
        return no(_("Name at least one page of this site."))
    if len(told.pages) > MOST:
        return no(_("One report names at most %(most)s pages."), most=MOST)
    if not told.note.strip():
        return no(_("Say what is wrong with it: moderators decide by what they know."))
    if reason.code == OF_RIGHTS and not told.right.strip():
        return no(_("Say which right it is, and how you can show that it is yours."))
    if not told.good_faith:
        return no(_("Please confirm that what you report is true as far as you know."))
    return YES


# Queries


def confirming(session: Session, ticket_id: str | None) -> Ticket:
    """Raises Conflict where it is not good, or not any more."""
    try:
        return ticket_for(session, Purpose.REPORT, ticket_id)
    except Conflict:
        raise Conflict(USED) from None


class Answers(NamedTuple):
    notifier: Notifier
    reports: Sequence[Answer]  # none: nothing of what they named can be read by everybody


def answers_for(session: Session, notifier_id: str | None) -> Answers:
    """All that came from their address, for whoever holds the link of one of its letters. Raises
    Conflict."""
    notifier = _known(session, notifier_id)
    return Answers(notifier, answers_to(session, _from(notifier.address), most=SHOWN))


def _known(session: Session, notifier_id: str | None) -> Notifier:
    notifier = session.get(Notifier, notifier_id) if notifier_id else None
    if notifier is None or notifier.erased_at:
        raise Conflict(OVER)
    return notifier


def _from(address: str) -> ColumnElement[bool]:
    return Flag.notifier_id.in_(select(Notifier.id).where(Notifier.address == address))


def readable_at(session: Session, pages: Sequence[str]) -> Sequence[Entry]:
    """What anybody reads there, each once; what is gone or for others only is left out alike."""
    found = (one for page in pages for one in _readable(session, page))
    return list({(kind_of(one), one.id): one for one in found if not one.gone}.values())


def _readable(session: Session, page: str) -> Iterator[Entry]:
    """Of a topic what it began with, where no post of it is named."""
    path, _hash, fragment = page.partition("#")
    topic = TOPIC_AT.match(path)
    post = IN_TOPIC.match(fragment) if topic and fragment else None
    try:
        if post:
            yield post_for(session, None, int(post[1]))
        elif topic:
            yield _begun(session, int(topic[1]))
        elif entry := ENTRY_AT.match(path):
            yield entry_for(session, None, KINDS[entry[1]], int(entry[2]))
    except NotFound:
        return


def _begun(session: Session, topic_id: int) -> Post:
    topic = topic_for(session, None, topic_id)
    first = select(Post.id).where(Post.stream_id == topic.id, Post.seq == 1)
    return post_for(session, None, session.scalar(first) or 0)


# Actions


def ask_to_report(tx: Transaction, told: Told) -> None:
    """Whoever is asked about: the same rows and a letter, which holds nothing of what was told."""
    email = canonical(told.email)
    require(may_be_told(told, reason_for(tx, told.reason)))
    if too_many_letters(tx, Purpose.REPORT, email):
        return
    about: dict[str, Any] = told._replace(email=email)._asdict()
    ticket = issue_beside(tx, Purpose.REPORT, email, **about)
    post(tx, MailKind.REPORT, email, told.locale, ticket=ticket.id)


def report_by(tx: Transaction, ticket_id: str) -> Notifier:
    """What they named and can be read now is sealed, and stands in the queue. Used once."""
    found = confirming(tx, ticket_id)
    entries = readable_at(tx, found.about["pages"])
    tx.lock(found, the_queue(tx), *(row for entry in entries for row in entry.chain))
    ticket = confirming(tx, ticket_id)
    told = Told(**ticket.about)._replace(pages=tuple(ticket.about["pages"]))
    given = reason_for(tx, told.reason)
    notifier = _notifier(tx, told)
    end(ticket)
    report = Report(Source.OUTSIDER, note=told.note, notifier_id=notifier.id)
    for entry in readable_at(tx, told.pages):
        if not flagged_already(tx, _from(told.email), entry):
            join_or_open(tx, entry, given, report)
    post(tx, MailKind.REPORT_TAKEN, notifier.address, notifier.locale, ticket=notifier.id)
    return notifier


def ask_again(tx: Transaction, notifier_id: str | None, flag_id: int, words: str) -> Appeal:
    """Another look at what was decided about a report from their address."""
    flag = tx.scalar(select(Flag).where(_from(_known(tx, notifier_id).address), Flag.id == flag_id))
    if flag is None:
        raise NotFound
    return appeal_by_notice(tx, flag, words)


def tell_notifier(tx: Transaction, report: Flag) -> None:
    """That it was decided, where somebody with an address reported it; what came of it stands
    behind their link."""
    notifier = report.notifier
    if notifier and not notifier.erased_at:
        post(tx, MailKind.REPORT_DECIDED, notifier.address, notifier.locale, ticket=notifier.id)


def _notifier(tx: Transaction, told: Told) -> Notifier:
    notifier = Notifier(
        id=token_urlsafe(32),
        address=told.email,
        name=told.name,
        locale=told.locale,
        right=told.right,
        pages=list(told.pages),
        proven_at=now(tx),
    )
    tx.add(notifier)
    tx.flush()
    return notifier


# What time does: the worker's chore.


def forget_notifiers(tx: Transaction, *, kept_for: timedelta) -> None:
    """So long after all they reported was decided. What they reported stays, by nobody."""
    moment = now(tx) - kept_for
    recent = or_(Case.closed_at.is_(None), Case.closed_at > moment)
    about = exists().where(Flag.notifier_id == Notifier.id, Flag.case_id == Case.id, recent)
    over = select(Notifier).where(
        Notifier.erased_at.is_(None), Notifier.proven_at <= moment, ~about
    )
    for notifier in each_due(tx, over.order_by(Notifier.proven_at)):
        notifier.address = notifier.name = notifier.right = ""
        notifier.pages, notifier.erased_at = [], now(tx)
