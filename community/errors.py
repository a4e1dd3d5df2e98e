"""The ways a request can fail. web/errors.py and web/live.py turn each into a page or a frame."""

from typing import Any


class Refusal(Exception):
    """Carries the sentence that is shown, in English, and what goes into its %(gaps)s."""

    def __init__(self, sentence: str = "", **values: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values


class NotFound(Refusal):
    """There is no such thing, or not for this member."""


class Denied(Refusal):
    """The member may see it but may not do this."""


class HeldBack(Denied):
    """The member may only read, for now, for a reason that has a page of its own."""


class SignedOut(Denied):
    """Nobody we know is asking."""


class Unproven(Refusal):
    """The member may, but proved too long ago who they are."""


class HalfSignedIn(Denied):
    """The password was right; the second step is still to come."""


class Suspended(Refusal):
    """The member proved who they are, and may not come in for now. `values` say which member, and
    `until` when."""


class Conflict(Refusal):
    """Somebody else got there first. The sentence says what to look at again."""


class Invalid(Refusal):
    """This cannot be stored. Sending the same again will not help."""


class Busy(Refusal):
    """Nothing is wrong with the request; the same one may succeed in a moment."""


class TooFast(Busy):
    """The same member has asked a lot just now. `retry_after` says how many seconds to wait."""


class Paused(Busy):
    """The community can be read but not written to while it is being maintained."""
