"""Where writing can go: into a topic that is there, or into a new one in a category. Asked in the
same way wherever something moves, and shown before it does."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from community.errors import Busy, Conflict, Denied, Invalid, NotFound
from community.members.models import Member
from community.policies import Verdict, require
from community.words import _
from forum.categories import Category
from forum.moving.queries import topics_called
from forum.topics.models import Topic
from forum.topics.queries import topic_for
from web.composing import Named
from web.ids import Id, MaybeLine

REFUSED = (Invalid, Denied, Conflict, Busy)  # is told in the form


class Destined(Named, frozen=True, kw_only=True):
    """A title and a category for a new topic, or the words by which one is found, and then it."""

    where: MaybeLine = ""  # a number, an address or words of a title
    target: Id | None = None

    @property
    def aimed(self) -> int:
        """The topic they chose. Raises Invalid while it is none."""
        if self.target is None:
            raise Invalid(_("Please choose the topic they go to."))
        return self.target


class Destination(NamedTuple):
    """Of several topics one has to be chosen first."""

    topics: Sequence[Topic] = ()
    category: Category | None = None  # of the new one

    @property
    def target(self) -> Topic | None:
        return self.topics[0] if len(self.topics) == 1 else None

    @property
    def place(self) -> Category | None:
        return self.category or (self.target.category if self.target else None)


def topics_asked_for(session: Session, member: Member, destined: Destined) -> Sequence[Topic]:
    """Those the member may read. Raises Invalid where that is none."""
    try:
        if destined.target:
            return [topic_for(session, member, destined.target)]
        found = topics_called(session, member, destined.where)
    except NotFound:
        found = []
    if not found:
        raise Invalid(
            _("No topic was found by this. Its number or its address always leads to it.")
        )
    return found


def allowed(topics: Iterable[tuple[Topic, Verdict]]) -> Sequence[Topic]:
    """Those of them that it may go to. Raises Denied, as of the first, where there is none."""
    judged = list(topics)
    open_ones = [topic for topic, may in judged if may]
    if not open_ones:
        require(judged[0][1])
    return open_ones


def most_first(authors: Iterable[str]) -> Sequence[tuple[str, int]]:
    """With how many each, the most first."""
    return Counter(authors).most_common()
