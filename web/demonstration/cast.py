"""Who and what is called how in the files, once it has moved in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.models import Channel, Membership
from community.members.models import Member
from community.organisations.models import Mandate
from forum.categories import Category
from web.demonstration.content import Content, Said

FOUNDED = timedelta(days=120)  # ago
VERIFIED = timedelta(days=365)  # from now
VISITS = timedelta(hours=3)  # between the last visits of two members
LONGEST_AWAY = 15  # such steps, so that nobody has more unread than somebody would


@dataclass
class Cast:
    today: datetime
    given: Content
    members: dict[str, Member] = field(default_factory=dict)
    mandates: dict[tuple[str, str], Mandate] = field(default_factory=dict)  # handle, organisation
    categories: dict[str, Category] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    joined: dict[tuple[str, str], Membership] = field(default_factory=dict)  # channel, handle

    def mandate_of(self, one: Said) -> Mandate | None:
        return self.mandates[one.by, one.organisation] if one.organisation else None

    def colleague_of(self, mandate: Mandate) -> Member:
        """Who speaks for the same organisation."""
        theirs = mandate.organisation_id
        others = (one for one in self.mandates.values() if one.organisation_id == theirs)
        return next(one.member for one in others if one.member_id != mandate.member_id)

    def last_visit(self, handle: str) -> datetime:
        number = [one.handle for one in self.given.members].index(handle)
        return self.today - (number * 7 % LONGEST_AWAY + 1) * VISITS
