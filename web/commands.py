"""What a tab may ask for: one struct per verb, and nothing but its fields."""

import re
from typing import Annotated

from msgspec import Meta, Struct, json

from community.attachments import MOST
from web.ids import Address, FileId, Id, Key, Knowing, MaybeLine, MaybeWords, Rev

PROTOCOL = 1
LISTED = 500  # channels of one list that a tab hears of


class Command(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="verb"):
    """`key` comes back in the answer, so that the tab knows which command it is about."""

    key: Key | None = None


class Hello(Command, frozen=True, kw_only=True, tag="hello"):
    protocol: Annotated[int, Meta(ge=1, le=PROTOCOL)]


class Watch(Command, frozen=True, kw_only=True, tag="watch"):
    stream: Address
    rev: Rev
    epoch: Annotated[str, Meta(max_length=64)]


class Listen(Command, frozen=True, kw_only=True, tag="listen"):
    """The channels of a list, each with the rev it shows; in place of those before. Of each is told
    once that it has changed, until the tab listens again."""

    channels: Annotated[dict[Id, Rev], Meta(max_length=LISTED)] = {}


class Unwatch(Command, frozen=True, kw_only=True, tag="unwatch"):
    stream: Address


class Say(Command, frozen=True, kw_only=True, tag="say"):
    channel: Id
    body: MaybeWords = ""
    key: Key
    mandate: Id | None = None
    file: Annotated[list[FileId], Meta(max_length=MOST)] = []  # sent before, with the same key
    words: Annotated[list[MaybeLine], Meta(max_length=MOST)] = []  # what is to be seen on each
    version: Rev = 0  # of the draft it was
    reach: Rev = 0  # so many people its groups reach, as its author was told
    parent: Id | None = None  # what it answers
    knowing: Knowing = ""  # what its author was asked about and says all the same


class Edit(Command, frozen=True, kw_only=True, tag="edit"):
    message: Id
    reach: Rev = 0  # as with what is said
    knowing: Knowing = ""
    body: MaybeWords  # of what has files, it may be nothing
    away: Annotated[list[FileId], Meta(max_length=MOST)] = []  # those that are not wanted any more
    rev: Rev | None = None  # of the message as it was when its author began


class Withdraw(Command, frozen=True, kw_only=True, tag="withdraw"):
    message: Id


class Typing(Command, frozen=True, kw_only=True, tag="typing"):
    channel: Id


class Attend(Command, frozen=True, kw_only=True, tag="attend"):
    """Whether the page is before somebody's eyes, and for how many seconds it is not."""

    hidden: bool
    since: Rev = 0


class Read(Command, frozen=True, kw_only=True, tag="read"):
    stream: Address
    seq: Rev


AnyCommand = Hello | Watch | Listen | Unwatch | Say | Edit | Withdraw | Typing | Attend | Read
COMMANDS: tuple[type[Command], ...] = AnyCommand.__args__

_decode = json.Decoder(AnyCommand).decode
_KEY = re.compile(r'"key"\s*:\s*"([!#-\[\]-~]{1,64})"')  # a quote inside a text is escaped


def decode(text: str) -> AnyCommand:
    """Raises ValueError for whatever is no command."""
    try:
        command: AnyCommand = _decode(text)
        return command
    except RecursionError:
        raise ValueError("nested too deeply") from None


def key_in(text: str) -> str | None:
    """Of a command we did not understand otherwise, however broken it is."""
    found = _KEY.search(text)
    return found[1] if found else None
