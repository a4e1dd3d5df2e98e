"""The commands of /live, read from their table, and the least each has to say."""

import json
from typing import Any

import msgspec
from msgspec import inspect as types

from web.commands import Command


def least_of(command: type[Command], **more: Any) -> str:
    return json.dumps({"verb": verb_of(command), **least_fields(command), **more})


def verb_of(command: type[Command]) -> str:
    config = command.__struct_config__
    return str(config.tag)


def least_fields(command: type[Command]) -> dict[str, Any]:
    return {
        field.encode_name: _least(types.type_info(field.type))
        for field in msgspec.structs.fields(command)
        if field.required
    }


def _least(kind: types.Type) -> Any:
    match kind:
        case types.IntType(ge=least):
            return max(least or 0, 1)
        case types.StrType(pattern=str(pattern)) if ":" in pattern:
            return "channel:7"
        case _:
            return "ahoy"
