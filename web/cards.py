"""The door to the picture on the card of a link to a topic: of what visitors see of it."""

import asyncio
from hashlib import sha256

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.errors import Busy
from community.places import region_name
from community.site import site_of
from community.words import _
from forum.public import begun_by
from web.doors import database_of
from web.fetching import has
from web.kept import Kept
from web.picturing import Card, png

MOST = 8 * 1024**2  # bytes of cards, about 20 KiB each
WAITING = 16  # cards to be drawn one after the other; who wants another one comes back


class Easel:
    """Of one process: the cards, and those that are being drawn."""

    def __init__(self) -> None:
        self._cards: Kept[bytes] = Kept(MOST)
        self._free = asyncio.Lock()  # a card takes a core for some hundredths of a second
        self._waiting = 0

    async def card(self, mark: str, words: Card) -> bytes:
        """Raises Busy."""
        if made := self._cards.get(mark):
            return made
        if self._waiting >= WAITING:
            raise Busy(_("Too many pictures are wanted just now. Please try again in a moment."))
        self._waiting += 1
        try:
            async with self._free:
                if drawn := self._cards.get(mark):  # for whoever waited before
                    return drawn
                return self._cards.put(mark, await asyncio.to_thread(png, words))
        finally:
            self._waiting -= 1


async def card(request: Request) -> Response:
    """It can be kept, but is asked for again: what was hidden meanwhile has no card any more."""
    words = await database_of(request).look(_card, request.path_params["topic"])
    mark = sha256("\0".join(words).encode()).hexdigest()[:32]
    headers = {"etag": f'"{mark}"'}
    if has(request, f'"{mark}"'):
        return Response(status_code=304, headers=headers)
    easel: Easel = request.state.easel
    body = await easel.card(mark, words)
    return Response(body, media_type="image/png", headers=headers)


def _card(session: Session, topic_id: int) -> Card:
    topic, organisation = begun_by(session, topic_id)
    by = organisation or region_name(topic.region)
    return Card(topic.title, topic.category.name, by, site_of(session).name)


routes = [Route("/topics/{topic:id}/card.png", card, name="topic_card")]
