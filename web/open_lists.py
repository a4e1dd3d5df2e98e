"""What open lists of channels ask, thousands of them right after a restart: each for itself, and
all by one connection, some at a time (web/one_look.py)."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy.orm import Session

from channels.listing import ListNews, list_news
from channels.queries import revs_of
from community.errors import Refusal, SignedOut
from community.members.models import Member
from community.members.queries import members_by
from community.places import Lens
from community.words import _

T = TypeVar("T")

SOME = 10  # of one look: a page that somebody opens does not wait for more


class Listed(NamedTuple):
    sign_in: str  # the hash of its token
    ids: Collection[int]  # of the channels it shows
    lens: Lens = Lens()


def revs_together(session: Session, lists: Sequence[Listed]) -> Sequence[dict[int, int] | Refusal]:
    """How far the channels are that each may see."""
    return _for_each(session, lists, lambda member, its: revs_of(session, member, its.ids))


def news_together(
    session: Session, lists: Sequence[Listed]
) -> Sequence[tuple[str, ListNews] | Refusal]:
    """What each shows by now, and in which language."""
    return _for_each(
        session,
        lists,
        lambda member, its: (member.locale, list_news(session, member, its.ids, its.lens)),
    )


def _for_each(
    session: Session, lists: Sequence[Listed], find: Callable[[Member, Listed], T]
) -> Sequence[T | Refusal]:
    members = members_by(session, {its.sign_in for its in lists})
    return [
        find(members[its.sign_in], its)
        if its.sign_in in members
        else SignedOut(_("Please sign in."))
        for its in lists
    ]
