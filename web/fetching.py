"""Answers for programs that come again and again: they are told when nothing has changed.

What they keep is theirs, and what changed since they only learn when they ask. A date cannot say
that something was hidden, so it is sent, but only the mark of the whole text is compared
(RFC 9110, 13.1.2)."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

# What XML 1.0 cannot hold (2.2), however it is written.
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def xml(request: Request, kind: str, text: str, changed_at: datetime | None = None) -> Response:
    """`kind` is its media type."""
    body = UNSPEAKABLE.sub("", text).encode()
    mark = f'W/"{sha256(body).hexdigest()[:32]}"'  # weak: it may be compressed on its way
    headers = {"etag": mark}
    if changed_at:
        headers["last-modified"] = format_datetime(changed_at.astimezone(UTC), usegmt=True)
    if has(request, mark):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=f"{kind}; charset=utf-8")


def has(request: Request, mark: str) -> bool:
    """Whether they have what bears this mark."""
    known = request.headers.get("if-none-match", "").split(",")
    return mark.removeprefix("W/") in {one.strip().removeprefix("W/") for one in known}
