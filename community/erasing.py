"""Who a member was goes on their request, for good (UU PDP 27/2022, Art 43): name, address, profile
and picture, what they sign in with, and all that was kept for them alone.

What they wrote for others goes a moment later, by forum, channels and moderation, which know it.
Numbers, hashes, decisions and the audit stay: nothing in them says who it was.
"""

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from community.blocks import Block
from community.clock import now
from community.database import Transaction
from community.drafts import Draft
from community.elsewhere import forget_links
from community.factors.actions import end_resets_of, forget_factors
from community.factors.models import FactorReset
from community.files import drop_all_of
from community.guardians import Guardianship
from community.invitations.models import Invitation
from community.members.actions import sign_out_others
from community.members.events import StandingChanged
from community.members.models import Member, MemberCluster, SignIn
from community.notices.models import Choice, Notice
from community.outbox import Mail
from community.search.actions import take_out
from community.searches import KeptSearch
from community.tickets import Ticket

FORMER = "Mantan anggota {}"  # a name for whom there is none any more
NOWHERE = "{}@erased.invalid"  # RFC 2606: no letter goes there
THEIRS_ALONE = (
    MemberCluster.member_id, Draft.member_id, KeptSearch.member_id, Choice.member_id,
    Guardianship.member_id,
)  # fmt: skip


def forget(tx: Transaction, member: Member) -> None:
    """The member is held. Their tabs close, and pages show another name from now on."""
    sign_out_others(tx, member, staying="")
    end_resets_of(tx, member)
    forget_factors(tx, member)
    forget_links(tx, member)
    _forget_what_was_kept(tx, member)
    _forget_letters(tx, member)
    drop_all_of(tx, member)
    take_out(tx, "member", [member.id])
    member.name, member.email = FORMER.format(member.id), NOWHERE.format(member.id)
    member.password_hash = member.region = member.about = member.picture = ""
    member.hidden_about = member.hidden_picture = ""
    member.erased_at = now(tx)
    member.rev += 1
    tx.publish(StandingChanged(member_id=member.id))


def _forget_what_was_kept(tx: Transaction, member: Member) -> None:
    for whose in THEIRS_ALONE:
        tx.execute(delete(whose.class_).where(whose == member.id))
    tx.execute(delete(Block).where((Block.member_id == member.id) | (Block.other_id == member.id)))
    tx.execute(delete(Ticket).where((Ticket.member_id == member.id) | _at(Ticket.address, member)))
    theirs = update(SignIn).where(SignIn.member_id == member.id)
    tx.execute(theirs.values(device="", network=""))
    asked = update(FactorReset).where(FactorReset.member_id == member.id)
    tx.execute(asked.values(because=""))
    invited = update(Invitation).where(_at(Invitation.email, member))
    tx.execute(invited.values(email="", name=""))


def _forget_letters(tx: Transaction, member: Member) -> None:
    """What waits is not sent; of what was sent stays that it was. Others' notices name them no
    more."""
    tx.execute(delete(Notice).where(Notice.member_id == member.id))
    tx.execute(delete(Mail).where(Mail.member_id == member.id, Mail.due_at.is_not(None)))
    gone = update(Mail).where((Mail.member_id == member.id) | _at(Mail.address, member))
    tx.execute(gone.values(address="", about={}, trouble=""))
    told = select(Notice).where(Notice.actor_id == member.id)
    for notice in tx.scalars(told):
        notice.about = {**notice.about, "actor": FORMER.format(member.id)}


def _at(column: InstrumentedAttribute[str], member: Member) -> ColumnElement[bool]:
    return func.lower(column) == member.email
