"""To whom of an office a request is given before anybody says so."""

from sqlalchemy.orm import Session

from community.members.models import Member
from community.organisations.answering import who_answers
from community.places import Lens
from forum.responses.models import Response
from forum.topics.queries import still_reading


def who_sees_to(session: Session, response: Response) -> Member | None:
    """As the office has shared out who answers what; none where it has not, or where they may not
    read it."""
    topic = response.post.topic
    place = Lens(topic.region, topic.cluster, topic.theme)
    mandate = who_answers(session, response.agency.id, place)
    if mandate is None or not still_reading(session, {(mandate.member_id, topic.id)}):
        return None
    return mandate.member
