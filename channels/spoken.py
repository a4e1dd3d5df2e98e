"""One message on its way in, and what its author is answered (channels/saying.py)."""

from dataclasses import dataclass, field

from channels.mentions import NOBODY_HERE, Around
from community.attachments import Chosen
from community.errors import Refusal
from community.members.models import Member
from community.streams import fingerprint
from community.text import Written
from community.together import Key

Where = tuple[int, int]  # member, channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One message on its way in; `written` was made outside the transaction."""

    member: Member
    channel_id: int
    body: str
    written: Written
    key: str
    mandate_id: int | None = None
    files: tuple[Chosen, ...] = ()
    draft: int = 0  # the version of the draft it was
    parent_id: int | None = None  # what it answers
    around: Around = NOBODY_HERE
    barred: Refusal | None = None  # why nothing new is taken from them just now
    vetted: bool = False  # a moderator has looked at it
    hold: str = ""  # why a moderator looks at it first, whoever says it

    # Of these, asked for many times in a pass and found once:
    id: Key = field(init=False)
    at: Where = field(init=False)
    sent: str = field(init=False)

    def __post_init__(self) -> None:
        given = object.__setattr__  # frozen, but still being born
        files = (f"{one.file} {one.words}" for one in self.files)
        answered = (self.parent_id,) if self.parent_id else ()
        sent = fingerprint(self.channel_id, self.body, self.mandate_id, *answered, *files)
        given(self, "sent", sent)
        given(self, "id", (self.member.id, self.key))
        given(self, "at", (self.member.id, self.channel_id))


@dataclass(frozen=True, slots=True)
class Said:
    """What the first time was answered, and every time after. What is held for a moderator has no
    place before it is said."""

    seq: int
    rev: int
    sent: str
    held: int = 0  # its number among what is held


Outcome = Said | Refusal
