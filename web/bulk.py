"""The doors to settling many cases at once: those that are chosen, each in a transaction of its
own, or all that fit, as a proposal. A page says what became of each."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Busy, Conflict, Denied, Invalid, NotFound
from community.words import _
from moderation.queue.bulk import MOST, Item, Way, few_enough, settle_one
from moderation.queue.listing import PAGE, rows_for
from moderation.queue.many import agree_to_many, many_for, object_to_many, propose_many
from web.doors import acting, looking
from web.forms import Form, asked, filled_in
from web.ids import Id, Key, Ticked
from web.moderation import Filter
from web.pages import page

Chosen = Annotated[str, Meta(pattern=r"\A[1-9][0-9]{0,17}:[0-9]{1,18}\Z")]
Words = Annotated[str, Meta(max_length=2_000, pattern=r"\A(?=[\s\S]*\S)[^\0]+\Z")]


class Bulk(Form, frozen=True, kw_only=True):
    case: list[Chosen] = []
    every: Ticked = ""  # all that fit the filters of the address, whatever is chosen
    way: Way
    words: Words
    key: Key

    @property
    def items(self) -> Sequence[Item]:
        """Each once."""
        pairs = (one.split(":") for one in dict.fromkeys(self.case))
        return [Item(int(case), int(version)) for case, version in pairs]


class From(Form, frozen=True, kw_only=True):
    after: Id | None = None  # the last case that was seen


class Objection(Form, frozen=True, kw_only=True):
    words: Annotated[str, Meta(max_length=2_000)] = ""


class Outcome(NamedTuple):
    """A sentence says why it was not done."""

    case_id: int
    sentence: str = ""
    values: dict[str, Any] = {}


async def settle(request: Request) -> Response:
    """Sent again with the same key, it does what is not done yet."""
    given, by = await filled_in(request, Bulk), asked(request, Filter)
    if given.every:
        wanted, way, words = by.wanted, given.way, given.words
        proposal = await acting(request, propose_many, wanted, way, words, key=given.key)
        return _to(proposal.id)
    outcomes = [await _one(request, item, given) for item in few_enough(given.items)]
    seen = await looking(request, rows_for, [item.case_id for item in given.items])
    return page(request, "moderation/bulk.html", seen, outcomes=outcomes, query=by.query)


async def many(request: Request) -> Response:
    after = asked(request, From).after or 0
    seen = await looking(request, many_for, request.path_params["proposal"], after)
    items = seen.found.items
    more = items[-1].case_id if len(items) == PAGE else None
    return page(request, "moderation/many.html", seen, more=more, most=MOST)


async def agree(request: Request) -> Response:
    return _to((await acting(request, agree_to_many, request.path_params["proposal"])).id)


async def object_to(request: Request) -> Response:
    words = (await filled_in(request, Objection)).words
    number = request.path_params["proposal"]
    return _to((await acting(request, object_to_many, number, words)).id)


async def _one(request: Request, item: Item, given: Bulk) -> Outcome:
    try:
        await acting(request, settle_one, item, given.way, given.words, key=given.key)
    except (Conflict, Denied, Invalid, Busy) as refusal:
        return Outcome(item.case_id, refusal.sentence, refusal.values)
    except NotFound:
        return Outcome(item.case_id, _("You cannot see this case any more."))
    return Outcome(item.case_id)


def _to(proposal_id: int) -> Response:
    return RedirectResponse(f"/moderation/many/{proposal_id}", 303)


routes = [
    Route("/moderation/bulk", settle, methods=["POST"], name="bulk"),
    Route("/moderation/many/{proposal:id}", many, name="many"),
    Route("/moderation/many/{proposal:id}/agreement", agree, methods=["POST"],
          name="agree_to_many"),
    Route("/moderation/many/{proposal:id}/objection", object_to, methods=["POST"],
          name="object_to_many"),
]  # fmt: skip
