"""How these pages look things up and lead back to themselves."""

from collections.abc import Callable
from typing import Annotated, Concatenate, ParamSpec, TypeVar

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request

from community.members.models import Member
from community.members.policies import may_administer
from community.places import Lens
from community.policies import require
from web.doors import Seen, looking
from web.forms import Form

P = ParamSpec("P")
T = TypeVar("T")


class Placed(Form, frozen=True, kw_only=True):
    region: Annotated[str, Meta(max_length=5)] = ""
    cluster: Annotated[str, Meta(max_length=20)] = ""
    theme: Annotated[str, Meta(max_length=20)] = ""

    @property
    def place(self) -> Lens:
        return Lens.read({"region": self.region, "cluster": self.cluster, "theme": self.theme})


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
