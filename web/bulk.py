"""The door to settling many cases at once: each in a transaction of its own, and one page that says
what became of each."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.errors import Busy, Conflict, Denied, Invalid, NotFound
from community.words import _
from moderation.bulk import Item, Way, few_enough, settle_one
from moderation.listing import rows_for
from web.doors import acting, looking
from web.forms import asked, filled_in
from web.ids import Key
from web.moderation import Filter
from web.pages import page

Chosen = Annotated[str, Meta(pattern=r"\A[1-9][0-9]{0,17}:[0-9]{1,18}\Z")]


class Bulk(Filter, frozen=True, kw_only=True):
    case: list[Chosen]
    way: Way
    words: Annotated[str, Meta(max_length=2_000, pattern=r"\A(?=[\s\S]*\S)[^\0]+\Z")]
    key: Key

    @property
    def items(self) -> Sequence[Item]:
        """Each once."""
        pairs = (one.split(":") for one in dict.fromkeys(self.case))
        return [Item(int(case), int(version)) for case, version in pairs]


class Outcome(NamedTuple):
    """A sentence says why it was not done."""

    case_id: int
    sentence: str = ""
    values: dict[str, Any] = {}


async def settle(request: Request) -> Response:
    """Sent again with the same key, it does what is not done yet."""
    given, query = await filled_in(request, Bulk), asked(request, Filter).query
    outcomes = [await _one(request, item, given) for item in few_enough(given.items)]
    seen = await looking(request, rows_for, [item.case_id for item in given.items])
    return page(request, "moderation/bulk.html", seen, outcomes=outcomes, query=query)


async def _one(request: Request, item: Item, given: Bulk) -> Outcome:
    try:
        await acting(request, settle_one, item, given.way, given.words, key=given.key)
    except (Conflict, Denied, Invalid, Busy) as refusal:
        return Outcome(item.case_id, refusal.sentence, refusal.values)
    except NotFound:
        return Outcome(item.case_id, _("You cannot see this case any more."))
    return Outcome(item.case_id)


routes = [Route("/moderation/bulk", settle, methods=["POST"], name="bulk")]
