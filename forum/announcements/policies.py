from community.policies import YES, Verdict, no
from community.words import _
from forum.announcements.models import Announcement

VERSIONS_MOST = 100  # of one announcement; who needs more withdraws it, and publishes another


def may_correct(announcement: Announcement) -> Verdict:
    """As far as the announcement is concerned; who may is asked beside it."""
    if not may_withdraw(announcement):
        return may_withdraw(announcement)
    if announcement.version >= VERSIONS_MOST:
        return no(_("It was corrected %(most)s times. Withdraw it, and publish another one."),
                  most=VERSIONS_MOST - 1)  # fmt: skip
    return YES


def may_withdraw(announcement: Announcement) -> Verdict:
    if announcement.hidden_at:
        return no(_("Moderators have hidden it; it stays as it was until they show it again."))
    if announcement.withdrawn_at:
        return no(_("It was withdrawn."))
    return YES
