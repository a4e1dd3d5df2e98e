"""What naming somebody means wherever members write: who bears a name, and how many people a text
may reach. Who hears it there, each floor says."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from community.database import batches
from community.errors import Conflict
from community.members.models import Member
from community.organisations.models import Mandate, Organisation
from community.text import beginnings
from community.words import _

MOST_REACHED = 100  # people whom the groups of one text may reach
UNSAID = 5  # so many people they may reach without anything being said
FEW = 6  # suggestions of a kind
TOO_MANY_REACHED = _("The groups named here reach too many people: at most %(most)s.")


class Mentionable(NamedTuple):
    text: str  # what stands after the @
    name: str  # of a group none: how it is called is a matter of the page
    people: int = 0  # whom it reaches; of one person none


class Bearers(NamedTuple):
    """By names in lower case."""

    members: dict[str, set[int]]
    people: dict[str, set[int]]  # who speaks for the organisation of that name, if anybody does


# Run with a pass that names somebody, so built only once.
_NAMES: BindParameter[str] = bindparam("names", expanding=True)
_lowered = func.lower(Member.name)
BORNE = union_all(
    select(_lowered, Member.id, literal(False)).where(_lowered.in_(_NAMES)),
    select(Organisation.slug, Mandate.member_id, literal(True))
    .select_from(Organisation)
    .outerjoin(Mandate, and_(Mandate.organisation_id == Organisation.id, Mandate.live))
    .where(Organisation.slug.in_(_NAMES), Organisation.closed_at.is_(None)),
)


def bearers_of(session: Session, calls: Iterable[str]) -> Bearers:
    """Of the names with which these calls begin: one look, however many they are."""
    found = Bearers({}, {})
    for some in batches({name for call in calls for name in beginnings(call)}):
        for name, member, organisation in session.execute(BORNE, {"names": some}):
            borne = (found.people if organisation else found.members).setdefault(name, set())
            borne.update({member} if member else ())
    return found


def begins(name: InstrumentedAttribute[str], words: str) -> ColumnElement[bool]:
    """Of a suggestion: the name begins so, or a word in it does."""
    return or_(
        name.istartswith(words, autoescape=True), name.icontains(f" {words}", autoescape=True)
    )


def must_be_said(people: int, said: int) -> None:
    """Raises Conflict where a text reaches more people than its author was told. That they are too
    many, whoever tells them says."""
    if max(said, UNSAID) < people <= MOST_REACHED:
        sentence = _("The groups you name reach %(people)s people. Send it again to tell them all.")
        raise Conflict(sentence, people=people)
