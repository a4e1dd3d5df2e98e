"""Why something is reported, how urgent that is, and how long we may take (reference: rules page).

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.database import Base, Transaction
from community.errors import Invalid, NotFound
from community.members.models import Member
from community.members.policies import may_administer
from community.policies import YES, Verdict, no, require
from community.words import _

# Models

LOWEST = 4  # P0 is the most urgent, P4 the least
LONGEST = 24 * 30  # hours
OTHER = "other"
OFFICE, ORGANISATION, REGISTRATION = "office", "organisation", "registration"
HELD = "held"
MANIPULATION = "manipulation"
LEGAL_ORDER = "legal_order"
UNANSWERED, CLOSED = "unanswered", "closed"  # by which an application ends by itself
# No reasons to report.
APPLICATIONS = (OFFICE, ORGANISATION, REGISTRATION, HELD, UNANSWERED, CLOSED)


class Text(NamedTuple):
    """In English; the catalogues hold the Indonesian."""

    label: str
    hint: str


BUILT_IN = {
    "csam": Text(
        _("Sexual exploitation of children"),
        _("Anything that sexualises a child. It is hidden at once and kept for the authorities."),
    ),
    "terror": Text(_("Terrorism"), _("Calls for, praise of or help with attacks.")),
    "threat_selfharm": Text(
        _("Threat or self-harm"), _("Somebody is threatened, or may hurt themself.")
    ),
    "legal_order": Text(
        _("Order of an authority"), _("An authority or a court asked for it in writing.")
    ),
    "doxxing": Text(
        _("Personal data"), _("Identity, telephone or account numbers, an address.")
    ),
    "impersonation_official": Text(
        _("Pretends to be an official"), _("Claims to speak for an office and does not.")
    ),
    "scam_fraud": Text(
        _("Fraud or illegal lending"), _("Advance payments, false offers, unlicensed loans.")
    ),
    "gambling_porn": Text(_("Gambling or pornography"), _("Also links that lead there.")),
    "illegal_goods": Text(
        _("Illegal goods"), _("Goods, medicine or food that may not be sold.")
    ),
    "sara_hate": Text(
        _("Hatred of a group"), _("Against people for their ethnicity, religion, race or group.")
    ),
    "harassment": Text(
        _("Harassment"), _("Attacks a person, not a matter. You may report it for yourself.")
    ),
    "hoax": Text(
        _("False information"), _("If you know a source that says otherwise, put it into the note.")
    ),
    "counterfeit_ip": Text(
        _("Counterfeit or stolen design"), _("Brands, designs or pictures of others.")
    ),
    "price_collusion": Text(
        _("Price agreement"), _("Competitors agree on prices, quotas, areas or a boycott.")
    ),
    "manipulation": Text(
        _("Manipulation"), _("Bought reviews, several accounts, arranged votes.")
    ),
    "spam": Text(_("Spam or advertising"), _("Again and again, or where it does not belong.")),
    "other": Text(_("Something else"), _("Please say in the note what is wrong.")),
    "off_topic": Text(_("Off topic"), _("Belongs to another topic or channel.")),
    "duplicate": Text(_("Duplicate"), _("There is a topic about this already.")),
    "language": Text(_("Coarse language"), _("Rude words without an attack on anybody.")),
    OFFICE: Text(_("Government office to verify"), _("Its people will speak officially.")),
    ORGANISATION: Text(_("Organisation to verify"), _("It says who it is, and shows it.")),
    REGISTRATION: Text(_("New member"), _("Somebody has joined and waits to be let in.")),
    HELD: Text(
        _("To be seen first"),
        _("Of a new member, or with some words: others see it once it is let through."),
    ),
    UNANSWERED: Text(
        _("No answer"),
        _("A moderator asked for more, and for 30 days nobody answered. Ask again at any time."),
    ),
    CLOSED: Text(_("Organisation closed"), _("It was closed before anybody had decided.")),
}  # fmt: skip


class Reason(Base):
    """Where a text is empty, the built-in one of that code holds, in both tongues."""

    __tablename__ = "reasons"

    code: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[int]
    hours: Mapped[int]  # from the first report to the decision
    in_use: Mapped[bool] = mapped_column(default=True)  # whether members can choose it
    position: Mapped[int]
    label_id: Mapped[str] = mapped_column(default="")
    label_en: Mapped[str] = mapped_column(default="")
    hint_id: Mapped[str] = mapped_column(default="")
    hint_en: Mapped[str] = mapped_column(default="")

    @property
    def text(self) -> Text:
        """The built-in one, to be translated."""
        return BUILT_IN.get(self.code, Text(self.label_en or self.code, self.hint_en))

    @property
    def deadline(self) -> timedelta:
        return timedelta(hours=self.hours)

    @property
    def is_a_rule(self) -> bool:
        """And stands on the rules page, under its code."""
        return self.code not in APPLICATIONS

    @property
    def for_seniors(self) -> bool:
        """What only the experienced should have to look at, or may open the door to power."""
        return self.code in {"csam", "terror", LEGAL_ORDER, OFFICE}


class ReasonChange(NamedTuple):
    """What an administrator can set."""

    priority: int
    hours: int
    in_use: bool
    position: int
    label_id: str = ""
    label_en: str = ""
    hint_id: str = ""
    hint_en: str = ""


# Policies


def may_be_given(reason: Reason) -> Verdict:
    """By a member who reports."""
    if not reason.in_use or reason.code in APPLICATIONS:
        return no(_("This reason is not in use any more; please choose another."))
    return YES


def may_be_ground(code: str, applied_for: bool) -> Verdict:
    """Of what a moderator decides; by some, only time does."""
    by_time = code in (UNANSWERED, CLOSED)
    if by_time or (code in APPLICATIONS) != applied_for:
        return no(_("Nobody can decide this for that reason."))
    return YES


# Queries


def reasons_given(session: Session) -> Sequence[Reason]:
    """Those that members can give, in their order."""
    return [reason for reason in all_reasons(session).values() if may_be_given(reason)]


def all_reasons(session: Session) -> dict[str, Reason]:
    """By code, in their order; what was decided keeps its reason when that is switched off."""
    rows = session.scalars(select(Reason).order_by(Reason.position, Reason.code))
    return {reason.code: reason for reason in rows}


def reason_for(session: Session, code: str) -> Reason:
    reason = session.get(Reason, code)
    if reason is None:
        raise NotFound
    return reason


# Actions


def change_reason(
    tx: Transaction, administrator: Member, code: str, change: ReasonChange
) -> Reason:
    """Counts for cases that open from now on; those that are open keep their deadline."""
    require(may_administer(administrator))
    if not 0 <= change.priority <= LOWEST or not 1 <= change.hours <= LONGEST:
        raise Invalid(_("The priority is 0 to 4 and the deadline 1 hour to 30 days."))
    reason = tx.hold(reason_for, code)
    for name, value in change._asdict().items():
        setattr(reason, name, value)
    words = audit.fingerprint(change.label_id, change.label_en, change.hint_id, change.hint_en)
    audit.record(tx, administrator, "reason.changed", f"reason:{code}", words=words,
                 priority=change.priority, hours=change.hours, in_use=change.in_use,
                 position=change.position)  # fmt: skip
    return reason
