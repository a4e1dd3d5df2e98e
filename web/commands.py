"""What a tab may ask for: one struct per verb, and nothing but its fields."""

from typing import Annotated

from msgspec import DecodeError, Meta, Struct, json

from web.ids import Address, Id, Key, Rev, Words

PROTOCOL = 1


class Command(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="verb"):
    """`key` comes back in the answer, so that the tab knows which command it is about."""

    key: Key | None = None


class Hello(Command, frozen=True, kw_only=True, tag="hello"):
    protocol: Annotated[int, Meta(ge=1, le=PROTOCOL)]


class Watch(Command, frozen=True, kw_only=True, tag="watch"):
    stream: Address
    rev: Rev
    epoch: Annotated[str, Meta(max_length=64)]


class Unwatch(Command, frozen=True, kw_only=True, tag="unwatch"):
    stream: Address


class Say(Command, frozen=True, kw_only=True, tag="say"):
    channel: Id
    body: Words
    key: Key
    mandate: Id | None = None


class Edit(Command, frozen=True, kw_only=True, tag="edit"):
    message: Id
    body: Words


class Withdraw(Command, frozen=True, kw_only=True, tag="withdraw"):
    message: Id


class Typing(Command, frozen=True, kw_only=True, tag="typing"):
    channel: Id


class Read(Command, frozen=True, kw_only=True, tag="read"):
    stream: Address
    seq: Rev


AnyCommand = Hello | Watch | Unwatch | Say | Edit | Withdraw | Typing | Read
COMMANDS: tuple[type[Command], ...] = AnyCommand.__args__

_decode = json.Decoder(AnyCommand).decode


def decode(text: str) -> AnyCommand:
    """Raises DecodeError."""
    try:
        command: AnyCommand = _decode(text)
    except RecursionError as error:
        raise DecodeError("nested too deeply") from error
    return command


class _Keyed(Struct):
    key: Key | None = None


def key_in(text: str) -> str | None:
    """Of a command we did not understand otherwise."""
    try:
        return _decode_key(text).key
    except (DecodeError, RecursionError):  # not even that; the caller ends the line
        return None


_decode_key = json.Decoder(_Keyed).decode
