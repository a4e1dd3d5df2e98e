from community.members.models import Member
from community.policies import YES, Verdict, no
from community.words import _
from moderation.orders.models import Order
from moderation.policies import is_senior


def may_see_orders(member: Member) -> Verdict:
    if not is_senior(member):
        return no(_("Orders of authorities are for administrators and senior moderators."))
    return YES


def may_take_in(member: Member) -> Verdict:
    """With all that follows from what an authority writes."""
    return YES if member.administers else no(_("Only administrators take in orders."))


def may_answer(member: Member, order: Order) -> Verdict:
    """By doing what it asks for, or refusing it."""
    if not may_see_orders(member):
        return may_see_orders(member)
    if not order.verified_at:
        return no(_("First somebody has to make sure that the authority has really sent it."))
    return YES
