"""What new members say first, and what has words that are looked at: where a moderator sees it
before others do, it waits beside the stream, with no number, shown to nobody but its author.
channels/releasing.py lets it go.

A pass without new members, and without such words, asks nothing of this.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from channels.events import HeldChanged
from channels.models import Channel, HeldMessage, HeldState, Message
from channels.policies import Standing, may_change
from channels.spoken import Saying
from community.attachments import Attached
from community.clock import now
from community.database import Transaction
from community.drafts import use_draft
from community.errors import Conflict, Denied, Refusal, TooFast
from community.files import File
from community.members.models import Member
from community.policies import Verdict, no
from community.site import held_first
from community.together import Key
from community.words import _

MOST = 10  # that wait, of one member
LATER = 60  # seconds until whoever has so many may ask again
SHOWN = 20  # to their author, the newest
LOOKED_AT = _(
    "A moderator looks at your first messages, so this one cannot be edited yet. You can withdraw "
    "it and write it anew."
)
REFUSED = _("A moderator looked at this and did not let it through.")

KNOWN = (HeldMessage.author_id, HeldMessage.key, HeldMessage.id, HeldMessage.state,
         HeldMessage.sent)  # fmt: skip


class Held(NamedTuple):
    """Something that waits, or did: by its key."""

    id: int
    state: str
    sent: str


class Holding:
    """What is known of those in a pass of whom something waits or may: two looks, whatever they
    say."""

    def __init__(self, tx: Transaction, sayings: Sequence[Saying]) -> None:
        self._tx = tx
        self._by_key: dict[Key, Held] = {}
        looked_at = [one.member for one in sayings if _is_looked_at(one.member) and not one.vetted]
        self._first = held_first(tx) if any(one.observed for one in looked_at) else 0
        if not looked_at:
            return
        theirs = select(*KNOWN).where(HeldMessage.author_id.in_({one.id for one in looked_at}))
        for author, key, id, state, sent in tx.execute(theirs):
            self._by_key[author, key] = Held(id, state, sent)

    def known(self, saying: Saying) -> Held | Refusal | None:
        """What is answered to what was sent before, and did not become a message."""
        held = self._by_key.get(saying.id)
        if held is None or saying.vetted:
            return None
        if held.sent != saying.sent:
            return Conflict(_("This key was used for something else."))
        return Denied(REFUSED) if held.state == HeldState.REFUSED else held

    def takes(self, saying: Saying, channel: Channel) -> bool:
        """In private nothing is held: who is there was let in by those who are, and moderators
        would have to read along."""
        if saying.vetted or channel.private:
            return False
        if saying.hold:
            return True
        return saying.member.observed and self._count(saying, HeldState.RELEASED) < self._first

    def hold(
        self, saying: Saying, channel: Channel, attached: Sequence[Attached]
    ) -> Held | Refusal:
        if self._count(saying, HeldState.WAITING) >= MOST:
            return TooFast(_("What you wrote waits for a moderator."), retry_after=LATER)
        saying.member.withheld = True
        held = HeldMessage(
            channel=channel, author=saying.member, mandate_id=saying.mandate_id,
            parent_id=saying.parent_id, key=saying.key,
            sent=saying.sent, body=saying.body, html=saying.written.html, said_at=now(self._tx),
            state=HeldState.WAITING, attachments=list(attached),
        )  # fmt: skip
        self._tx.add(held)
        self._tx.flush()
        files = update(File).where(File.id.in_([one["file"] for one in attached]))
        self._tx.execute(files.values(belongs_to=held.address, place=""))
        if saying.draft:
            use_draft(self._tx, saying.member, channel.address, saying.body, saying.draft)
        self._tx.publish(HeldChanged.of(held))
        known = self._by_key[saying.id] = Held(held.id, held.state, held.sent)
        return known

    def _count(self, saying: Saying, state: HeldState) -> int:
        theirs = (one for (who, _key), one in self._by_key.items() if who == saying.member.id)
        return sum(one.state == state for one in theirs)


def may_edit(session: Session, member: Member, message: Message, standing: Standing) -> Verdict:
    """What a moderator let through stays as it was looked at, as long as the next things its author
    says are looked at, too."""
    may = may_change(member, message, standing)
    if not may or not member.observed or message.channel.private:
        return may
    if states_of(session, member)[HeldState.RELEASED] >= held_first(session):
        return may
    return no(LOOKED_AT)


def held_of(session: Session, member: Member, channel: Channel) -> Sequence[HeldMessage]:
    """What of theirs waits in a channel, or was refused, as its author sees it there, as long as
    the channel keeps it."""
    if not _is_looked_at(member):
        return ()
    shown = select(HeldMessage).where(
        HeldMessage.author_id == member.id,
        HeldMessage.channel_id == channel.id,
        HeldMessage.state != HeldState.RELEASED,
        HeldMessage.blanked_at.is_(None),
    )
    return session.scalars(shown.order_by(HeldMessage.id.desc()).limit(SHOWN)).all()[::-1]


def _is_looked_at(member: Member) -> bool:
    """Whether something of theirs may be found by its key here."""
    return member.observed or member.withheld


def states_of(session: Session, member: Member) -> Mapping[HeldState, int]:
    """How many of what they said first is in which state."""
    states = session.scalars(select(HeldMessage.state).where(HeldMessage.author_id == member.id))
    counts = dict.fromkeys(HeldState, 0)
    for state in states:
        counts[HeldState(state)] += 1
    return counts
