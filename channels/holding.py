"""What waits in a channel for a moderator, as community/holding.py has it, and what its author may
do meanwhile. channels/releasing.py lets it go.
"""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from channels.events import HeldChanged
from channels.models import Channel, HeldMessage, Message
from channels.policies import Standing, may_change
from channels.spoken import Saying
from community.attachments import Attached
from community.clock import now
from community.database import Transaction
from community.drafts import use_draft
from community.errors import Refusal
from community.files import File
from community.holding import SHOWN, Held, HeldState, Waiting, is_looked_at, stays_as_looked_at
from community.members.models import Member
from community.policies import Verdict, no
from community.words import _

LOOKED_AT = _(
    "A moderator looks at your first messages, so this one cannot be edited yet. You can withdraw "
    "it and write it anew."
)


class Holding:
    """Of a pass of messages."""

    def __init__(self, tx: Transaction, sayings: Sequence[Saying]) -> None:
        self._tx = tx
        members = [one.member for one in sayings if not one.vetted]
        self._waiting = Waiting(tx, HeldMessage, members)

    def known(self, saying: Saying) -> Held | Refusal | None:
        """What is answered to what was sent before, and did not become a message."""
        return None if saying.vetted else self._waiting.known(saying.id, saying.sent)

    def takes(self, saying: Saying, channel: Channel) -> bool:
        """In private nothing is held: who is there was let in by those who are, and moderators
        would have to read along."""
        if saying.vetted or channel.private:
            return False
        return bool(saying.hold) or self._waiting.takes_first(saying.member)

    def hold(
        self, saying: Saying, channel: Channel, attached: Sequence[Attached]
    ) -> Held | Refusal:
        try:
            self._waiting.must_be_few(saying.member)
        except Refusal as refusal:
            return refusal
        held = HeldMessage(
            channel=channel, author=saying.member, author_id=saying.member.id,
            mandate_id=saying.mandate_id, parent_id=saying.parent_id, key=saying.key,
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
        return self._waiting.take(held)


def may_edit(session: Session, member: Member, message: Message, standing: Standing) -> Verdict:
    """What a moderator let through stays as it was looked at, as long as the next things its author
    says are looked at, too."""
    may = may_change(member, message, standing)
    if not may or message.channel.private or not stays_as_looked_at(session, member):
        return may
    return no(LOOKED_AT)


def held_of(session: Session, member: Member, channel: Channel) -> Sequence[HeldMessage]:
    """What of theirs waits in a channel, or was refused, as its author sees it there, as long as
    the channel keeps it."""
    if not is_looked_at(member):
        return ()
    shown = select(HeldMessage).where(
        HeldMessage.author_id == member.id,
        HeldMessage.channel_id == channel.id,
        HeldMessage.state != HeldState.RELEASED,
        HeldMessage.blanked_at.is_(None),
    )
    return session.scalars(shown.order_by(HeldMessage.id.desc()).limit(SHOWN)).all()[::-1]
