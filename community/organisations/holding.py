"""Nothing is said for an organisation while it is decided that nobody may."""

from community.database import Base, Transaction
from community.organisations.models import Organisation
from community.organisations.queries import people_of


def hold_with_people(tx: Transaction, organisation: Organisation, *also: Base) -> None:
    """Nothing that they do as its people commits after this."""
    there = people_of(tx, organisation)
    tx.lock(*(mandate.member for mandate in there), organisation, *also)
    late = [one.member for one in people_of(tx, organisation) if one not in there]
    if late:  # they accepted while we waited; from now on nobody can
        tx.forget_turns()
        tx.lock(*late)
