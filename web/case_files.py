"""What a moderator is shown of a case, on every page that shows one."""

import asyncio

from starlette.requests import Request

from community.differences import Piece, difference
from moderation.queue.reading import File, file_for
from moderation.viewing import view
from web.doors import Seen, acting, looking


async def case_file(request: Request) -> Seen[File]:
    """With what its author has changed since it was reported. What is private is shown when it is
    written down who looks at it."""
    seen = await looking(request, file_for, request.path_params["case"])
    if seen.found.to_be_noted:
        await acting(request, view, request.path_params["case"])
    changes = await asyncio.to_thread(_changes, seen.found)
    return seen._replace(found=seen.found._replace(changes=changes))


def _changes(found: File) -> list[Piece]:
    return difference(found.evidence[-1].body, found.body) if found.edited else []
