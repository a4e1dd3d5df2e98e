"""A mandate that was given until a day holds longer, or ends sooner: an owner says until when."""

from datetime import datetime

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.members.policies import may_write
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.models import Mandate, MandateRole
from community.organisations.queries import mandate_given, organisation_owned
from community.policies import require
from community.words import _


def extend_mandate(tx: Transaction, owner: Member, mandate_id: int, ends_at: datetime) -> Mandate:
    """Doing it twice is doing it once. Raises Conflict for one that has ended meanwhile."""
    mandate = mandate_given(tx, owner, mandate_id)
    tx.lock(*mandate.chain, mandate.organisation)
    mandate = mandate_given(tx, owner, mandate_id)
    organisation_owned(tx, owner, mandate.organisation_id)
    require(may_write(owner))
    if not mandate.live:
        raise Conflict(_("This mandate has ended. Offer them another one."))
    if mandate.role == MandateRole.OWNER or ends_at <= now(tx):
        raise Invalid(_("A mandate ends on a day to come, and an owner's has no such day."))
    if mandate.ends_at != ends_at:
        mandate.ends_at = ends_at
        audit.record(tx, owner, "mandate.extended", f"mandate:{mandate.id}",
                     until=ends_at.date().isoformat())  # fmt: skip
        notify(tx, [mandate.member_id], NoticeKind.MANDATE, title=mandate.organisation.name,
               link=f"/mandates/{mandate.id}")  # fmt: skip
    return mandate
