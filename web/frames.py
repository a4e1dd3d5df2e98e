"""What a tab is told. The counterpart in the browser is static/js/frames.js: the same verbs.

How each event looks is in web/drawing.py. PROTOCOL.md says all this to strangers.
"""

from typing import Any, Self

from msgspec import Struct, json

from community.errors import Busy, NotFound, Refusal
from community.histories import EditedElsewhere
from community.words import _
from moderation.before.asking import AskFirst
from web.pages import fragment
from web.wire import Packet, pack
from web.words import said_in

# Close codes are part of the contract (D12).
RESTARTING = 1012
TRY_LATER = 1013
TOO_SLOW = 4290
TOO_MUCH = 4429
NOT_UNDERSTOOD = 4400
SIGN_IN = 4401
STANDING_CHANGED = 4403


class Frame(Struct, frozen=True, kw_only=True, tag_field="verb", omit_defaults=True):
    pass


class Hello(Frame, frozen=True, kw_only=True, tag="hello"):
    """The answer to hello. The epoch names the run of numbers that revs belong to."""

    epoch: str
    member: int
    tick: int  # seconds between two signs of life


class Ack(Frame, frozen=True, kw_only=True, tag="ack"):
    """It is stored for good, here. The same key is always answered the same. What is held for a
    moderator has no place yet, 0; once it is said, its key is answered as everybody's."""

    key: str
    seq: int
    rev: int
    held: bool = False


class Refused(Frame, frozen=True, kw_only=True, tag="refused"):
    """final: sending the same again will not help. Else it may, after `retry_after` seconds. An
    edit is told what its message says by now, where that is something else, and as of which rev.
    Where its author is asked first, `ask` is the question as it is shown, and `knowing` what it is
    sent with if it is meant."""

    reason: str
    final: bool
    key: str | None = None
    stream: str | None = None
    retry_after: float | None = None
    body: str | None = None
    rev: int | None = None
    ask: str | None = None
    knowing: str | None = None

    @classmethod
    def of(cls, refusal: Refusal, locale: str, **about: Any) -> Self:
        """`about` is the key or the stream of what was refused."""
        sentence = refusal.sentence or (
            _("That is not there any more.") if isinstance(refusal, NotFound) else ""
        )
        return cls(
            reason=said_in(locale, sentence, refusal.values),
            final=not isinstance(refusal, Busy),
            retry_after=refusal.values.get("retry_after"),
            **(refusal.values if isinstance(refusal, EditedElsewhere) else {}),
            **(_question(refusal, locale) if isinstance(refusal, AskFirst) else {}),
            **about,
        )


class Put(Frame, frozen=True, kw_only=True, tag="put"):
    """Shows an element in its current state: in place of the one with its id, or where its seq
    belongs in the stream, or inside the target. `quoted` is how it stands now above each of those
    that answer it."""

    html: str
    quoted: str | None = None
    stream: str | None = None
    rev: int | None = None
    target: str | None = None


class Append(Frame, frozen=True, kw_only=True, tag="append"):
    target: str
    html: str


class Remove(Frame, frozen=True, kw_only=True, tag="remove"):
    target: str


class Refresh(Frame, frozen=True, kw_only=True, tag="refresh"):
    """The tab fetches its own version of the target, after a random part of `within` seconds."""

    target: str
    within: int = 0


class CaughtUp(Frame, frozen=True, kw_only=True, tag="caught_up"):
    stream: str
    rev: int


class Reset(Frame, frozen=True, kw_only=True, tag="reset"):
    """Too much was missed, or the numbers began anew: load the page, go on from its rev."""

    stream: str


class Changed(Frame, frozen=True, kw_only=True, tag="changed"):
    """The stream has reached this rev; a tab that has not should watch again."""

    stream: str
    rev: int


class Revoked(Frame, frozen=True, kw_only=True, tag="revoked"):
    """The member may not see this stream any more."""

    stream: str
    reason: str | None = None


class Status(Frame, frozen=True, kw_only=True, tag="status"):
    """write: whether anything can be stored; live: whether changes come at once or by and by."""

    write: bool
    live: bool


class Drain(Frame, frozen=True, kw_only=True, tag="drain"):
    """A restart: the socket will close within so many seconds. Come back when it has."""

    window: int


class Tick(Frame, frozen=True, kw_only=True, tag="tick"):
    """Says only that the line is alive."""


class HangUp(Frame, frozen=True, kw_only=True):
    """Never travels: the hub closes the tabs."""

    code: int
    reason: str


class Unseen(Frame, frozen=True, kw_only=True):
    """Never travels: nobody shows any more that they have this stream open."""

    stream: str


def _question(ask: AskFirst, locale: str) -> dict[str, Any]:
    return {"ask": fragment(locale, "moderation/question.html", ask=ask), "knowing": ask.knowing}


def packed(frame: Frame) -> Packet:
    return pack(json.encode(frame))


def listed(frames: list[Any]) -> bytes:
    """For those whose network lets no websocket through: the same frames over HTTP."""
    return json.encode(frames)
