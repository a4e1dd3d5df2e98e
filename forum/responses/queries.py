from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from community.clock import now
from community.errors import NotFound
from community.members.models import Member
from community.organisations.answering import Field
from community.organisations.models import Kind, Mandate, Organisation, OrganisationCluster
from community.organisations.queries import is_official, mandate_in
from community.places import Lens, Placed, regions_around
from community.policies import Verdict
from community.working_days import Calendar, calendar_of, changes_so_far
from forum.responses.deadlines import Deadline, Pause, deadline, pauses_in
from forum.responses.models import OPEN, RUNNING, SETTLED, Response, Stage, State
from forum.responses.policies import may_ask, may_handle, may_take_back
from forum.topics.models import UNANSWERING, Post, Topic
from forum.topics.queries import post_for, topics_of

MOST_AGENCIES = 1_000  # to choose from
MOST_ANSWERS = 20  # posts of the office, the newest


class Counted(NamedTuple):
    """A deadline, and under how many changes of holidays it was counted."""

    deadline: Deadline
    under: int
    calendar: Calendar


class Asking(NamedTuple):
    """What the form to ask shows."""

    post: Post
    may: Verdict
    already: Response | None  # that is open
    near: Sequence[Organisation]  # whose it is by place, the nearest first
    others: Sequence[Organisation]


class Handling(NamedTuple):
    """What the page of a request shows; the verdicts are on who reads it."""

    response: Response
    stages: Sequence[Stage]
    at_stake: Sequence[Post]  # what could be the answer
    people: Sequence[Mandate]  # who could see to it
    others: Sequence[Organisation]  # that it could be handed over to
    may_handle: Verdict | None
    may_take_back: Verdict | None
    overdue: bool


def responses_of(reader: Member | None) -> Select[Response]:
    """Every other query about responses starts here: what stands at a post that is gone, or in a
    topic the reader does not see, is not there."""
    seen = topics_of(reader).with_only_columns(Topic.id)
    return (
        select(Response)
        .join(Post, Response.post_id == Post.id)
        .join(Post.topic)
        .options(contains_eager(Response.post).contains_eager(Post.topic))
        .where(*STANDS, Post.stream_id.in_(seen))
    )


STANDS = (Post.hidden_at.is_(None), Post.withdrawn_at.is_(None), Post.moved_to_id.is_(None))


def response_for(session: Session, reader: Member | None, response_id: int) -> Response:
    """Raises NotFound."""
    found = session.scalar(responses_of(reader).where(Response.id == response_id))
    if found is None:
        raise NotFound
    return found


def open_at(session: Session, post: Post) -> Response | None:
    """The request that nobody has settled yet."""
    at = select(Response).where(Response.post_id == post.id, Response.state.in_(OPEN))
    return session.scalar(at.options(joinedload(Response.post)))


def waiting_of(session: Session, member: Member) -> int:
    """How many of theirs are open."""
    theirs = Response.asked_by_id == member.id, Response.state.in_(OPEN)
    return session.scalars(select(func.count()).select_from(Response).where(*theirs)).one()


def asking_at(session: Session, member: Member, post_id: int) -> Asking:
    post = post_for(session, member, post_id)
    near = agencies_near(session, post.topic)
    known = {one.id for one in near}
    others = [one for one in agencies(session) if one.id not in known]
    return Asking(post, asks(session, member, post), open_at(session, post), near, others)


def asks(session: Session, member: Member, post: Post) -> Verdict:
    official = is_official(session, member.id)
    return may_ask(member, post, official=official, waiting=waiting_of(session, member))


def handling(session: Session, reader: Member | None, response_id: int) -> Handling:
    response = response_for(session, reader, response_id)
    mandate = mandate_in(session, reader, response.agency_id) if reader else None
    ours = may_handle(reader, mandate, response) if reader and mandate else None
    handles = ours is not None and bool(ours)
    takes_back = may_take_back(reader, response) if reader else None
    return Handling(
        response,
        stages_of(session, response),
        answers_possible(session, response) if handles else (),
        people_in(session, response.agency_id) if handles else (),
        [one for one in agencies(session) if one.id != response.agency_id] if handles else (),
        ours,
        takes_back,
        response.overdue(now(session)),
    )


def stages_of(session: Session, response: Response) -> Sequence[Stage]:
    theirs = select(Stage).where(Stage.response_id == response.id)
    return session.scalars(theirs.order_by(Stage.id)).all()


def answers_possible(session: Session, response: Response) -> Sequence[Post]:
    """What the office wrote in the topic, the latest first."""
    written = (
        select(Post)
        .join(Mandate, Post.mandate_id == Mandate.id)
        .where(
            Mandate.organisation_id == response.agency_id,
            Post.stream_id == response.post.stream_id,
            Post.id != response.post_id,
            Post.answers_id.is_(None),
            *STANDS,
        )
    )
    return session.scalars(written.order_by(Post.seq.desc()).limit(MOST_ANSWERS)).all()


def people_in(session: Session, agency_id: int) -> Sequence[Mandate]:
    """Who speaks for the office, the owners first."""
    live = select(Mandate).where(Mandate.organisation_id == agency_id, Mandate.live)
    with_member = live.options(joinedload(Mandate.member))
    return session.scalars(with_member.order_by(Mandate.role, Mandate.id)).all()


def agencies(session: Session) -> Sequence[Organisation]:
    """All that respond officially, by name."""
    all_ = _AGENCIES.order_by(func.lower(Organisation.name), Organisation.id)
    return session.scalars(all_.limit(MOST_AGENCIES)).all()


def agencies_near(session: Session, place: Placed | Lens) -> Sequence[Organisation]:
    """Whose it is by place: the nearest region first; there the office where somebody looks after
    this theme, then that of this cluster, then one of all clusters. The office of another cluster
    is not among them."""
    clusters = select(OrganisationCluster.cluster).where(
        OrganisationCluster.organisation_id == Organisation.id
    )
    this = exists(clusters.where(OrganisationCluster.cluster == place.cluster))
    around = _AGENCIES.where(Organisation.region.in_(regions_around(place.region)))
    if place.cluster:
        around = around.where(this | ~exists(clusters))
    looks_after = exists(
        select(Field.id).join(Field.mandate).where(
            Field.organisation_id == Organisation.id, Mandate.live, Field.theme == place.theme
        )
    )  # fmt: skip
    nearest = [func.length(Organisation.region).desc(), this.desc(), Organisation.id]
    if place.theme:
        nearest.insert(1, looks_after.desc())
    return session.scalars(around.order_by(*nearest).limit(MOST_AGENCIES)).all()


def counted(session: Session, response: Response, agency: Organisation | None = None) -> Counted:
    """How it counts now, where the office is that has it or gets it."""
    under = changes_so_far(session)  # before the days: who changes one meanwhile is counted again
    calendar = calendar_of(session, (agency or response.agency).region)
    pauses = pauses_of(session, response)
    return Counted(deadline(calendar, response.asked_at, response.term, pauses), under, calendar)


def pauses_of(session: Session, response: Response) -> list[Pause]:
    return pauses_in(stages_of(session, response)) if response.id else []


def telling_due(session: Session) -> Select[Response]:
    """Whose office is to be told of its deadline."""
    come = Response.tell_at <= now(session)
    return _standing().where(Response.state.in_(RUNNING), come).order_by(Response.tell_at)


def pauses_over(session: Session) -> Select[Response]:
    over = Response.paused_until <= now(session)
    return _all().where(Response.state == State.PAUSED, over).order_by(Response.id)


def answers_gone(session: Session) -> Select[Response]:
    """Whose answer was withdrawn, or wiped with its author."""
    withdrawn = select(Post.id).where(UNANSWERING)  # few: by an index of their own
    gone = Response.answer_id.in_(withdrawn)
    return _all().where(Response.state.in_(SETTLED), gone).order_by(Response.id)


def counted_before(session: Session) -> Select[Response]:
    """Counted with holidays that have been edited since."""
    before = Response.counted_under < changes_so_far(session)
    return _all().where(Response.state.in_(OPEN), before).order_by(Response.id)


def _standing() -> Select[Response]:
    return _all().join(Post, Response.post_id == Post.id).where(*STANDS)


def _all() -> Select[Response]:
    return select(Response)


_AGENCIES = select(Organisation).where(
    Organisation.kind == Kind.GOVERNMENT, Organisation.level > 0, Organisation.closed_at.is_(None)
)
