"""Who is told of a request: the office that is asked, who asked, and whoever has the topic open."""

from collections.abc import Collection, Iterable

from msgspec import to_builtins

from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.deputies import with_deputies
from community.organisations.models import MandateRole
from forum.responses.models import Response, State, Told
from forum.responses.queries import people_in
from forum.topics.actions import show_anew
from forum.topics.events import AskedShown
from forum.topics.queries import still_reading


def show(tx: Transaction, response: Response) -> None:
    """Its card at the post, for everybody who has that open. The caller holds the post."""
    post = response.post
    shown = AskedShown(
        response=response.id,
        state=response.state,
        agency=response.agency.name,
        agency_id=response.agency.id,
        term=response.term,
        due_on=response.due_on,
        zone=response.zone,
        paused_until=response.paused_on,
        overdue=response.overdue(now(tx)),
        answer=response.answer.id if response.answer else 0,
    )
    asked = None if response.state == State.TAKEN_BACK else to_builtins(shown)
    if asked != post.asked:
        post.asked = asked
        show_anew(tx, post)


def tell_agency(tx: Transaction, response: Response, actor: Member | None) -> None:
    """All who speak for it: it came, was handed over to them, or is open again."""
    people = {one.member_id for one in people_in(tx, response.agency.id)}
    _tell(tx, response, NoticeKind.QUESTION, people - {actor and actor.id}, actor)


def tell_owner(tx: Transaction, response: Response, actor: Member) -> None:
    """And whoever stands in for them."""
    if response.owner:
        whom = with_deputies(tx, response.agency.id, {response.owner.id}) - {actor.id}
        _tell(tx, response, NoticeKind.QUESTION, whom, actor)


def tell_asker(tx: Transaction, response: Response, actor: Member) -> None:
    """And the author of the post, where an official asked."""
    _tell(tx, response, NoticeKind.RESPONSE,
          {response.asked_by_id, response.post.author_id} - {actor.id})  # fmt: skip


def tell_of_deadline(tx: Transaction, response: Response, told: Told) -> None:
    """All of the office before the end and on the last day; its owners when it is over, and who
    sees to it; and whoever stands in for these."""
    people = people_in(tx, response.agency_id)
    leads = MandateRole.OWNER if told == Told.OVERDUE else None
    whom = {
        one.member_id
        for one in people
        if one.role == leads or not leads or one.member_id == response.owner_id
    }
    _tell(tx, response, KINDS[told], with_deputies(tx, response.agency_id, whom))


KINDS = {
    Told.SOON: NoticeKind.DUE,
    Told.LAST_DAY: NoticeKind.DUE,
    Told.OVERDUE: NoticeKind.OVERDUE,
}


def _tell(
    tx: Transaction, response: Response, kind: NoticeKind, members: Collection[int],
    actor: Member | None = None,
) -> None:  # fmt: skip
    """Those among them who may read it."""
    topic = response.post.topic
    reading: Iterable[tuple[int, int]] = still_reading(tx, {(one, topic.id) for one in members})
    notify(tx, {one for one, _topic in reading}, kind, actor=actor, title=topic.title,
           link=f"/responses/{response.id}")  # fmt: skip
