"""One line an event on stdout: JSON for machines, plain words on a terminal.

A line is one line whatever somebody put into it: control characters are escaped, long fields cut.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

FIELDS = ("method", "path", "status", "ms")  # what may be given beside the sentence
LONGEST = 1_000  # characters of a field
LONGEST_TRACEBACK = 20_000

Fields = MutableMapping[str, Any]


def begin(level: str) -> None:
    """From here on everything that is logged anywhere goes out like this."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter(plain=sys.stdout.isatty()))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def formatter(*, plain: bool) -> logging.Formatter:
    drawn = structlog.dev.ConsoleRenderer(pad_level=False) if plain else _json()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=FIELDS),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            bounded,
            drawn,
        ],
    )


def _json() -> structlog.processors.JSONRenderer:
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def bounded(_logger: Any, _method: str, fields: Fields) -> Fields:
    """Nobody forges a line, fills the disk with one, or speaks to the terminal through it."""
    for name, value in fields.items():
        if name == "exception":
            fields[name] = "\n".join(
                map(_one_line, _cut(str(value), LONGEST_TRACEBACK).split("\n"))
            )
        elif isinstance(value, str):
            fields[name] = _one_line(_cut(value, LONGEST))
    return fields


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def _one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
