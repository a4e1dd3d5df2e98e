"""How these pages look things up and lead back to themselves."""

from collections.abc import Callable
from typing import Annotated, Concatenate, ParamSpec, TypeVar

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from community.members.models import Member
from community.members.policies import may_administer
from community.places import Lens
from community.policies import require
from web.doors import Seen, looking
from web.forms import Form, asked

P = ParamSpec("P")
T = TypeVar("T")


class Placed(Form, frozen=True, kw_only=True):
    region: Annotated[str, Meta(max_length=5)] = ""
    cluster: Annotated[str, Meta(max_length=20)] = ""
    theme: Annotated[str, Meta(max_length=20)] = ""

    @property
    def place(self) -> Lens:
        return Lens.read({"region": self.region, "cluster": self.cluster, "theme": self.theme})


class Done(Form, frozen=True, kw_only=True):
    """Where a form has led back to its page."""

    saved: Annotated[str, Meta(max_length=40)] = ""


async def overseeing(
    request: Request,
    query: Callable[Concatenate[Session, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Seen[T]:
    """As looking(), for administrators only. Raises Denied with the reason for everybody else."""

    def work(session: Session, member: Member) -> T:
        require(may_administer(member))
        return query(session, member, *args, **kwargs)

    return await looking(request, work)


def nothing_more(_session: Session, _administrator: Member) -> None:
    """For a page that is drawn from what every page has."""


def saved(request: Request) -> str:
    """The part of the page that was saved last, to say so beside it."""
    return asked(request, Done).saved


def back(request: Request, name: str, part: str = "yes", **params: int | str) -> Response:
    address = request.app.url_path_for(name, **params)
    return RedirectResponse(f"{address}?saved={part}", 303)
