"""What letters about notices still say when they are carried: hours may have passed, a topic may be
for others by now, a post hidden, the kind switched off (Flarum CVE-2023-22488)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from channels.queries import message_is_there
from community.clock import now
from community.database import Transaction
from community.errors import Conflict
from community.guardians import guardianship_for
from community.invitations.queries import good_invitation, rests
from community.letters import MailKind
from community.members.models import Member
from community.notices.actions import put_off
from community.notices.models import Notice, NoticeKind
from community.notices.queries import notices_in
from community.outbox import Mail, as_written
from community.words import _
from forum.announcements.passes import passes_for
from forum.announcements.queries import announcement_is_there
from forum.writings import post_is_there
from moderation.models import Case, Decision, Ruling
from moderation.orders.models import Order
from moderation.orders.queries import answer_of
from moderation.reasons import Reason
from web.searching import is_still_new
from web.words import said_in

IsThere = Callable[[Session, Member, int, int], bool]  # stream, seq

# By the kind of stream a notice is about. One without a stream is about the member alone.
IS_THERE: dict[str, IsThere] = {
    "announcement": announcement_is_there,
    "channel": message_is_there,
    "search": is_still_new,
    "topic": post_is_there,
}


INVITATIONS = {MailKind.INVITED, MailKind.INVITED_FOR, MailKind.INVITED_FOR_UNVERIFIED}
RULED = {  # what came of another look
    Ruling.UPHOLD: _("what was decided stays."),
    Ruling.MODIFY: _("something else follows from it than before."),
    Ruling.OVERTURN: _("it should have been decided otherwise, and now it is."),
}
ASKING = {NoticeKind.ANNOUNCEMENT, NoticeKind.REMINDER}  # to acknowledge it
REST = timedelta(hours=1)  # then a letter whose maker is suspended is looked at again
# What the links of these letters open.
OPENS: dict[str, Callable[[Session, str], object]] = {
    **dict.fromkeys(INVITATIONS, lambda session, id: good_invitation(session, int(id))),
    MailKind.GUARDIAN: guardianship_for,
    MailKind.GUARDIAN_TERMS: guardianship_for,
}


def still_news(tx: Transaction, mail: Mail) -> dict[str, Any] | None:
    """Also to the address and in the tongue the member has by now."""
    if mail.kind in INVITATIONS and rests(tx, int(mail.about["ticket"])):
        mail.due_at = now(tx) + REST
        return None
    if mail.kind in OPENS:
        return as_written(tx, mail) if _still_opens(tx, mail) else None
    if mail.kind in (MailKind.SUSPENDED, MailKind.BANNED):
        return _statement(tx, mail)
    if mail.kind in (MailKind.APPEAL_MADE, MailKind.APPEAL_ANSWERED):
        return _another_look(tx, mail)
    if mail.kind == MailKind.CALLED:
        return _urgent(tx, mail)
    if mail.kind == MailKind.ORDER:
        return _pressing(tx, mail)
    if mail.kind != MailKind.NOTICES:
        return as_written(tx, mail)
    member = tx.get_one(Member, mail.member_id)
    told = put_off(tx, member, notices_in(tx, member, mail.about["notices"]))
    news = [one for one in told if _is_there(tx, member, one)]
    if not news:
        return None
    mail.address, mail.locale = member.email, member.locale
    return {
        "member": member.id,
        "news": [_told(tx, member, one) for one in news],
    }


def _told(session: Session, member: Member, notice: Notice) -> dict[str, Any]:
    told = {"kind": notice.kind, "about": notice.about, "link": notice.link}
    if notice.kind not in ASKING:
        return told | {"stream": notice.stream}
    announcement = int(notice.stream.partition(":")[2])
    passes = [(str(one), name) for one, name in passes_for(session, member, announcement)]
    return told | {"stream": notice.stream, "passes": passes}


def _statement(tx: Transaction, mail: Mail) -> dict[str, Any] | None:
    """Of the decision, which the outbox does not hold; while it keeps them out."""
    member = tx.get_one(Member, mail.member_id)
    if not member.suspended_until:
        return None
    decision = tx.get_one(Decision, mail.about["decision"])
    return as_written(tx, mail) | {
        "place": decision.evidence.place,
        "until": member.suspended_until,
        "reason": _called(decision.reason, mail.locale),
        "facts": decision.facts,
    }


def _another_look(tx: Transaction, mail: Mail) -> dict[str, Any]:
    """At a decision, or what came of it; the outbox holds neither."""
    decision = tx.get_one(Decision, mail.about["decision"])
    ruling = RULED.get(Ruling(decision.ruling), "")
    return as_written(tx, mail) | {
        "place": decision.evidence.place,
        "facts": decision.facts,
        "ruling": said_in(mail.locale, ruling) if ruling else "",
        "due": decision.case.due_at,
    }


def _urgent(tx: Transaction, mail: Mail) -> dict[str, Any] | None:
    """Of a case that nobody has claimed yet."""
    case = tx.get_one(Case, mail.about["case"])
    if case.closed_at or case.claimed_by_id:
        return None
    reason = _called(case.reason, mail.locale)
    return as_written(tx, mail) | {"reason": reason, "due": case.due_at}


def _pressing(tx: Transaction, mail: Mail) -> dict[str, Any] | None:
    """Of an order that is not answered yet."""
    order = tx.get_one(Order, mail.about["order"])
    if answer_of(tx, order).done_at:
        return None
    return as_written(tx, mail) | {"due": order.due_at}


def _called(reason: Reason, locale: str) -> str:
    return said_in(
        locale, (reason.label_id if locale == "id" else reason.label_en) or reason.text.label
    )


def _still_opens(session: Session, mail: Mail) -> bool:
    """An invitation may be taken back by now, or its maker may make none any more."""
    try:
        OPENS[mail.kind](session, mail.about["ticket"])
    except Conflict:
        return False
    return True


def _is_there(session: Session, member: Member, notice: Notice) -> bool:
    if not notice.stream:
        return True
    kind, _colon, id = notice.stream.partition(":")
    return kind in IS_THERE and IS_THERE[kind](session, member, int(id), notice.seq)
